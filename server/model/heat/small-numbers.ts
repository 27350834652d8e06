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

type Above = (place: number, value: string | number) => string | null

/**
 * Groups below `least` are merged upward: by `above`, which gives the next value up of a key's place or null at the top, from the last
 * place to the first. First within each step of time (`isTime` says of a place whether it is one), where what stays too small takes the
 * smallest group that is shown with it: so a step keeps its number as long as that is not too small itself, as it does in a cube. Then
 * such steps are merged, and what is still too small is left out.
 */
export function mergeSmallGroups(
  groups: readonly Group[],
  least: number,
  above: Above,
  isTime: (place: number) => boolean,
): { groups: Group[]; withheld: boolean } {
  const places = [...(groups[0]?.key ?? []).keys()].reverse()
  const times = places.filter(isTime)
  const steps = new Map<string, Group[]>()
  for (const group of groups) {
    const step = JSON.stringify(times.map((place) => group.key[place]))
    const others = steps.get(step)
    if (others) others.push(group)
    else steps.set(step, [group])
  }
  const others = places.filter((place) => !isTime(place))
  const shown: Group[] = []
  const small: Group[] = []
  for (const ofStep of steps.values()) {
    const { kept, rest } = mergeAlong(ofStep, others, least, above)
    if (rest && !takeSmallest(kept, rest)) small.push(rest)
    for (const group of kept) shown.push(group)
  }
  const { kept, rest } = mergeAlong(small, times, least, above)
  for (const group of kept) shown.push(group)
  return { groups: shown, withheld: rest !== null }
}

/** Merges along some places of the key, which are all that tells the groups apart; what is too small in the end is the rest. */
function mergeAlong(
  groups: readonly Group[],
  places: readonly number[],
  least: number,
  above: Above,
): { kept: Group[]; rest: Group | null } {
  const kept = groups.filter(({ count }) => count >= least)
  let small = groups.filter(({ count }) => count < least)
  for (const place of places) {
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
  return { kept, rest: small[0] ?? null }
}

/** Puts the smallest of the groups into the rest, and the rest into its place; false when there is none. */
function takeSmallest(groups: Group[], rest: Group): boolean {
  const smallest = groups.reduce<Group | null>((least, group) => (least === null || group.count < least.count ? group : least), null)
  if (smallest === null) return false
  groups.splice(groups.indexOf(smallest), 1, { ...rest, count: rest.count + smallest.count })
  return true
}
