/**
 * Divides the land of some units anew by given polygons: a proposal that was adopted, or an imported cover. The polygons must
 * cover that land, all of it and nothing twice; units that are not in the new division end, the others go on.
 */
import type { Position } from 'geojson'
import type { Coverage } from '../coverage.ts'
import type { Difference, Leaf } from '../difference.ts'
import { newLeaf } from '../overlay.ts'
import { readPolygons } from '../rings.ts'
import type { Divide, Refusal } from './action.ts'
import { cut, finish, placeOf } from './cut.ts'
import { findLeaves, isRefused } from './place.ts'

export function divide(coverage: Coverage, { units, into }: Divide): Difference | Refusal {
  const leaves = findLeaves(coverage, [...new Set(units)])
  if (isRefused(leaves)) return leaves
  const before = new Map(leaves.map((leaf) => [leaf.id, leaf]))
  const rings: { id: string; ring: Int32Array }[] = []
  const seen = new Set<string>()
  for (const { unit, polygons } of into) {
    if (seen.has(unit.id) || (coverage.leaves.has(unit.id) && !before.has(unit.id))) return { reason: 'id-taken', units: [unit.id] }
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
  return finish(coverage, leafIds, pieces, given, swapLeaves(leaves, into))
}

/** Units that go on keep their code, and change only where the division says something else about them. */
function swapLeaves(before: readonly Leaf[], into: Divide['into']): Difference['leaves'] {
  const removed: Leaf[] = []
  const added: Leaf[] = []
  const after = new Map(into.map(({ unit }) => [unit.id, unit]))
  for (const leaf of before) {
    const unit = after.get(leaf.id)
    after.delete(leaf.id)
    if (!unit) removed.push(leaf)
    else if (unit.name !== leaf.name || unit.unitKind !== leaf.unitKind || unit.parentCode !== leaf.parentCode) {
      removed.push(leaf)
      added.push({ ...leaf, ...unit })
    }
  }
  for (const unit of after.values()) added.push(newLeaf(before[0]!, unit))
  return { removed, added }
}
