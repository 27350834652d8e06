/**
 * The edges that a difference really removes and adds. What it leaves as it was, with the same leaves beside it, is cut away,
 * so that moving one vertex of a long arc is four edges and a small box. All land that changed its leaf lies in the boxes:
 * a changed area is bounded by changed edges only.
 */
import type { GridBox } from './coverage.ts'
import type { Arc, Difference } from './difference.ts'
import { keyOf } from './noding.ts'
import { atOnce, type Steps } from './steps.ts'
import { Vertices } from './vertices.ts'

/** A piece of an arc, both ends included; the leaves beside it are the arc's. */
export interface Run {
  arc: Arc
  /** Flat grid coordinates. */
  points: Int32Array
}

export interface Swept {
  removed: Run[]
  added: Run[]
  /** Boxes of the changed edges that do not meet each other. */
  boxes: GridBox[]
}

export const sweptBy = (difference: Difference): Swept => atOnce(sweeping(difference))

/** As `sweptBy`, with breaks. */
export function* sweeping({ arcs }: Difference): Steps<Swept> {
  // An arc that kept one end and its leaves is most likely the same one: long common stretches go at once.
  const before = new Map<string, Arc>()
  for (const arc of arcs.removed) for (const key of endKeys(arc)) before.set(key, arc)
  const unpaired = new Set(arcs.removed)
  const removed: Run[] = []
  const added: Run[] = []
  for (const arc of arcs.added) {
    yield
    const old = endKeys(arc).map((key) => before.get(key)).find((each) => each && unpaired.has(each)) // prettier-ignore
    if (old) {
      unpaired.delete(old)
      trim(old, arc, removed, added)
    } else added.push({ arc, points: arc.points })
  }
  for (const arc of unpaired) removed.push({ arc, points: arc.points })
  const swept = yield* cancel(removed, added)
  return { ...swept, boxes: boxesOf([...swept.removed, ...swept.added]) }
}

const endKeys = ({ points: p, left, right }: Arc): string[] => [
  `${left}|${right}|${p[0]},${p[1]}`,
  `${left}|${right}|${p.at(-2)},${p.at(-1)}|`,
]

/** What differs between two writings of one arc, with one vertex on either side that is common to both. */
function trim(old: Arc, now: Arc, removed: Run[], added: Run[]): void {
  const [p, q] = [old.points, now.points]
  const shorter = Math.min(p.length, q.length)
  let head = 0
  while (head < shorter && p[head] === q[head] && p[head + 1] === q[head + 1]) head += 2
  if (head === shorter && p.length === q.length) return
  // Counted in plain places of the two: an outline has hundreds of thousands, and is asked at every move of the pointer.
  let [i, j] = [p.length - 1, q.length - 1]
  const least = p.length - (shorter - head)
  for (; i > least && p[i] === q[j] && p[i - 1] === q[j - 1]; i -= 2) j -= 2
  const tail = p.length - 1 - i
  const cut = (points: Int32Array) => points.subarray(Math.max(0, head - 2), Math.min(points.length, points.length - tail + 2))
  if (cut(p).length > 2) removed.push({ arc: old, points: cut(p) })
  if (cut(q).length > 2) added.push({ arc: now, points: cut(q) })
}

/** Drops edges that stand on both sides with the same leaves beside them: an arc that was cut in two is no change. */
function* cancel(removed: Run[], added: Run[]): Steps<Pick<Swept, 'removed' | 'added'>> {
  if (removed.length === 0 || added.length === 0) return { removed, added }
  const vertices = new Vertices()
  const known = new Map<number, { low: string | null; high: string | null }>()
  // The leaves beside an edge, told from its lower vertex to the higher: arcs may run either way.
  const sides = ({ left, right }: Arc, a: number, b: number) => (a < b ? { low: left, high: right } : { low: right, high: left })
  yield* eachRun(removed, (arc, ax, ay, bx, by) => {
    const [a, b] = [vertices.add(ax, ay), vertices.add(bx, by)]
    known.set(keyOf(a, b), sides(arc, a, b))
  })
  const common = new Set<number>()
  yield* eachRun(added, (arc, ax, ay, bx, by) => {
    const [a, b] = [vertices.add(ax, ay), vertices.add(bx, by)]
    const [old, now] = [known.get(keyOf(a, b)), sides(arc, a, b)]
    if (old && old.low === now.low && old.high === now.high) common.add(keyOf(a, b))
  })
  if (common.size === 0) return { removed, added }
  const without = (runs: Run[]) => runs.flatMap((run) => splitRun(run, (ax, ay, bx, by) => !common.has(keyOf(vertices.find(ax, ay), vertices.find(bx, by))))) // prettier-ignore
  const left = without(removed)
  yield
  return { removed: left, added: without(added) }
}

/** The stretches of a run whose edges are kept. */
function splitRun({ arc, points: p }: Run, isKept: (ax: number, ay: number, bx: number, by: number) => boolean): Run[] {
  const runs: Run[] = []
  let from = -1
  for (let i = 0; i + 3 < p.length; i += 2) {
    const kept = isKept(p[i]!, p[i + 1]!, p[i + 2]!, p[i + 3]!)
    if (kept && from < 0) from = i
    if (!kept && from >= 0) runs.push({ arc, points: p.subarray(from, i + 2) })
    if (!kept) from = -1
  }
  if (from >= 0) runs.push({ arc, points: p.subarray(from) })
  return runs
}

/** Calls with each edge of the runs in the direction of its arc. */
export function eachEdge(runs: readonly Run[], visit: (arc: Arc, ax: number, ay: number, bx: number, by: number) => void): void {
  for (const { arc, points: p } of runs) for (let i = 0; i + 3 < p.length; i += 2) visit(arc, p[i]!, p[i + 1]!, p[i + 2]!, p[i + 3]!)
}

/** As `eachEdge`, with a break after each run. */
function* eachRun(runs: readonly Run[], visit: Parameters<typeof eachEdge>[1]): Steps<void> {
  for (const run of runs) {
    eachEdge([run], visit)
    yield
  }
}

const MOST_BOXES = 64

/** One box for all runs that hang together; a single one when there are very many. */
function boxesOf(runs: readonly Run[]): GridBox[] {
  let boxes = runs.map(({ points }) => boxOfPoints(points))
  if (boxes.length > MOST_BOXES) return [boxes.reduce(join)]
  // Joining two may make them meet a third one that was passed already.
  for (;;) {
    const joined: GridBox[] = []
    for (const box of boxes) {
      const other = joined.findIndex((each) => meet(each, box))
      if (other < 0) joined.push(box)
      else joined[other] = join(joined[other]!, box)
    }
    if (joined.length === boxes.length) return joined
    boxes = joined
  }
}

/** [minX, minY, maxX, maxY] of flat points. */
export function boxOfPoints(points: ArrayLike<number>): GridBox {
  const box: GridBox = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = 0; i < points.length; i += 2) {
    box[0] = Math.min(box[0], points[i]!)
    box[1] = Math.min(box[1], points[i + 1]!)
    box[2] = Math.max(box[2], points[i]!)
    box[3] = Math.max(box[3], points[i + 1]!)
  }
  return box
}

const meet = (a: GridBox, b: GridBox): boolean => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
export const join = (a: GridBox, b: GridBox): GridBox => [
  Math.min(a[0], b[0]),
  Math.min(a[1], b[1]),
  Math.max(a[2], b[2]),
  Math.max(a[3], b[3]),
]
