/** Which cycles of a planar graph bound the same land: a ring, and what lies in it without touching it. */
import { compareAngle, orient } from './exact.ts'
import type { PlanarGraph } from './planar.ts'
import type { Vertices } from './vertices.ts'

const NONE = -1

/** Cycles that bound one region: a bounded one with the outer cycles of the components in it; the last region is outside. */
export function groupCycles(graph: PlanarGraph, vertices: Vertices): number[][] {
  const { start, component, outer } = graph
  const regions: number[][] = []
  const regionOf = new Map<number, number>()
  for (const cycle of start.keys()) {
    if (outer[component[cycle]!] === cycle) continue
    regionOf.set(cycle, regions.length)
    regions.push([cycle])
  }
  const outside: number[] = []
  const around = outer.map((cycle) => cycleAround(graph, vertices, cycle))
  for (const [id, cycle] of outer.entries()) {
    let holder = around[id]!
    while (holder !== NONE && outer[component[holder]!] === holder) holder = around[component[holder]!]!
    ;(holder === NONE ? outside : regions[regionOf.get(holder)!]!).push(cycle)
  }
  return [...regions, outside]
}

/**
 * The cycle of another component that is met first going due east from a component's easternmost vertex; -1 when there is none.
 * From any other vertex the way could lead through what lies inside the component itself, and so in a circle.
 */
function cycleAround({ tail, next, face, component, start, outer }: PlanarGraph, { x, y }: Vertices, cycle: number): number {
  if (outer.length === 1) return NONE
  let east = start[cycle]!
  for (let h = next[east]!; h !== start[cycle]; h = next[h]!) if (x[tail[h]!]! > x[tail[east]!]!) east = h
  const [px, py] = [x[tail[east]!]!, y[tail[east]!]!]
  let nearest = { at: Infinity, upward: NONE }
  for (let h = 0; h < tail.length; h++) {
    const [a, b] = [tail[h]!, tail[h ^ 1]!]
    if (!(y[a]! <= py && py < y[b]!) || component[face[h]!] === component[cycle]) continue
    // The point must lie on the left of the upward edge.
    if (orient(x[a]!, y[a]!, x[b]!, y[b]!, px, py) <= 0) continue
    const at = x[a]! + ((py - y[a]!) * (x[b]! - x[a]!)) / (y[b]! - y[a]!)
    const isNearer = at < nearest.at || (at === nearest.at && leansFurther(h, nearest.upward))
    if (isNearer) nearest = { at, upward: h }
  }
  // Edges that start at one vertex are met at once: the one that leans furthest back to us comes first.
  function leansFurther(h: number, other: number): boolean {
    const node = tail[h]!
    if (node !== tail[other]) return false
    const [a, b] = [tail[h ^ 1]!, tail[other ^ 1]!]
    return compareAngle(x[node]!, y[node]!, x[a]!, y[a]!, x[b]!, y[b]!) > 0
  }
  return nearest.upward === NONE ? NONE : face[nearest.upward]!
}
