/** Outer rings of buildings about a ground, found by place. */
import Flatbush from 'flatbush'
import type { BuildingColumns } from '../buildings.ts'
import { type FlatRing, sideOfRing } from '../exact.ts'
import { cuts, type Edge } from '../footprint.ts'
import { bboxOf } from '../rings.ts'
import type { Scale } from './scale.ts'
import type { Box } from './sites.ts'

export class Footprints {
  readonly rings: FlatRing[] = []
  /** By ring the site of its building, or -1 when that stands outside of the ground. */
  readonly site: number[] = []
  private readonly index: Flatbush | null

  /** Those that meet the box. `siteOf`: by building. */
  constructor(columns: BuildingColumns['footprints'], siteOf: Int32Array, [minX, minY, maxX, maxY]: Box) {
    const boxes: Box[] = []
    for (let building = 0; columns && building < siteOf.length; building++) {
      const ring = columns.points.subarray(columns.offsets[building], columns.offsets[building + 1])
      if (ring.length < 6) continue
      const box = bboxOf([[ring]])
      if (box[2] < minX || box[0] > maxX || box[3] < minY || box[1] > maxY) continue
      boxes.push(box)
      this.rings.push(ring)
      this.site.push(siteOf[building]!)
    }
    this.index = boxes.length > 0 ? new Flatbush(boxes.length, 16, Int32Array) : null
    for (const box of boxes) this.index!.add(...box)
    this.index?.finish()
  }

  /** Whether the point lies inside one, or on its wall, other than the building's own. */
  holds(x: number, y: number, except: number): boolean {
    const found = this.index?.search(x, y, x, y) ?? []
    return found.some((ring) => this.site[ring] !== except && sideOfRing(x, y, this.rings[ring]!) >= 0)
  }

  /** Whether the edge runs through the inside of one. */
  cutBy(edge: Edge): boolean {
    if (!this.index) return false
    const [ax, ay, bx, by] = edge
    const found = this.index.search(Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by))
    return found.some((ring) => cuts(edge, this.rings[ring]!))
  }
}

/** The ring's corners, and points on its sides between them, no further apart than so many metres. */
export function eachWallPoint(ring: FlatRing, { east, north }: Scale, apart: number, meet: (x: number, y: number) => void): void {
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length
    const [x, y, dx, dy] = [ring[i]!, ring[i + 1]!, ring[j]! - ring[i]!, ring[j + 1]! - ring[i + 1]!]
    const count = Math.max(1, Math.ceil(Math.sqrt(dx * east * (dx * east) + dy * north * (dy * north)) / apart))
    for (let n = 0; n < count; n++) meet(x + Math.round((dx * n) / count), y + Math.round((dy * n) / count))
  }
}
