import type { Polygon, Position } from 'geojson'
import { describe, expect, it } from 'vitest'
import { clean } from '#model/cleaning/clean.ts'
import { checkPolygons } from '#model/coverage-check.ts'
import { toMultiPolygon } from '#model/rings.ts'
import { at } from '../../../fixtures/ascii-map.ts'

const polygon = (...rings: Position[][]): Polygon => ({ type: 'Polygon', coordinates: rings })
const box = (west: number, south: number, east: number, north: number): Position[] => [at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)] // prettier-ignore
/** Metres as parts of a cell, about. */
const M = 1 / 111

describe('cracks between units', () => {
  it('joins units that were each drawn a little too small, though no gap between them is closed', () => {
    const units = [
      { id: 'A', geometry: polygon(box(0.3 * M, 0.3 * M, 1 - 0.3 * M, 1 - 0.3 * M)) },
      { id: 'B', geometry: polygon(box(1 + 0.3 * M, 0.3 * M, 2 - 0.3 * M, 1 - 0.3 * M)) },
    ]
    const result = clean(units, { tolerance: 1 })
    expect(result).toMatchObject({ unchanged: false, faults: [] })
    const { topology } = checkPolygons(result.units!)
    expect([...topology!.left].some((unit, arc) => unit >= 0 && topology!.right[arc]! >= 0)).toBe(true)
    expect(
      clean(
        result.units!.map(({ id, polygons }) => ({ id, geometry: toMultiPolygon(polygons) })),
        { tolerance: 1 },
      ),
    ).toMatchObject({ unchanged: true })
    // Wider apart than the tolerance they are two islands, as is right.
    expect(clean(units, { tolerance: 0.5 })).toMatchObject({ unchanged: true })
  })

  it('leaves the notch beside a corner that two units share', () => {
    const units = [
      { id: 'A', geometry: polygon([at(0, 0), at(2, 0), at(2, 1), at(1 + 2 * M, 2), at(0, 2), at(0, 0)]) },
      { id: 'B', geometry: polygon([at(2, 0), at(4, 0), at(4, 2), at(1 + 6 * M, 2), at(2, 1), at(2, 0)]) },
    ]
    expect(clean(units, { tolerance: 1 })).toMatchObject({ unchanged: true })
  })
})
