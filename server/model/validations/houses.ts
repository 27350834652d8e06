/**
 * New borders and buildings: one that runs through a footprint, and one that comes closer to a building (its footprint, or its
 * point where that is all that is known) than the targets' `clearance`. Told once per line, and only of buildings that the old
 * line did not cut, or was further away from.
 */
import Flatbush from 'flatbush'
import type { Buildings } from '../buildings.ts'
import type { GridBox } from '../coverage.ts'
import { fromGrid } from '../crs.ts'
import type { Arc } from '../difference.ts'
import type { Finding } from '../finding.ts'
import { cuts, type Edge } from '../footprint.ts'
import { metresPerUnit } from '../measure.ts'
import { boxOfPoints, eachEdge, type Run } from '../swept.ts'
import { type Context, extentOf } from './context.ts'

export function houses({ balance, swept, targets: { clearance } }: Context): Finding[] {
  if (!balance) return []
  const { buildings } = balance
  const old = oldLines(swept.removed, buildings, clearance)
  const met = new Map<Arc, { cut: Set<number>; near: Map<number, number> }>()
  eachEdge(swept.added, (arc, ...edge) => {
    for (const building of buildings.within(padded(edge, clearance))) {
      const entry = met.get(arc) ?? { cut: new Set(), near: new Map() }
      met.set(arc, entry)
      const footprint = buildings.footprintOf(building)
      if (footprint && cuts(edge, footprint)) entry.cut.add(building)
      else {
        const distance = distanceTo(building, buildings, edge)
        if (distance < Math.min(clearance, entry.near.get(building) ?? Infinity)) entry.near.set(building, distance)
      }
    }
  })
  return [...met].flatMap(([arc, { cut, near }]) => {
    const units = [arc.left, arc.right].filter((id) => id !== null)
    const fresh = [...cut].filter((building) => !old.cut(building))
    const nearer = [...near].filter(([building, distance]) => !cut.has(building) && distance < old.distance(building) - NOISE)
    nearer.sort(([, a], [, b]) => a - b)
    const place = (list: readonly number[]) => ({
      where: fromGrid(pointOf(buildings, list[0]!)),
      extent: extentOf(boxOfPoints(list.flatMap((building) => [...pointOf(buildings, building)]))),
    })
    const findings: Finding[] = []
    if (fresh.length > 0)
      findings.push({ code: 'cuts-building', severity: 'warning', units, ...place(fresh), value: fresh.length, limit: 0 })
    if (nearer.length > 0)
      findings.push({ code: 'near-building', severity: 'info', units, ...place(nearer.map(([building]) => building)), value: nearer[0]![1], limit: clearance }) // prettier-ignore
    return findings
  })
}

/** Two writings of one line differ by a grid unit or so. */
const NOISE = 0.05

/** What the lines that went had to do with a building. */
function oldLines(removed: readonly Run[], buildings: Buildings, clearance: number) {
  const edges: Edge[] = []
  eachEdge(removed, (_, ...edge) => edges.push(edge))
  const index = edges.length > 0 ? new Flatbush(edges.length) : null
  for (const edge of edges) index!.add(...boxOfPoints(edge))
  index?.finish()
  const around = (building: number): Edge[] => {
    const box = boxOfPoints([...pointOf(buildings, building), ...(buildings.footprintOf(building) ?? [])])
    return (index?.search(...padded([box[0], box[1], box[2], box[3]], clearance)) ?? []).map((edge) => edges[edge]!)
  }
  return {
    cut: (building: number): boolean => {
      const footprint = buildings.footprintOf(building)
      return footprint !== null && around(building).some((edge) => cuts(edge, footprint))
    },
    distance: (building: number): number => Math.min(...around(building).map((edge) => distanceTo(building, buildings, edge))),
  }
}

const pointOf = ({ columns }: Buildings, building: number): [number, number] => [columns.x[building]!, columns.y[building]!]

/** The edge's box, larger by some metres on every side. */
function padded(edge: Edge, metres: number): GridBox {
  const [minX, minY, maxX, maxY] = boxOfPoints(edge)
  const unit = metresPerUnit(minY)
  const [dx, dy] = [metres / unit.x, metres / unit.y]
  return [minX - dx, minY - dy, maxX + dx, maxY + dy]
}

/** Metres between an edge and a building that it does not cut. */
function distanceTo(building: number, buildings: Buildings, [ax, ay, bx, by]: Edge): number {
  const [x, y] = pointOf(buildings, building)
  const unit = metresPerUnit(y)
  const toEdge = (px: number, py: number, cx: number, cy: number, dx: number, dy: number): number => {
    const [ex, ey] = [(dx - cx) * unit.x, (dy - cy) * unit.y]
    const [qx, qy] = [(px - cx) * unit.x, (py - cy) * unit.y]
    const t = Math.max(0, Math.min(1, (qx * ex + qy * ey) / (ex * ex + ey * ey || 1)))
    return Math.hypot(qx - t * ex, qy - t * ey)
  }
  const ring = buildings.footprintOf(building)
  if (!ring) return toEdge(x, y, ax, ay, bx, by)
  let nearest = Infinity
  for (let i = 0; i < ring.length; i += 2) {
    const [cx, cy] = [ring[i]!, ring[i + 1]!]
    const [dx, dy] = [ring[(i + 2) % ring.length]!, ring[(i + 3) % ring.length]!]
    nearest = Math.min(nearest, toEdge(cx, cy, ax, ay, bx, by), toEdge(ax, ay, cx, cy, dx, dy), toEdge(bx, by, cx, cy, dx, dy))
  }
  return nearest
}
