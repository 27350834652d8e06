/** From cells that count from the lattice's origin to a cube: small numbers merged, the grid drawn tight around what is there. */
import { type Cube, type CubeCells, type CubeStep, encodeCube } from './cube.ts'
import { gatherCells } from './gather.ts'
import { CELL_SIZES, type CellSize, type Lattice, latticeOf } from './lattice.ts'
import { mergeSmallCells } from './small-numbers.ts'

export interface CubeQuestion {
  step: CubeStep
  bounds: Float64Array
  weighted: boolean
  /** Latitude of the county's middle. */
  latitude: number
  /** Null: the finest from 100 m on with which the cube fits. */
  metres: CellSize | null
  /** 1 where every number may be seen. */
  leastCount: number
  mostBytes: number
}

/** `bytes`: null when it would be larger than it may; `size` says how large, `fits` with which cells it would do. */
export type CubeAnswer = { bytes: Uint8Array<ArrayBuffer> } | { bytes: null; size: number; fits: CellSize | null }

const FIRST_CHOICE: CellSize = 100

/** The lattice in which a question is to be counted first. */
export const latticeFor = ({ latitude, metres }: Pick<CubeQuestion, 'latitude' | 'metres'>): Lattice =>
  latticeOf(latitude, metres ?? FIRST_CHOICE)

/** Answers a question from the cells counted in `latticeFor(question)`. */
export function composeCube(counted: { cells: CubeCells; unplaced: number }, question: CubeQuestion): CubeAnswer {
  const { latitude, metres, mostBytes } = question
  let lattice = latticeFor(question)
  let { cells } = counted
  const write = () => encodeCube(tighten({ ...counted, cells }, lattice, question))
  const first = write()
  if (first.length <= mostBytes) return { bytes: first }
  for (const next of CELL_SIZES.filter((size) => size > lattice.metres)) {
    cells = coarsen(cells, next / lattice.metres, question.bounds.length - 1)
    lattice = latticeOf(latitude, next)
    const bytes = write()
    if (bytes.length <= mostBytes) return metres === null ? { bytes } : { bytes: null, size: first.length, fits: next }
  }
  return { bytes: null, size: first.length, fits: null }
}

/** The same counts in cells so many times as wide. */
function coarsen(cells: CubeCells, times: number, stepCount: number): CubeCells {
  const size = cells.steps.length
  const [columns, rows] = [new Int32Array(size), new Int32Array(size)]
  for (let cell = 0; cell < cells.columns.length; cell++) {
    columns.fill(Math.floor(cells.columns[cell]! / times), cells.starts[cell]!, cells.starts[cell + 1]!)
    rows.fill(Math.floor(cells.rows[cell]! / times), cells.starts[cell]!, cells.starts[cell + 1]!)
  }
  return gatherCells({ size, columns, rows, steps: cells.steps, counts: cells.counts, weights: cells.weights }, stepCount)
}

function tighten({ cells: all, unplaced }: { cells: CubeCells; unplaced: number }, lattice: Lattice, question: CubeQuestion): Cube {
  const { step, bounds, leastCount } = question
  const { cells, withheld } = leastCount > 1 ? mergeSmallCells(all, bounds.length - 1, leastCount) : { cells: all, withheld: false }
  const { columns, rows, levels } = cells
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let cell = 0; cell < columns.length; cell++) {
    const side = 2 ** Math.min(levels?.[cell] ?? 0, 8)
    west = Math.min(west, columns[cell]!)
    south = Math.min(south, rows[cell]!)
    east = Math.max(east, columns[cell]! + side)
    north = Math.max(north, rows[cell]! + side)
  }
  let total = 0
  for (let entry = 0; entry < cells.counts.length; entry++) total += cells.counts[entry]!
  if (columns.length === 0) [west, south, east, north] = [0, 0, 0, 0]
  const hidesUnplaced = unplaced > 0 && unplaced < leastCount
  return {
    ...cells,
    columns: columns.map((column) => column - west),
    rows: rows.map((row) => row - south),
    ...{ step, bounds, metres: lattice.metres, cellX: lattice.cellX, cellY: lattice.cellY },
    ...{ originX: west * lattice.cellX, originY: south * lattice.cellY, width: east - west, height: north - south },
    total,
    unplaced: hidesUnplaced ? 0 : unplaced,
    withheld: withheld || hidesUnplaced,
  }
}
