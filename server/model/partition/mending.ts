/** Gives cells about a narrow place or an island to the unit next to them, until the shapes are sound. */
import type { Division } from './division.ts'
import type { Fault, VillageShape } from './village-shape.ts'

const ROUNDS = 8
/** Cells next to a fault that may change hands, and how many ways are looked at in earnest. */
const CELLS = 14
const WAYS = 20
const GROUPS = [2, 3, 4, 6] as const

/** Cells, and the unit that they are to go to. */
interface Way {
  cells: readonly number[]
  to: number
  delta: number
}

/** True when no fault is left; otherwise the division stays as far as it came. Households stay in range where they are. */
export function mend(division: Division, shape: VillageShape, fixed: Uint8Array): boolean {
  let faults = shape.faultsOf(division)
  for (let round = 0; faults.length > 0 && round < ROUNDS; round++) {
    const better = faults.slice(0, 3).reduce<Fault[] | null>((found, fault) => found ?? lessFaults(division, shape, fixed, fault, faults.length), null) // prettier-ignore
    if (!better) return false
    faults = better
  }
  return faults.length === 0
}

/** Goes the cheapest way that leaves fewer faults, and answers those; null when there is none. */
function lessFaults(division: Division, shape: VillageShape, fixed: Uint8Array, fault: Fault, most: number): Fault[] | null {
  const ways = waysAbout(division, fixed, fault)
  for (const { cells, to } of ways.slice(0, WAYS)) {
    const from = cells.map((c) => division.label[c]!)
    for (const c of cells) division.give(c, to)
    const left = shape.faultsOf(division)
    if (left.length < most) return left
    for (const [i, c] of cells.entries()) division.give(c, from[i]!)
  }
  return null
}

/** Ways that leave every unit in one piece, none without cells, and none further out of range; the cheapest first. */
function waysAbout(division: Division, fixed: Uint8Array, { unit, at }: Fault): Way[] {
  const { graph, label } = division
  const distance = (c: number): number => (graph.x[c]! - at[0]) * (graph.x[c]! - at[0]) + (graph.y[c]! - at[1]) * (graph.y[c]! - at[1])
  const near = [...label.keys()]
    .map((c) => ({ c, far: distance(c) }))
    .sort((p, q) => p.far - q.far || p.c - q.c)
    .slice(0, CELLS)
    .map(({ c }) => c)
  const own = near.filter((c) => label[c] === unit)
  const others = near.filter((c) => label[c] !== unit)
  const asked: Omit<Way, 'delta'>[] = []
  for (const c of near) for (const to of unitsBeside(division, c)) asked.push({ cells: [c], to })
  for (const size of GROUPS) {
    if (own.length >= size) {
      const cells = own.slice(0, size)
      for (const to of new Set(cells.flatMap((c) => unitsBeside(division, c)))) asked.push({ cells, to })
    }
    if (others.length >= size) asked.push({ cells: others.slice(0, size), to: unit })
  }
  return asked
    .flatMap(({ cells, to }): Way[] => {
      if (fixed[to] || cells.some((c) => fixed[label[c]!])) return []
      const delta = costOf(division, cells, to)
      return delta === null ? [] : [{ cells, to, delta }]
    })
    .sort((p, q) => p.delta - q.delta)
}

function unitsBeside({ graph, label }: Division, c: number): number[] {
  const units = new Set<number>()
  for (let i = graph.start[c]!; i < graph.start[c + 1]!; i++) {
    const u = label[graph.neighbour[i]!]!
    if (u !== label[c] && graph.joins[i]) units.add(u)
  }
  return [...units]
}

/** Null where it must not be. The division is left as it was. */
function costOf(division: Division, cells: readonly number[], to: number): number | null {
  const outside = division.outside
  const from = cells.map((c) => division.label[c]!)
  let delta = 0
  for (const c of cells) {
    delta += division.deltaOf(c, to)
    division.give(c, to)
  }
  const isLawful =
    from.every((u) => division.size[u]! > 0) && division.outside <= outside && division.pieces.all().unit.length === division.count
  for (const [i, c] of cells.entries()) division.give(c, from[i]!)
  return isLawful ? delta : null
}
