/**
 * Gives traced lines a natural run without letting them touch: the mesh's zigzag is smoothed away between fixed ends,
 * then thinned to corners and straight runs, as lines along canals and roads have. Arcs that meet where they should not
 * fall back step by step to the traced line, which touches nothing.
 */
import type { Arc, BorderArc } from './arcs.ts'
import { toUnits } from './arcs.ts'
import { type Point, segmentDistance2 } from './plane.ts'

/** Passes of smoothing and metres of thinning, from the finest result to the traced line itself. */
const STEPS = [
  { passes: 2, tolerance: 4 },
  { passes: 1, tolerance: 2 },
  { passes: 0, tolerance: 0 },
] as const

/** The inner arcs' final points, integers of 1e-7 degree; `border` is what they may not touch but at their ends. */
export function settleArcs(arcs: readonly Arc[], borderArcs: readonly BorderArc[]): Point[][] {
  const step = new Uint8Array(arcs.length)
  const border = borderArcs.map(({ points }) => points)
  const ends = new Map(borderArcs.flatMap(({ from, points }) => (from === -1 ? [] : [[from, points[0] as Point]])))
  const shapeAt = (arc: Arc, to: number): Point[] => pin(shapeOf(arc, to), ends.get(arc.from), ends.get(arc.to))
  const shapes = arcs.map((arc) => shapeAt(arc, 0))
  let changed: Set<number> | null = null
  for (;;) {
    const clashes = findClashes([...shapes, ...border], changed)
    changed = new Set()
    for (const i of clashes) {
      const arc = arcs[i]
      if (!arc || (step[i] as number) === STEPS.length - 1) continue
      step[i] = (step[i] as number) + 1
      shapes[i] = shapeAt(arc, step[i] as number)
      changed.add(i)
    }
    if (changed.size === 0) {
      if (clashes.size > 0) throw new Error('two traced lines touch')
      return shapes
    }
  }
}

function shapeOf(arc: Arc, step: number): Point[] {
  const { passes, tolerance } = STEPS[step] as (typeof STEPS)[number]
  let points: readonly Point[] = arc.points
  const closed = arc.from === -1
  for (let pass = 0; pass < passes; pass++) points = relax(points, closed)
  if (tolerance > 0) points = thin(points, tolerance * tolerance, closed)
  return toUnits(points)
}

/** An end on the border stands where the border has its node: both were rounded, each in its own way. */
function pin(points: Point[], first: Point | undefined, last: Point | undefined): Point[] {
  if (first) points[0] = first
  if (last) points[points.length - 1] = last
  return points
}

function relax(points: readonly Point[], closed: boolean): Point[] {
  const last = points.length - 1
  return points.map((p, i) => {
    if (!closed && (i === 0 || i === last)) return p
    const a = points[i === 0 ? last - 1 : i - 1] as Point
    const b = points[i === last ? 1 : i + 1] as Point
    return [(a[0] + 2 * p[0] + b[0]) / 4, (a[1] + 2 * p[1] + b[1]) / 4]
  })
}

/** Douglas–Peucker; a closed line keeps a point half way round, so that it stays an area. */
function thin(points: readonly Point[], tolerance2: number, closed: boolean): Point[] {
  const keep = new Uint8Array(points.length)
  const stack: [number, number][] = []
  const last = points.length - 1
  keep[0] = keep[last] = 1
  if (closed) {
    const third = Math.floor(last / 3)
    keep[third] = keep[2 * third] = 1
    stack.push([0, third], [third, 2 * third], [2 * third, last])
  } else stack.push([0, last])
  for (let range = stack.pop(); range; range = stack.pop()) {
    const [from, to] = range
    const a = points[from] as Point
    const b = points[to] as Point
    let worst = tolerance2
    let at = -1
    for (let i = from + 1; i < to; i++) {
      const p = points[i] as Point
      const d = segmentDistance2(p[0], p[1], a[0], a[1], b[0], b[1])
      if (d > worst) [worst, at] = [d, i]
    }
    if (at === -1) continue
    keep[at] = 1
    stack.push([from, at], [at, to])
  }
  return points.filter((_, i) => keep[i] === 1)
}

const CELL = 12_000

/**
 * Lines that cross or touch another, or themselves, elsewhere than at shared ends. All integers: products of two
 * differences stay below 2^53, so the test is exact. `only`: look at pairs with one of these (null: at all).
 */
function findClashes(lines: readonly (readonly Point[])[], only: ReadonlySet<number> | null): Set<number> {
  const cells = new Map<number, number[]>()
  const clashes = new Set<number>()
  lines.forEach((line, i) => {
    for (let k = 0; k + 1 < line.length; k++) {
      const a = line[k] as Point
      const b = line[k + 1] as Point
      const west = Math.floor(Math.min(a[0], b[0]) / CELL)
      const east = Math.floor(Math.max(a[0], b[0]) / CELL)
      const south = Math.floor(Math.min(a[1], b[1]) / CELL)
      const north = Math.floor(Math.max(a[1], b[1]) / CELL)
      for (let cx = west; cx <= east; cx++) {
        for (let cy = south; cy <= north; cy++) {
          const key = cx * 1_000_000 + cy
          const cell = cells.get(key)
          if (!cell) cells.set(key, [i, k])
          else {
            for (let n = 0; n < cell.length; n += 2) {
              const j = cell[n] as number
              if (only && !only.has(i) && !only.has(j)) continue
              const other = lines[j] as readonly Point[]
              const m = cell[n + 1] as number
              if (touches(a, b, other[m] as Point, other[m + 1] as Point)) {
                clashes.add(i)
                clashes.add(j)
              }
            }
            cell.push(i, k)
          }
        }
      }
    }
  })
  return clashes
}

const side = (a: Point, b: Point, p: Point): number => Math.sign((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]))
const same = (a: Point, b: Point): boolean => a[0] === b[0] && a[1] === b[1]

/** True when the segments share a point other than a common end; common ends are where arcs meet and lines go on. */
function touches(a: Point, b: Point, c: Point, d: Point): boolean {
  if (Math.max(a[0], b[0]) < Math.min(c[0], d[0]) || Math.max(c[0], d[0]) < Math.min(a[0], b[0])) return false
  if (Math.max(a[1], b[1]) < Math.min(c[1], d[1]) || Math.max(c[1], d[1]) < Math.min(a[1], b[1])) return false
  const shared = same(a, c) || same(b, c) ? c : same(a, d) || same(b, d) ? d : null
  if (shared) {
    const p = same(a, shared) ? b : a
    const q = same(c, shared) ? d : c
    if (same(p, q)) return true
    const ahead = (p[0] - shared[0]) * (q[0] - shared[0]) + (p[1] - shared[1]) * (q[1] - shared[1])
    return side(a, b, q) === 0 && ahead > 0
  }
  return side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0
}
