/**
 * Villages. Land that went from one to another is told, place by place, because it needs a right of its own; so is a unit that as
 * a whole changes village. A village or town that the change tears into more parts is a warning that whoever approves must see; one
 * that lay in several before, or whose land above did, is as it was.
 */
import { codeAt, isCode, levelOf, parentOf } from '../code.ts'
import type { Arc, Leaf } from '../difference.ts'
import { sideOfPolygon } from '../exact.ts'
import type { Finding } from '../finding.ts'
import { areaM2, labelPoint } from '../measure.ts'
import { movedBetween, villageOf } from '../plan-scope.ts'
import type { GridPolygons } from '../rings.ts'
import { allowedParts, type Context, extentOf, leavesBefore, placeOf, unionBefore } from './context.ts'
import { placesOf, sweptAreaM2 } from './places.ts'

const OUTSIDE = 'outside'

export function villageBorder(context: Context): Finding[] {
  const { coverage, sound, before } = context
  const moved = reparented(context)
  const whole = sound
    .filter(({ id }) => moved.has(id))
    .map(({ id }): Finding => {
      const value = areaM2(before(id))
      return { code: 'village-border', severity: 'info', units: [id], ...placeOf(coverage.polygonsOf(id)), value, limit: null }
    })
  // The rest by its lines; those round a unit that changed village as a whole have been told with it.
  const { groupBefore, groupAfter } = groupsOf(context)
  const edges = edgesBetween(context).filter(({ left, right }) => left !== OUTSIDE && right !== OUTSIDE)
  const concerns = ({ left, right }: Arc) => [left, right].every((id) => id === null || !moved.has(id))
  const places = placesOf(context, edges, concerns).filter(({ units }) => units.length > 0)
  return [
    ...whole,
    ...places.map(({ box, where, runs, units }): Finding => {
      const gains = [...sweptAreaM2(runs, groupBefore, groupAfter).values()]
      const value = gains.reduce((sum, gain) => sum + Math.abs(gain), 0) / 2
      return { code: 'village-border', severity: 'info', units, where, extent: extentOf(box), value, limit: null }
    }),
  ]
}

export function outsideParent(context: Context): Finding[] {
  const { coverage, leaves, sound, leafBefore } = context
  if (sound.length < leaves.length) return []
  const villages = new Set(edgesBetween(context).flatMap(({ left, right }) => [left, right]))
  for (const id of reparented(context)) {
    villages.add(villageOf(coverage.leaves.get(id)!))
    villages.add(villageOf(leafBefore(id)!))
  }
  villages.delete(OUTSIDE)
  if (villages.size === 0) return []
  const towns = new Set([...villages].flatMap((code) => townOf(code) ?? []))
  return [...tornAmong(context, villages, villageOf), ...tornAmong(context, towns, (leaf) => townOf(villageOf(leaf)))]
}

const townOf = (code: string): string | null => (levelOf(code) === 'village' ? codeAt(code, 'town') : null)

/** Those of the units that lie in more parts than they may, with the smallest of these. */
function tornAmong(context: Context, codes: ReadonlySet<string>, unitOf: (leaf: Leaf) => string | null): Finding[] {
  const { coverage, sound } = context
  const now = idsByUnit(coverage.leaves.values(), codes, unitOf)
  const were = idsByUnit(leavesBefore(context), codes, unitOf)
  return [...now].flatMap(([code, ids]) => {
    // A leaf that is a village stands for itself.
    if (ids.size === 1 && ids.has(code)) return []
    const parts = coverage.union(ids)
    const before = unionBefore(context, were.get(code) ?? new Set())
    const limit = allowedParts(context, { now: parts, before, above: (isCode(code) && parentOf(code)) || code })
    if (parts.length <= limit) return []
    const smallest = parts.sort((a, b) => areaM2([a]) - areaM2([b])).slice(0, parts.length - limit)
    return smallest.map((part): Finding => {
      const units = sound.filter(({ id }) => ids.has(id) && coverage.polygonsOf(id).some((own) => liesIn([own], part))).map(({ id }) => id)
      const { where, extent } = placeOf([part])
      return { code: 'outside-parent', severity: 'warning', units, where, extent, value: parts.length, limit }
    })
  })
}

/** Touched units that were there before, in another village. */
function reparented({ leaves, leafBefore }: Context): Set<string> {
  const moved = leaves.filter((leaf) => {
    const old = leafBefore(leaf.id)
    return old !== null && villageOf(old) !== villageOf(leaf)
  })
  return new Set(moved.map(({ id }) => id))
}

function groupsOf({ coverage, leafBefore }: Context) {
  const name = (leaf: Leaf | null | undefined) => (leaf ? villageOf(leaf) : OUTSIDE)
  return {
    groupBefore: (id: string | null) => name(id === null ? null : leafBefore(id)),
    groupAfter: (id: string | null) => name(id === null ? null : coverage.leaves.get(id)),
  }
}

function edgesBetween(context: Context) {
  const { groupBefore, groupAfter } = groupsOf(context)
  return movedBetween(context.swept, groupBefore, groupAfter)
}

function idsByUnit(leaves: Iterable<Leaf>, codes: ReadonlySet<string>, unitOf: (leaf: Leaf) => string | null): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const leaf of leaves) {
    const unit = unitOf(leaf)
    if (unit === null || !codes.has(unit)) continue
    const known = found.get(unit)
    if (known) known.add(leaf.id)
    else found.set(unit, new Set([leaf.id]))
  }
  return found
}

function liesIn(own: GridPolygons, part: GridPolygons[number]): boolean {
  const [x, y] = labelPoint(own)
  return sideOfPolygon(x, y, part) >= 0
}
