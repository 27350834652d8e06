/**
 * The lattice of heat cells: a cell's height and width are whole numbers of 1e-7 degree, about as many metres as its size says, and
 * the lines are counted from longitude 0 and latitude 0, so that a county's cells never move. A larger size is an exact power of two
 * of the smallest, hence cells nest. Column and row of a place: floor(x / cellX), floor(y / cellY).
 */
const FINEST_METRES = 50
/** Metres of one degree of latitude on the mean sphere (6,371,008.8 m). */
const DEGREE_METRES = 111_195.08
/** A county further from the equator than this has cells that are too narrow. */
const MOST_LATITUDE = 80

/** About how wide and high a cell may be, in metres. */
export const CELL_SIZES = [50, 100, 200, 400, 800, 1600, 3200, 6400] as const
export type CellSize = (typeof CELL_SIZES)[number]

export interface Lattice {
  metres: CellSize
  /** Width and height of a cell, in 1e-7 degree. */
  cellX: number
  cellY: number
}

/** Cells of a size for a county: `latitude` is that of its middle, of which only the whole degree counts. */
export function latticeOf(latitude: number, metres: CellSize): Lattice {
  const degree = Math.min(MOST_LATITUDE, Math.abs(Math.round(latitude)))
  const height = Math.round((FINEST_METRES / DEGREE_METRES) * 1e7)
  const width = Math.round(height / Math.cos((degree * Math.PI) / 180))
  const times = metres / FINEST_METRES
  return { metres, cellX: width * times, cellY: height * times }
}
