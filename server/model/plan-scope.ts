/**
 * How far a change reaches: whether it stays within what its plan may change, whether it moves the county's own line, and whether
 * land changes village. A vertex that is let into a line (or taken out of it) where another border meets it moves nothing: it lies
 * off the line by at most one unit of 1e-7 degree, and is the only tolerance.
 *
 *      ───●───────●───      before            The edges that are gone must be replaced by chains of
 *      ───●───●───●───      after: nothing    new ones between the same groups of land, and every vertex
 *             ╷                               of a chain lie on the old edge.
 */
import { codeAt, isWithin } from './code.ts'
import type { Difference, Leaf } from './difference.ts'
import { eachEdge, type Run, type Swept, sweptBy } from './swept.ts'

export interface Scope {
  /** Ids of leaves outside of the plan whose border or facts change. */
  outside: string[]
  /** True when a border with the land outside of the county moves. */
  outline: boolean
  /** True when land goes from one village to another. */
  reparents: boolean
}

type Find = (leafId: string) => Leaf | undefined

/** What one difference reaches; `before` and `after` know the leaves on either side of it, `unitCode` is the plan's. */
export function scopeOf(difference: Difference, before: Find, after: Find, unitCode: string): Scope {
  const isInside = ({ code, parentCode }: Leaf) => isWithin(parentCode, unitCode) || code === unitCode
  const outside = new Set<string>()
  let reparents = false
  for (const leaf of difference.leaves.added) {
    if (!isInside(leaf)) outside.add(leaf.id)
    const known = before(leaf.id)
    if (known && villageOf(known) !== villageOf(leaf)) reparents = true
  }
  const { grids = { removed: [], added: [] } } = difference
  for (const unit of [...difference.leaves.removed, ...grids.removed, ...grids.added]) if (!isInside(unit)) outside.add(unit.id)

  const swept = sweptBy(difference)
  // Three questions, each asked of the borders between its own groups of land.
  const moved = (groupOf: (leaf: Leaf | undefined) => string | null) =>
    movedBetween(
      swept,
      (id) => groupOf(id === null ? undefined : before(id)),
      (id) => groupOf(id === null ? undefined : after(id)),
    )
  for (const { left, right } of moved((leaf) => (leaf ? (isInside(leaf) ? INSIDE : leaf.id) : NO_LAND)))
    for (const group of [left, right]) if (group !== INSIDE && group !== NO_LAND) outside.add(group)
  const outline = moved((leaf) => (leaf ? INSIDE : NO_LAND)).length > 0
  if (moved((leaf) => (leaf && isInside(leaf) ? villageOf(leaf) : null)).length > 0) reparents = true
  return { outside: [...outside], outline, reparents }
}

/** The village a leaf belongs to or is; where there are none, what stands above it. */
export const villageOf = ({ id, level, parentCode }: Leaf): string =>
  codeAt(parentCode, 'village') ?? (level === 'village' ? id : parentCode)

/** No leaf's id. */
const INSIDE = ' inside'
const NO_LAND = ' none'

type Group = (id: string | null) => string | null

interface Edge {
  /** Groups on the left and right; the direction is such that the lower name stands on the left. */
  left: string
  right: string
  points: readonly [ax: number, ay: number, bx: number, by: number]
  net: number
}

/** Sums the edges between different groups; a null group is of no interest. */
function count(runs: readonly Run[], groupOf: Group, weight: 1 | -1, net: Map<string, Edge>): void {
  eachEdge(runs, (arc, ax, ay, bx, by) => {
    const [left, right] = [groupOf(arc.left), groupOf(arc.right)]
    if (left === right || left === null || right === null) return
    const edge: Edge =
      left < right
        ? { left, right, points: [ax, ay, bx, by], net: weight }
        : { left: right, right: left, points: [bx, by, ax, ay], net: weight }
    const key = `${edge.left}|${edge.right}|${edge.points.join()}`
    const known = net.get(key)
    if (known) known.net += weight
    else net.set(key, edge)
  })
}

/** Edges between groups that have really gone or come. */
export function movedBetween({ removed, added }: Pick<Swept, 'removed' | 'added'>, before: Group, after: Group): Edge[] {
  const net = new Map<string, Edge>()
  count(removed, before, -1, net)
  count(added, after, 1, net)
  const edges = [...net.values()]
  const gone = new Set(edges.filter((edge) => edge.net < 0))
  const come = new Set(edges.filter((edge) => edge.net > 0))
  for (const [from, to] of [
    [gone, come],
    [come, gone],
  ] as const) {
    const starts = new Map([...to].map((edge) => [startOf(edge), edge]))
    for (const edge of from) {
      const chain = chainAlong(edge, starts)
      if (!chain) continue
      from.delete(edge)
      for (const link of chain) to.delete(link)
    }
  }
  return [...gone, ...come]
}

const startOf = ({ left, right, points }: Edge): string => `${left}|${right}|${points[0]},${points[1]}`

/** The edges that lead from the start to the end of `edge` without leaving it; null when there are none. */
function chainAlong({ left, right, points: [ax, ay, bx, by] }: Edge, starts: ReadonlyMap<string, Edge>): Edge[] | null {
  const length = Math.hypot(bx - ax, by - ay)
  const chain: Edge[] = []
  let [x, y] = [ax, ay]
  while (x !== bx || y !== by) {
    const link = starts.get(`${left}|${right}|${x},${y}`)
    if (!link || chain.includes(link)) return null
    chain.push(link)
    ;[x, y] = [link.points[2], link.points[3]]
    if (Math.abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) > length) return null
  }
  return chain
}
