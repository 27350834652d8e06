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
    for (let i = column(minX - pad); i <= column(maxX + pad); i++) {
      for (let j = column(minY - pad); j <= column(maxY + pad); j++) {
        for (const p of this.squares.get(keyOf(i, j)) ?? []) {
          const [x, y] = [this.x[p]!, this.y[p]!]
          if (x >= minX - pad && x <= maxX + pad && y >= minY - pad && y <= maxY + pad && holds(p, x, y)) return true
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
