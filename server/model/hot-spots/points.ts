/** Incidents as columns, for reckoning in metres and seconds, and the buckets by which near ones are found. */

/** In the order of time. */
export interface Points {
  /** Metres east and north of some origin. */
  x: Float64Array
  y: Float64Array
  /** Seconds since 1970. */
  t: Float64Array
  /** Number of the kind: only points of the same one belong together. */
  kind: Int32Array
}

/** Indices by square of `side` metres and kind, each list in the order of time. */
export class Buckets {
  private readonly side: number
  private readonly lists = new Map<string, number[]>()

  constructor(side: number) {
    this.side = side
  }

  private column(metres: number): number {
    return Math.floor(metres / this.side)
  }

  add({ x, y, kind }: Points, i: number): void {
    const key = `${kind[i]} ${this.column(x[i]!)} ${this.column(y[i]!)}`
    const list = this.lists.get(key)
    if (list) list.push(i)
    else this.lists.set(key, [i])
  }

  /** The nine lists in which everything within `side` metres of the point is. They may be changed. */
  around({ x, y, kind }: Points, i: number): number[][] {
    const [column, row] = [this.column(x[i]!), this.column(y[i]!)]
    const found: number[][] = []
    for (let right = -1; right <= 1; right++) {
      for (let up = -1; up <= 1; up++) {
        const list = this.lists.get(`${kind[i]} ${column + right} ${row + up}`)
        if (list) found.push(list)
      }
    }
    return found
  }
}
