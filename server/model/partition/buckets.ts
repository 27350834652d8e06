/** Points in squares of a fixed size. */
export class Buckets {
  private readonly x: ArrayLike<number>
  private readonly y: ArrayLike<number>
  private readonly squares = new Map<number, number[]>()

  /** Those of the points in `x` and `y` that are given; more may be added. */
  constructor(x: ArrayLike<number>, y: ArrayLike<number>, points: Iterable<number>) {
    this.x = x
    this.y = y
    for (const point of points) this.add(point)
  }

  add(point: number): void {
    const key = keyOf(column(this.x[point]!), column(this.y[point]!))
    const known = this.squares.get(key)
    if (known) known.push(point)
    else this.squares.set(key, [point])
  }

  drop(point: number): void {
    const square = this.squares.get(keyOf(column(this.x[point]!), column(this.y[point]!)))
    square?.splice(square.indexOf(point), 1)
  }

  /** Whether it holds for a point in the box, which is `pad` larger on every side. */
  some(
    [minX, minY, maxX, maxY]: readonly [number, number, number, number],
    pad: number,
    holds: (point: number, x: number, y: number) => boolean,
  ): boolean {
    // Asked for every corner of every border: plain loops, no destructuring.
    const { x, y, squares } = this
    const [west, south, east, north] = [minX - pad, minY - pad, maxX + pad, maxY + pad]
    const [lastColumn, firstRow, lastRow] = [column(east), column(south), column(north)]
    for (let i = column(west); i <= lastColumn; i++) {
      for (let j = firstRow; j <= lastRow; j++) {
        const square = squares.get(keyOf(i, j))
        if (square === undefined) continue
        for (let n = 0; n < square.length; n++) {
          const p = square[n]!
          const px = x[p]!
          const py = y[p]!
          if (px >= west && px <= east && py >= south && py <= north && holds(p, px, py)) return true
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
