/**
 * Divides the land of some units anew by given polygons: a proposal that was adopted, or an imported cover. The polygons must
 * cover that land, all of it and nothing twice; units that are not in the new division end, the others go on. Units that are to hang
 * below a divided one take the level below: a village is divided into grids, a grid into micro-grids.
 */
import type { Position } from 'geojson'
import type { Coverage } from '../coverage.ts'
import type { Difference, Leaf } from '../difference.ts'
import { newLeaf } from '../overlay.ts'
import { readPolygons } from '../rings.ts'
import type { Divide, Refusal } from './action.ts'
import { cut, finish, placeOf } from './cut.ts'
import { findLands, hangs, isTaken, type Land, levelUnder } from './land.ts'
import { isRefused } from './place.ts'

export function divide(coverage: Coverage, { units, into }: Divide): Difference | Refusal {
  const lands = findLands(coverage, [...new Set(units)])
  if (isRefused(lands)) return lands
  const before = new Map(lands.flatMap(({ leafIds }) => [...leafIds].map((id) => [id, coverage.leaves.get(id)!] as const)))
  const named = new Set([...before.keys(), ...lands.map(({ id }) => id)])
  const rings: { id: string; ring: Int32Array }[] = []
  const seen = new Set<string>()
  for (const { unit, polygons } of into) {
    if (seen.has(unit.id) || (isTaken(coverage, unit.id) && !named.has(unit.id))) return { reason: 'id-taken', units: [unit.id] }
    seen.add(unit.id)
    const read = readPolygons({ type: 'MultiPolygon', coordinates: polygons as Position[][][] })
    const [fault] = read.faults
    if (fault) return { reason: 'crosses-itself', units: [unit.id], ...(fault.where && { where: fault.where }) }
    for (const ring of read.polygons.flat()) rings.push({ id: unit.id, ring })
  }
  const leafIds = new Set(before.keys())
  const pieces = cut(coverage, leafIds, { rings })
  if (isRefused(pieces)) return pieces
  const owners = pieces.faces.map(({ fresh }) => [...fresh])
  const bad = owners.findIndex((ids) => ids.length !== 1 || ids[0] === null)
  if (bad >= 0) return { reason: 'does-not-cover', where: placeOf(pieces.faces[bad]!), units: owners[bad]!.filter((id) => id !== null) }
  const given = owners.map(([id]) => id!)
  const empty = [...seen].find((id) => !given.includes(id))
  if (empty !== undefined) return { reason: 'does-not-cover', units: [empty] }
  return finish(coverage, leafIds, pieces, given, swapLeaves(coverage, { lands, before, into }))
}

interface Division {
  lands: readonly Land[]
  /** The divided leaves, by id. */
  before: ReadonlyMap<string, Leaf>
  into: Divide['into']
}

/** Units that go on keep their code, and change only where the division says something else about them. */
function swapLeaves(coverage: Coverage, { lands, before, into }: Division): Difference['leaves'] {
  const removed: Leaf[] = []
  const added: Leaf[] = []
  const facts = lands.map((land) => land.facts)
  const after = new Map(into.map(({ unit }) => [unit.id, unit]))
  const known = new Map([...before.values(), ...facts].map((leaf) => [leaf.id, leaf]))
  const beside = [...known.values()]
  for (const leaf of before.values()) {
    const unit = after.get(leaf.id)
    if (!unit) removed.push(leaf)
    else if (unit.name !== leaf.name || unit.unitKind !== leaf.unitKind || !hangsBelow(leaf, unit.parentCode)) removed.push(leaf)
    else after.delete(leaf.id)
  }
  for (const unit of after.values()) {
    const place = { level: levelUnder(unit.parentCode, beside), ...hangs(coverage, unit.parentCode, facts) }
    const leaf = known.get(unit.id)
    added.push(leaf ? { ...leaf, ...unit, ...place } : newLeaf({ ...unit, ...place }))
  }
  return { removed, added }
}

const hangsBelow = (leaf: Leaf, parentCode: string): boolean => leaf.parentCode === parentCode || leaf.grid === parentCode
