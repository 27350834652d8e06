/**
 * Care with small numbers, for readers who may not see single incidents: what is smaller than the least number is merged upward until
 * it is not, and says so. What cannot be merged into anything large enough is left out, and the answer says that too. Whoever asks two
 * overlapping questions may still take one from the other: this is care, not proof.
 */
import { ANYWHERE, type CubeCells } from './cube.ts'

/** A merged cell is at most 2^8 cells wide; beyond that it is anywhere. */
const MOST_LEVEL = 8

interface Sum {
  column: number
  row: number
  level: number
  step: number
  count: number
  weight: number
}

/**
 * In each step the cells below `least` are merged into the square twice as wide, and so on; in the end the remainder takes the smallest
 * cell that is shown with it, so that it is not the one that is missing. Columns and rows count from the lattice's own origin.
 */
export function mergeSmallCells(cells: CubeCells, stepCount: number, least: number): { cells: CubeCells; withheld: boolean } {
  const perStep: Sum[][] = Array.from({ length: stepCount }, () => [])
  for (let cell = 0; cell < cells.columns.length; cell++) {
    for (let entry = cells.starts[cell]!; entry < cells.starts[cell + 1]!; entry++) {
      perStep[cells.steps[entry]!]!.push({
        ...{ column: cells.columns[cell]!, row: cells.rows[cell]!, level: 0, step: cells.steps[entry]! },
        ...{ count: cells.counts[entry]!, weight: cells.weights?.[entry] ?? 0 },
      })
    }
  }
  let withheld = false
  const shown: Sum[] = []
  for (const sums of perStep) {
    const { kept, isWhole } = mergeStep(sums, least)
    if (!isWhole) withheld = true
    for (const sum of kept) shown.push(sum)
  }
  return { cells: layOut(shown, cells.weights !== null), withheld }
}

function mergeStep(sums: readonly Sum[], least: number): { kept: Sum[]; isWhole: boolean } {
  const kept = sums.filter(({ count }) => count >= least)
  let small = sums.filter(({ count }) => count < least)
  for (let level = 1; level <= MOST_LEVEL && small.length > 0; level++) {
    const side = 2 ** level
    const squares = new Map<string, Sum>()
    for (const { column, row, step, count, weight } of small) {
      const [west, south] = [Math.floor(column / side) * side, Math.floor(row / side) * side]
      const square = squares.get(`${west} ${south}`) ?? { column: west, row: south, level, step, count: 0, weight: 0 }
      square.count += count
      square.weight += weight
      squares.set(`${west} ${south}`, square)
    }
    small = []
    for (const square of squares.values()) (square.count >= least ? kept : small).push(square)
  }
  if (small.length === 0) return { kept, isWhole: true }
  const rest: Sum = { column: 0, row: 0, level: ANYWHERE, step: small[0]!.step, count: 0, weight: 0 }
  for (const { count, weight } of small) {
    rest.count += count
    rest.weight += weight
  }
  if (rest.count < least) {
    const smallest = kept.reduce<Sum | null>((least, sum) => (least === null || sum.count < least.count ? sum : least), null)
    if (smallest === null) return { kept: [], isWhole: false }
    kept.splice(kept.indexOf(smallest), 1)
    rest.count += smallest.count
    rest.weight += smallest.weight
  }
  return { kept: [...kept, rest], isWhole: true }
}

/** Sums as cells; those that are anywhere take the place of the first column and row. */
function layOut(sums: Sum[], weighted: boolean): CubeCells {
  const placed = sums.filter(({ level }) => level !== ANYWHERE)
  const west = placed.reduce((least, { column }) => Math.min(least, column), Infinity)
  const south = placed.reduce((least, { row }) => Math.min(least, row), Infinity)
  for (const sum of sums) {
    if (sum.level !== ANYWHERE) continue
    sum.column = Number.isFinite(west) ? west : 0
    sum.row = Number.isFinite(south) ? south : 0
  }
  sums.sort((a, b) => a.row - b.row || a.column - b.column || a.level - b.level || a.step - b.step)
  const first = sums.filter((sum, n) => {
    const before = sums[n - 1]
    return !before || before.row !== sum.row || before.column !== sum.column || before.level !== sum.level
  })
  const starts = new Uint32Array(first.length + 1)
  let cell = 0
  for (const [n, sum] of sums.entries()) if (sum === first[cell]) starts[cell++] = n
  starts[first.length] = sums.length
  return {
    columns: Int32Array.from(first, ({ column }) => column),
    rows: Int32Array.from(first, ({ row }) => row),
    levels: Uint8Array.from(first, ({ level }) => level),
    starts,
    steps: Uint32Array.from(sums, ({ step }) => step),
    counts: Uint32Array.from(sums, ({ count }) => count),
    weights: weighted ? Uint32Array.from(sums, ({ weight }) => weight) : null,
  }
}

/** A key of an aggregate: one value for each thing that is counted apart; null stands for all of them. */
export type GroupValues = (string | number | null)[]
export interface Group {
  key: GroupValues
  count: number
  merged?: true
}

/**
 * Groups below `least` are merged upward: by `above`, which gives the next value up of a key's place or null at the top, from the last
 * place to the first. What stays too small takes the smallest group that is shown with it; if there is none it is left out.
 */
export function mergeSmallGroups(
  groups: readonly Group[],
  least: number,
  above: (place: number, value: string | number) => string | null,
): { groups: Group[]; withheld: boolean } {
  const kept = groups.filter(({ count }) => count >= least)
  let small = groups.filter(({ count }) => count < least)
  const places = groups[0]?.key.length ?? 0
  for (let place = places - 1; place >= 0; place--) {
    while (small.some(({ key }) => key[place] !== null)) {
      const merged = new Map<string, Group>()
      for (const { key, count } of small) {
        const next = key.with(place, key[place] === null ? null : above(place, key[place]!))
        const text = JSON.stringify(next)
        const group = merged.get(text) ?? { key: next, count: 0, merged: true }
        group.count += count
        merged.set(text, group)
      }
      small = []
      for (const group of merged.values()) (group.count >= least ? kept : small).push(group)
    }
  }
  if (small.length === 0) return { groups: kept, withheld: false }
  const rest: Group = {
    key: Array.from({ length: places }, () => null),
    count: small.reduce((sum, { count }) => sum + count, 0),
    merged: true,
  }
  if (rest.count < least) {
    const smallest = kept.reduce<Group | null>((least, group) => (least === null || group.count < least.count ? group : least), null)
    if (smallest === null) return { groups: [], withheld: true }
    kept.splice(kept.indexOf(smallest), 1)
    rest.count += smallest.count
  }
  return { groups: [...kept, rest], withheld: false }
}
