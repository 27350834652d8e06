/**
 * Units, or parts of them, that are narrower than the targets' `minWidth` (see `narrow.ts` for what that is). A part that is so
 * as a whole and was not before is an error: nobody can walk it. A narrow tongue or neck at a changed border is a warning.
 */
import { fromGrid } from '../crs.ts'
import type { FlatRing } from '../exact.ts'
import type { Finding } from '../finding.ts'
import { narrowest, widest } from '../narrow.ts'
import { bboxOf } from '../rings.ts'
import { shapeOf } from '../shape.ts'
import { eachEdge } from '../swept.ts'
import { type Context, extentOf } from './context.ts'

export function sliver({ coverage, sound, swept, targets: { minWidth }, before }: Context): Finding[] {
  if (minWidth <= 0) return []
  const changed = new Set<string>()
  eachEdge(swept.added, (_, ...edge) => changed.add(keyOf(...edge)))
  const isChanged = (ax: number, ay: number, bx: number, by: number) => changed.has(keyOf(ax, ay, bx, by))
  return sound.flatMap(({ id }) => {
    const parts = coverage.polygonsOf(id)
    // Only what has a changed edge can have become narrow.
    const touched = parts.filter((rings) => rings.some((ring) => someEdge(ring, isChanged)))
    const wholes = touched.filter((rings) => isThin(rings, minWidth))
    if (wholes.length > 0) {
      const [thin] = wholes.map((rings) => ({ rings, ...widest(rings) })).sort((a, b) => a.width - b.width)
      const wasSo = before(id).some((rings) => isThin(rings, minWidth))
      const place = { where: fromGrid(thin!.at), extent: extentOf(bboxOf([thin!.rings])) }
      return { code: 'sliver', severity: wasSo ? 'warning' : 'error', units: [id], ...place, value: thin!.width, limit: minWidth } as const
    }
    const [narrow] = touched.flatMap((rings) => narrowest(rings, minWidth, isChanged) ?? []).sort((a, b) => a.width - b.width)
    if (!narrow) return []
    const [x, y] = narrow.at
    const reach = minWidth * UNITS_PER_METRE * 3
    const extent = extentOf([x - reach, y - reach, x + reach, y + reach].map(Math.round) as [number, number, number, number])
    return {
      code: 'sliver',
      severity: 'warning',
      units: [id],
      where: fromGrid(narrow.at),
      extent,
      value: narrow.width,
      limit: minWidth,
    } as const
  })
}

/** Grid units in a metre of latitude. */
const UNITS_PER_METRE = 90

/** Twice area by border is never more than the widest circle's diameter: what is wide by that needs no search. */
function isThin(rings: FlatRing[], minWidth: number): boolean {
  const { areaM2, perimeterM } = shapeOf([rings])
  return (2 * areaM2) / perimeterM < minWidth && widest(rings).width < minWidth
}

function someEdge(ring: FlatRing, holds: (ax: number, ay: number, bx: number, by: number) => boolean): boolean {
  const n = ring.length
  for (let i = 0; i < n; i += 2) if (holds(ring[i]!, ring[i + 1]!, ring[(i + 2) % n]!, ring[(i + 3) % n]!)) return true
  return false
}

const keyOf = (ax: number, ay: number, bx: number, by: number): string =>
  ax < bx || (ax === bx && ay < by) ? `${ax},${ay},${bx},${by}` : `${bx},${by},${ax},${ay}`
