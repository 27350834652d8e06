/**
 * Visvalingam's simplification of new borders: the corner with the smallest triangle goes first. A corner stays when its triangle
 * holds a building or another corner, or when the shorter line would pass a building closer than a few metres: so no border
 * ever crosses another one or a house. Corners of today's borders and of given
 * lines stay, and so do ends of arcs.
 */
import { orient } from '../exact.ts'
import type { Ground } from './ground.ts'
import { KIND } from './segments.ts'

/** Triangles below this go, m². */
const SMALLEST = 2000
/** Metres that a border keeps from a building, unless it is closer already. */
const CLEARANCE = 4

export function simplifyArcs(ground: Ground, arcs: readonly Int32Array[]): Int32Array[] {
  const { vertices, corners, sites, scale } = ground
  const { x, y } = vertices
  const onLine = new Set<number>()
  const { a: from, b: to, kind } = ground.edges
  for (let e = 0; e < kind.length; e++) if (kind[e] === KIND.line) onLine.add(from[e]!).add(to[e]!)
  const isLoose = (v: number): boolean => v >= corners && !ground.cutOf.has(v) && !onLine.has(v)
  const loose = arcs.flatMap((arc) => [...arc.subarray(1, -1)].filter(isLoose))
  if (loose.length === 0) return [...arcs]
  const buildings = new Buckets(sites.x, sites.y, [...sites.x.keys()])
  const inArcs = new Buckets(x, y, [...new Set(arcs.flatMap((arc) => [...arc]))])
  const areaOf = (a: number, v: number, b: number): number =>
    (Math.abs((x[v]! - x[a]!) * (y[b]! - y[a]!) - (x[b]! - x[a]!) * (y[v]! - y[a]!)) / 2) * scale.east * scale.north
  const pad = Math.ceil(CLEARANCE / scale.east)
  /** Squared distance of a building from a segment, m². */
  const distance2 = (s: number, a: number, b: number): number => {
    const [ax, ay] = [(x[a]! - sites.x[s]!) * scale.east, (y[a]! - sites.y[s]!) * scale.north]
    const [dx, dy] = [(x[b]! - x[a]!) * scale.east, (y[b]! - y[a]!) * scale.north]
    const t = Math.max(0, Math.min(1, -(ax * dx + ay * dy) / (dx * dx + dy * dy)))
    return (ax + t * dx) * (ax + t * dx) + (ay + t * dy) * (ay + t * dy)
  }
  const mayGo = (a: number, v: number, b: number): boolean => {
    const box = [
      Math.min(x[a]!, x[v]!, x[b]!),
      Math.min(y[a]!, y[v]!, y[b]!),
      Math.max(x[a]!, x[v]!, x[b]!),
      Math.max(y[a]!, y[v]!, y[b]!),
    ] as const
    const inTriangle = (px: number, py: number): boolean => {
      const turns = [
        orient(x[a]!, y[a]!, x[v]!, y[v]!, px, py),
        orient(x[v]!, y[v]!, x[b]!, y[b]!, px, py),
        orient(x[b]!, y[b]!, x[a]!, y[a]!, px, py),
      ]
      return !turns.includes(1) || !turns.includes(-1)
    }
    const blocks = (w: number): boolean => w !== a && w !== v && w !== b && inTriangle(x[w]!, y[w]!)
    if (inArcs.some(box, 0, blocks)) return false
    return !buildings.some(box, pad, (s) => {
      if (inTriangle(sites.x[s]!, sites.y[s]!)) return true
      const next = distance2(s, a, b)
      return next < CLEARANCE * CLEARANCE && next < Math.min(distance2(s, a, v), distance2(s, v, b))
    })
  }
  return arcs.map((arc) => simplifyArc(arc, { isLoose, areaOf, mayGo, drop: (v) => inArcs.drop(v) }))
}

interface Rules {
  isLoose(v: number): boolean
  areaOf(a: number, v: number, b: number): number
  mayGo(a: number, v: number, b: number): boolean
  drop(v: number): void
}

function simplifyArc(arc: Int32Array, { isLoose, areaOf, mayGo, drop }: Rules): Int32Array {
  const line = [...arc]
  const least = arc[0] === arc.at(-1) ? 4 : 2
  const stuck = new Set<number>()
  for (;;) {
    let best = -1
    let smallest = SMALLEST
    for (let i = 1; i < line.length - 1; i++) {
      const v = line[i]!
      if (!isLoose(v) || stuck.has(v)) continue
      const area = areaOf(line[i - 1]!, v, line[i + 1]!)
      if (area < smallest) [smallest, best] = [area, i]
    }
    if (best < 0 || line.length <= least) return Int32Array.from(line)
    const v = line[best]!
    // Two arcs between the same ends must not fall together.
    if (line.length === 3 || line[best - 1] === line[best + 1] || !mayGo(line[best - 1]!, v, line[best + 1]!)) {
      stuck.add(v)
      continue
    }
    line.splice(best, 1)
    drop(v)
    stuck.delete(line[best - 1]!)
    stuck.delete(line[best]!)
  }
}

/** Points in squares of a fixed size. */
class Buckets {
  private readonly x: ArrayLike<number>
  private readonly y: ArrayLike<number>
  private readonly squares = new Map<number, number[]>()

  constructor(x: ArrayLike<number>, y: ArrayLike<number>, points: readonly number[]) {
    this.x = x
    this.y = y
    for (const p of points) {
      const key = keyOf(column(x[p]!), column(y[p]!))
      const known = this.squares.get(key)
      if (known) known.push(p)
      else this.squares.set(key, [p])
    }
  }

  drop(point: number): void {
    const square = this.squares.get(keyOf(column(this.x[point]!), column(this.y[point]!)))
    square?.splice(square.indexOf(point), 1)
  }

  some([minX, minY, maxX, maxY]: readonly [number, number, number, number], pad: number, holds: (point: number) => boolean): boolean {
    for (let i = column(minX - pad); i <= column(maxX + pad); i++) {
      for (let j = column(minY - pad); j <= column(maxY + pad); j++) {
        for (const p of this.squares.get(keyOf(i, j)) ?? []) {
          const [x, y] = [this.x[p]!, this.y[p]!]
          if (x >= minX - pad && x <= maxX + pad && y >= minY - pad && y <= maxY + pad && holds(p)) return true
        }
      }
    }
    return false
  }
}

/** About 50 m. */
const SQUARE = 5000
const column = (value: number): number => Math.floor(value / SQUARE)
const keyOf = (i: number, j: number): number => i * 2 ** 22 + j
