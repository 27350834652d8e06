/**
 * Cracks: strips of nobody's land between two units that run out into the open. No face is missing, so the check of a coverage
 * sees islands that happen to lie close; units that were each drawn a little too small look like this all over.
 */
import Flatbush from 'flatbush'
import type { Topology } from '../topology.ts'
import type { Scale } from './snap.ts'

/** Beside a corner that two units share, the open land between them narrows to nothing by itself: as far as this × tolerance. */
const NOTCH = 4

/** Whether somewhere two units face each other across open land no wider than `tolerance` metres. */
export function hasCrack({ x, y, arcs, left, right }: Topology, tolerance: number, scale: Scale): boolean {
  const through = new Map<number, Set<number>>()
  const rim: { a: number; b: number; unit: number }[] = []
  for (const [arc, line] of arcs.entries()) {
    const units = [left[arc]!, right[arc]!].filter((unit) => unit >= 0)
    for (const [i, vertex] of line.entries()) {
      const known = through.get(vertex)
      if (known) for (const unit of units) known.add(unit)
      else through.set(vertex, new Set(units))
      if (units.length === 1 && i > 0) rim.push({ a: line[i - 1]!, b: vertex, unit: units[0]! })
    }
  }
  if (rim.length === 0) return false
  const edges = new Flatbush(rim.length)
  for (const { a, b } of rim) edges.add(Math.min(x[a]!, x[b]!), Math.min(y[a]!, y[b]!), Math.max(x[a]!, x[b]!), Math.max(y[a]!, y[b]!))
  edges.finish()
  const vertices = [...through.keys()]
  const corners = new Flatbush(vertices.length)
  for (const vertex of vertices) corners.add(x[vertex]!, y[vertex]!, x[vertex]!, y[vertex]!)
  corners.finish()
  const around = (vertex: number, reach: number) =>
    [x[vertex]! - reach / scale.x, y[vertex]! - reach / scale.y, x[vertex]! + reach / scale.x, y[vertex]! + reach / scale.y] as const

  const isNear = (vertex: number, { a, b }: { a: number; b: number }): boolean => {
    const [px, py] = [(x[vertex]! - x[a]!) * scale.x, (y[vertex]! - y[a]!) * scale.y]
    const [dx, dy] = [(x[b]! - x[a]!) * scale.x, (y[b]! - y[a]!) * scale.y]
    const along = Math.max(0, Math.min(1, (px * dx + py * dy) / (dx * dx + dy * dy)))
    return Math.hypot(px - along * dx, py - along * dy) <= tolerance
  }
  const meetNear = (vertex: number, one: number, other: number): boolean =>
    corners.search(...around(vertex, NOTCH * tolerance), (place) => {
      const units = through.get(vertices[place]!)!
      return units.has(one) && units.has(other)
    }).length > 0
  const opens = (vertex: number, unit: number): boolean =>
    edges
      .search(...around(vertex, tolerance), (edge) => !through.get(vertex)!.has(rim[edge]!.unit))
      .some((edge) => isNear(vertex, rim[edge]!) && !meetNear(vertex, unit, rim[edge]!.unit))
  return rim.some(({ a, b, unit }) => opens(a, unit) || opens(b, unit))
}
