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

/** Squares are counted from so many below the origin, and there are twice as many to a row: enough for the globe in squares of 10 m. */
const HALF = 2 ** 21

interface Bucket {
  list: number[]
  /** The lists of its square and the eight around it that are there; null until they are asked for, and when one more is there. */
  around: number[][] | null
}

/** Indices by square of `side` metres and kind, each list in the order of time. */
export class Buckets {
  private readonly side: number
  private readonly buckets = new Map<number, Bucket>()
  private isAsked = false

  constructor(side: number) {
    this.side = side
  }

  /** Square and kind as one whole number below 2^53: kinds are fewer than 512. */
  private key({ x, y, kind }: Points, i: number): number {
    const [column, row] = [Math.floor(x[i]! / this.side), Math.floor(y[i]! / this.side)]
    return (kind[i]! * 2 * HALF + row + HALF) * 2 * HALF + column + HALF
  }

  private *near(key: number): Iterable<Bucket> {
    for (let up = -1; up <= 1; up++) {
      for (let right = -1; right <= 1; right++) {
        const bucket = this.buckets.get(key + up * 2 * HALF + right)
        if (bucket) yield bucket
      }
    }
  }

  add(points: Points, i: number): void {
    const key = this.key(points, i)
    const bucket = this.buckets.get(key)
    if (bucket) {
      bucket.list.push(i)
      return
    }
    if (this.isAsked) for (const other of this.near(key)) other.around = null
    this.buckets.set(key, { list: [i], around: null })
  }

  /** The nine lists in which everything within `side` metres of the point is. They may be changed. */
  around(points: Points, i: number): number[][] {
    this.isAsked = true
    const key = this.key(points, i)
    const own = this.buckets.get(key)
    const lists = own?.around ?? Array.from(this.near(key), ({ list }) => list)
    if (own) own.around = lists
    return lists
  }
}
