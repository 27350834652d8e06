/** Rows of a month: those from one to another, or as a list has them. */
export interface RowRange {
  /** What they were chosen by: all rows of a list are of the kinds and severities, or of the units, that were asked for. */
  by: 'place' | 'kind' | 'unit'
  list: Uint32Array | null
  /** Rows [from, to), or their places in the list. */
  from: number
  to: number
}
export const sizeOf = (ranges: readonly RowRange[]): number => ranges.reduce((size, { from, to }) => size + to - from, 0)

interface ListRange {
  from: number
  to: number
}
export interface ListedRows {
  size: number
  /** Rising. */
  rows: () => Uint32Array
}

/** Rows of a month listed by the group each belongs to, rising in every list: whoever asks for a few groups reads only theirs. */
export class RowLists {
  readonly #rows: Uint32Array
  /** Where each group's list begins, and where the last one ends. */
  readonly #starts: Uint32Array

  /** Of the rows [0, size); groups are small whole numbers. */
  constructor(size: number, groupOf: (row: number) => number) {
    let most = -1
    for (let row = 0; row < size; row++) most = Math.max(most, groupOf(row))
    this.#starts = new Uint32Array(most + 2)
    for (let row = 0; row < size; row++) this.#starts[groupOf(row) + 1]!++
    for (let group = 0; group <= most; group++) this.#starts[group + 1]! += this.#starts[group]!
    const next = this.#starts.slice()
    this.#rows = new Uint32Array(size)
    for (let row = 0; row < size; row++) this.#rows[next[groupOf(row)]!++] = row
  }

  get bytes(): number {
    return this.#rows.byteLength + this.#starts.byteLength
  }

  /** How many of the rows [from, to) are of the groups whose place in `mask` is 1; `rows` says which. */
  of(mask: Uint8Array, from: number, to: number): ListedRows {
    const found: ListRange[] = []
    for (let group = 0; group + 1 < this.#starts.length; group++) {
      if (mask[group] !== 1) continue
      const [start, end] = [this.#starts[group]!, this.#starts[group + 1]!]
      found.push({ from: this.#firstFrom(from, start, end), to: this.#firstFrom(to, start, end) })
    }
    const size = found.reduce((sum, each) => sum + each.to - each.from, 0)
    return { size, rows: () => this.#inOrder(found, size, from, to) }
  }

  /** Rows of several lists, all of [first, end), rising: columns that are read in the order they lie in are read many times as fast. */
  #inOrder(lists: readonly ListRange[], size: number, first: number, end: number): Uint32Array {
    const marks = new Uint32Array(((end - first) >>> 5) + 1)
    for (const { from, to } of lists) {
      for (let n = from; n < to; n++) {
        const at = this.#rows[n]! - first
        marks[at >>> 5]! |= 1 << (at & 31)
      }
    }
    const rows = new Uint32Array(size)
    let found = 0
    for (let word = 0; word < marks.length; word++) {
      for (let left = marks[word]!; left !== 0; left &= left - 1) rows[found++] = first + word * 32 + 31 - Math.clz32(left & -left)
    }
    return rows
  }

  /** The first place of [low, high) whose row is at least `row`. */
  #firstFrom(row: number, low: number, high: number): number {
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#rows[middle]! < row) low = middle + 1
      else high = middle
    }
    return low
  }
}
