/**
 * Who is tested together with whom: binary neighbours, each place its own neighbour too (the star of Gi*). Compressed rows:
 * the neighbours of place i are members[offsets[i]] … members[offsets[i + 1] − 1].
 */
export interface Neighbours {
  offsets: Int32Array
  members: Int32Array
}

/** Column and row of a square of a lattice. */
export type Square = readonly [column: number, row: number]

const pack = (lists: readonly (readonly number[])[]): Neighbours => {
  const offsets = new Int32Array(lists.length + 1)
  lists.forEach((list, i) => (offsets[i + 1] = offsets[i]! + list.length))
  const members = new Int32Array(offsets[lists.length]!)
  lists.forEach((list, i) => members.set(list, offsets[i]))
  return { offsets, members }
}

/** Squares within a distance band: centres at most `reach` sides apart (1: the four beside it, 1.5: all eight around). */
export function withinBand(squares: readonly Square[], reach: number): Neighbours {
  const at = new Map(squares.map(([column, row], i) => [`${column}.${row}`, i]))
  const steps: Square[] = []
  const most = Math.floor(reach)
  for (let row = -most; row <= most; row++) {
    for (let column = -most; column <= most; column++) if (Math.hypot(column, row) <= reach) steps.push([column, row])
  }
  return pack(
    squares.map(([column, row]) =>
      steps.flatMap(([right, up]) => {
        const i = at.get(`${column + right}.${row + up}`)
        return i === undefined ? [] : [i]
      }),
    ),
  )
}

/** Places that share a border: `pairs` of indices in any order, each once or more often. */
export function bordering(count: number, pairs: Iterable<readonly [number, number]>): Neighbours {
  const sets = Array.from({ length: count }, (_, i) => new Set([i]))
  for (const [a, b] of pairs) {
    sets[a]!.add(b)
    sets[b]!.add(a)
  }
  return pack(sets.map((set) => [...set].sort((a, b) => a - b)))
}

/** The same places in `slices` steps of time: place i at step t stands at t × n + i, and has those of its own and of the step before. */
export function inTime({ offsets, members }: Neighbours, slices: number): Neighbours {
  const n = offsets.length - 1
  const lists: number[][] = []
  for (let t = 0; t < slices; t++) {
    for (let i = 0; i < n; i++) {
      const own = [...members.subarray(offsets[i], offsets[i + 1])]
      lists.push([...(t > 0 ? own.map((j) => (t - 1) * n + j) : []), ...own.map((j) => t * n + j)])
    }
  }
  return pack(lists)
}
