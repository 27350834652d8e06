/** Cuts a new unit out of one or several: a market, a school, a park. What lies in the ring is its own, the rest stays. */
import type { Coverage } from '../coverage.ts'
import { type Difference, gridOf } from '../difference.ts'
import { area2 } from '../exact.ts'
import { newLeaf } from '../overlay.ts'
import { bboxOf, reversed } from '../rings.ts'
import type { CutOut, Refusal } from './action.ts'
import { cut, finish } from './cut.ts'
import { hangs, isTaken, levelUnder } from './land.ts'
import { gridLine, isRefused } from './place.ts'
import { ringFaultOf } from './ring-fault.ts'

/**
 * Refuses a ring that crosses itself, that holds no land, or that leaves nothing of a unit. The new unit's level is that of what
 * belongs below its parent; micro-grids that lie whole in a new grid end.
 */
export function cutOut(coverage: Coverage, { ring, unit }: CutOut): Difference | Refusal {
  if (isTaken(coverage, unit.id)) return { reason: 'id-taken', units: [unit.id] }
  const line = gridLine(ring)
  if (isRefused(line)) return line
  const closed = line[0] === line.at(-2) && line[1] === line.at(-1) ? line.subarray(0, line.length - 2) : line
  const fault = ringFaultOf(closed)
  if (fault) return fault
  const outer = area2(closed) > 0 ? closed : reversed(closed)
  const leafIds = leavesUnder(coverage, outer)
  if (leafIds.size === 0) return { reason: 'nothing-inside', where: ring[0] }
  const pieces = cut(coverage, leafIds, { rings: [{ id: unit.id, ring: outer }] })
  if (isRefused(pieces)) return pieces
  const { faces } = pieces
  const owners = faces.map(({ old, fresh }) => (fresh.has(unit.id) ? unit.id : old))
  if (!owners.includes(unit.id)) return { reason: 'nothing-inside', where: ring[0] }
  const gone = [...leafIds].filter((id) => !owners.includes(id)).map((id) => coverage.leaves.get(id)!)
  const beside = [...leafIds].sort().map((id) => coverage.leaves.get(id)!)
  const fresh = newLeaf({ ...unit, level: levelUnder(unit.parentCode, beside), ...hangs(coverage, unit.parentCode) })
  const whole = new Set(gone.map(({ id }) => id))
  // A grid is there as long as one of its micro-grids is.
  const swallowed = gone.flatMap((leaf) => {
    const grid = fresh.level === 'grid' ? gridOf(leaf) : null
    if (grid === null) return [leaf.id]
    return [...coverage.leavesOfGrid(grid)].every((id) => whole.has(id)) ? [grid] : []
  })
  if (swallowed.length > 0) return { reason: 'swallows-unit', where: ring[0], units: [...new Set(swallowed)] }
  return finish(coverage, leafIds, pieces, owners, { removed: gone, added: [fresh] })
}

/** Leaves that the ring may take land from: whose arcs lie about it, or the one that holds it whole. */
function leavesUnder(coverage: Coverage, ring: Int32Array): Set<string> {
  const found = new Set<string>()
  for (const { left, right } of coverage.search(bboxOf([[ring]]))) for (const id of [left, right]) if (id !== null) found.add(id)
  const holder = coverage.leafAt(ring[0]!, ring[1]!)
  if (holder !== null) found.add(holder)
  // Only those with land in the ring matter: the overlay tells them apart.
  return found
}
