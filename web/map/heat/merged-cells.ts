/** Cells that small numbers made larger: what whoever may not read single incidents sees of places with few. */
import { booleanPointInPolygon } from '@turf/turf'
import type { MultiPolygon, Polygon, Position } from 'geojson'
import { GRID } from '#model/crs.ts'
import { ANYWHERE, cellBox, type Cube } from '#model/heat/cube.ts'
import type { CubeSums } from '#model/heat/window.ts'

export interface MergedCell {
  /** [west, south, east, north] in 1e-7 degree; west and south inside. */
  box: readonly [west: number, south: number, east: number, north: number]
  /** Of its side. */
  metres: number
}

/** Those with incidents in the steps [from, to), the largest first: squares of one lattice, a smaller one wholly inside of a larger. */
export function mergedCells(sums: CubeSums, from: number, to: number): MergedCell[] {
  const { cube } = sums
  const { levels } = cube
  if (!levels) return []
  const counts = sums.window(from, to)
  const cells: MergedCell[] = []
  levels.forEach((level, cell) => {
    if (level > 0 && level !== ANYWHERE && counts[cell]! > 0) cells.push({ box: cellBox(cube, cell)!, metres: cube.metres * 2 ** level })
  })
  return cells.sort((a, b) => b.metres - a.metres)
}

/** The largest that holds a place (1e-7 degree), whose number is spread over it; null outside of all. */
export const mergedAt = (cells: readonly MergedCell[], x: number, y: number): MergedCell | null =>
  cells.find(({ box: [west, south, east, north] }) => x >= west && x < east && y >= south && y < north) ?? null

/** Whether a place is inside of a shape; everywhere without one. Remembered: the brush asks for the same places again and again. */
export function insideOf(shape: Polygon | MultiPolygon | null): (place: Position) => boolean {
  const known = new Map<string, boolean>()
  return (place) => {
    if (!shape) return true
    const key = place.join(' ')
    let inside = known.get(key)
    if (inside === undefined) known.set(key, (inside = booleanPointInPolygon(place, shape)))
    return inside
  }
}

/**
 * Sides of the cells as lines [lng, lat] from west to east and from south to north, each once however many cells have it, cut where they
 * leave `isInside`. `cellX` and `cellY`: the cube's own cell, of which every side is a multiple.
 */
export function outlinesOf(
  cells: readonly MergedCell[],
  { cellX, cellY }: Pick<Cube, 'cellX' | 'cellY'>,
  isInside: (place: Position) => boolean,
): Position[][] {
  // By latitude the steps of longitude along it, and the other way round; in cells from the first cell's corner.
  const [rows, columns] = [new Map<number, Set<number>>(), new Map<number, Set<number>>()]
  const mark = (lines: Map<number, Set<number>>, line: number, first: number, end: number) => {
    const steps = lines.get(line) ?? new Set()
    for (let step = first; step < end; step++) steps.add(step)
    lines.set(line, steps)
  }
  const [west0, south0] = cells[0]?.box ?? [0, 0]
  for (const { box } of cells) {
    const [west, east] = [box[0], box[2]].map((x) => Math.round((x - west0) / cellX)) as [number, number]
    const [south, north] = [box[1], box[3]].map((y) => Math.round((y - south0) / cellY)) as [number, number]
    for (const row of [south, north]) mark(rows, row, west, east)
    for (const column of [west, east]) mark(columns, column, south, north)
  }
  const at = (column: number, row: number): Position => [(west0 + column * cellX) / GRID, (south0 + row * cellY) / GRID]
  return [
    ...runsOf(rows, (row, step) => isInside(at(step + 0.5, row))).map(([row, first, end]) => [at(first, row), at(end, row)]),
    ...runsOf(columns, (column, step) => isInside(at(column, step + 0.5))).map(([column, first, end]) => [
      at(column, first),
      at(column, end),
    ]),
  ]
}

/** Unbroken runs of the steps that are taken: [line, first, end). */
function runsOf(
  lines: ReadonlyMap<number, ReadonlySet<number>>,
  take: (line: number, step: number) => boolean,
): [number, number, number][] {
  const runs: [number, number, number][] = []
  for (const [line, steps] of lines) {
    let run: [number, number, number] | null = null
    for (const step of [...steps].sort((a, b) => a - b)) {
      if (!take(line, step)) continue
      if (run?.[2] === step) run[2]++
      else runs.push((run = [line, step, step + 1]))
    }
  }
  return runs
}
