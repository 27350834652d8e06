/**
 * Villages. Land that went from one to another is told, place by place, because it needs a right of its own; so is a unit that as
 * a whole changes village. A village that falls into more parts than before is an error: some of its units lie outside of it.
 */
import type { Arc, Leaf } from '../difference.ts'
import { sideOfPolygon } from '../exact.ts'
import type { Finding } from '../finding.ts'
import { areaM2, labelPoint } from '../measure.ts'
import { movedBetween, villageOf } from '../plan-scope.ts'
import type { GridPolygons } from '../rings.ts'
import { type Context, extentOf, leavesBefore, placeOf, unionBefore } from './context.ts'
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
  const now = byVillage(coverage.leaves.values(), villages)
  const were = byVillage(leavesBefore(context), villages)
  return [...now].flatMap(([village, ids]) => {
    const parts = coverage.union(ids)
    const old = unionBefore(context, were.get(village) ?? new Set())
    if (old.length === 0 || parts.length <= old.length) return []
    const smallest = parts.sort((a, b) => areaM2([a]) - areaM2([b])).slice(0, parts.length - old.length)
    return smallest.map((part): Finding => {
      const units = sound.filter(({ id }) => ids.has(id) && coverage.polygonsOf(id).some((own) => liesIn([own], part))).map(({ id }) => id)
      const { where, extent } = placeOf([part])
      return { code: 'outside-parent', severity: 'error', units, where, extent, value: parts.length, limit: old.length }
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
  return movedBetween(context.difference, groupBefore, groupAfter)
}

function byVillage(leaves: Iterable<Leaf>, villages: ReadonlySet<string>): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const leaf of leaves) {
    const village = villageOf(leaf)
    if (!villages.has(village)) continue
    const known = found.get(village)
    if (known) known.add(leaf.id)
    else found.set(village, new Set([leaf.id]))
  }
  return found
}

function liesIn(own: GridPolygons, part: GridPolygons[number]): boolean {
  const [x, y] = labelPoint(own)
  return sideOfPolygon(x, y, part) >= 0
}
