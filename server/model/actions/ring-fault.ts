/** A ring that a hand has drawn, before it is laid over anything. */
import { fromGrid } from '../crs.ts'
import type { FlatRing } from '../exact.ts'
import { idsOf, nodePaths } from '../noding.ts'
import { Vertices } from '../vertices.ts'
import type { Refusal } from './action.ts'

/** Refuses rings of fewer than three points and those that cross or touch themselves (bow-ties). */
export function ringFaultOf(ring: FlatRing): Refusal | null {
  if (ring.length < 6) return { reason: 'would-collapse', where: fromGrid(ring.subarray(0, 2) as unknown as number[]) }
  const vertices = new Vertices()
  const ids = idsOf(ring, vertices)
  const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index)
  if (twice >= 0) return { reason: 'crosses-itself', where: fromGrid([ring[2 * twice]!, ring[2 * twice + 1]!]) }
  const { crossings, paths } = nodePaths([{ leaf: 0, ids }], vertices, 0)
  if (crossings.length > 0) return { reason: 'crosses-itself', where: fromGrid([crossings[0]!.x, crossings[0]!.y]) }
  return paths[0]!.ids.length > ids.length
    ? { reason: 'crosses-itself', where: fromGrid(ring.subarray(0, 2) as unknown as number[]) }
    : null
}
