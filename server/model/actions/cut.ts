/** What the actions that overlay lines have in common: cut, give the pieces to leaves, and see that rounding broke nothing around. */
import type { Coverage } from '../coverage.ts'
import { fromGrid } from '../crs.ts'
import type { Arc, Difference } from '../difference.ts'
import { crossings } from '../soundness.ts'
import { type Face, overlay, type Overlay, type OverlayInput } from '../overlay.ts'
import { fromLowest } from '../rings.ts'
import type { LeafId, Refusal } from './action.ts'

/** The overlay, or a refusal when the lines cannot be brought onto the grid. */
export function cut(coverage: Coverage, leafIds: ReadonlySet<LeafId>, input: OverlayInput): Overlay | Refusal {
  return overlay(coverage, leafIds, input) ?? { reason: 'crosses-border', units: [...leafIds] }
}

/** Gives the faces to their owners. Lines cut at grid points may have moved by a unit: they must not meet those around for it. */
export function finish(
  coverage: Coverage,
  leafIds: ReadonlySet<LeafId>,
  pieces: Overlay,
  owners: readonly LeafId[],
  leaves: Difference['leaves'],
): Difference | Refusal {
  const difference = pieces.finish(owners, leaves)
  const isCut = (id: LeafId | null) => id !== null && leafIds.has(id)
  const among = ({ left, right }: Arc) => !isCut(left) && !isCut(right)
  return crossings(coverage, difference, { among, eachOther: false }) ?? difference
}

/** By a face's first corner. */
export const compareStart = (a: Face, b: Face): number => {
  const [p, r] = [fromLowest(a.rings[0]!), fromLowest(b.rings[0]!)]
  return p[0]! - r[0]! || p[1]! - r[1]!
}

/** A place to point at in a face: its first corner, [lng, lat]. */
export const placeOf = (face: Face): [number, number] => fromGrid([...fromLowest(face.rings[0]!).subarray(0, 2)])
