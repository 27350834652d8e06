/**
 * Datums at the border of the product, and the integer grid within. Inside, every coordinate is [lng, lat] in WGS 84,
 * a multiple of 1e-7 degree; CGCS2000 is WGS 84 at this precision (decimetres). GCJ-02 and BD-09 shift by hundreds of
 * metres inside the rectangle that roughly holds China, and not at all outside of it.
 */
import gcoord from 'gcoord'

export const DATUMS = ['wgs84', 'cgcs2000', 'gcj02', 'bd09'] as const
export type Datum = (typeof DATUMS)[number]
export type LngLat = [lng: number, lat: number]

/** Grid units in one degree: the grid's step is 1e-7 degree, about 11 mm of latitude. */
export const GRID = 1e7

/** What is wrong with a coordinate, or null when it is finite and on the globe. */
export function coordinateFault(lng: unknown, lat: unknown): string | null {
  if (typeof lng !== 'number' || typeof lat !== 'number' || !Number.isFinite(lng) || !Number.isFinite(lat)) return 'not a pair of numbers'
  if (Math.abs(lat) > 90)
    return Math.abs(lng) <= 90 ? `latitude ${lat} is off the globe: are lng and lat exchanged?` : `latitude ${lat} is off the globe`
  if (Math.abs(lng) > 180) return `longitude ${lng} is off the globe`
  return null
}

/** To WGS 84, unrounded. The coordinate must be on the globe (`coordinateFault`). */
export function toWgs84(point: LngLat, datum: Datum): LngLat {
  if (datum === 'wgs84' || datum === 'cgcs2000') return [point[0], point[1]]
  return unshift(datum === 'bd09' ? gcoord.transform(point, gcoord.BD09, gcoord.GCJ02) : point)
}

/** From WGS 84 to a datum, unrounded: what a basemap or a neighbour system expects. */
export function fromWgs84(point: LngLat, datum: Datum): LngLat {
  if (datum === 'wgs84' || datum === 'cgcs2000') return [point[0], point[1]]
  return gcoord.transform(point, gcoord.WGS84, datum === 'bd09' ? gcoord.BD09 : gcoord.GCJ02)
}

/**
 * GCJ-02 → WGS 84 by fixed-point iteration. gcoord's own inverse stops at 1e-6 degree and never ends for points at the
 * rim of its rectangle, where the forward step jumps; a bounded number of rounds gives 1e-9 inside and an answer at the rim.
 */
function unshift([lng, lat]: LngLat): LngLat {
  let guess: LngLat = [lng, lat]
  for (let round = 0; round < 12; round++) {
    const there = gcoord.transform<LngLat>([guess[0], guess[1]], gcoord.WGS84, gcoord.GCJ02)
    const [dLng, dLat] = [there[0] - lng, there[1] - lat]
    if (Math.abs(dLng) < 1e-10 && Math.abs(dLat) < 1e-10) break
    guess = [guess[0] - dLng, guess[1] - dLat]
  }
  return guess
}

/** Degrees → integers of 1e-7 degree, half away from zero, so that a grid point written as decimal degrees comes back as itself. */
export const toGrid = ([lng, lat]: readonly number[]): LngLat => [onGrid(lng as number), onGrid(lat as number)]

/** Integers of 1e-7 degree → degrees with at most seven decimals. */
export const fromGrid = ([x, y]: readonly number[]): LngLat => [(x as number) / GRID, (y as number) / GRID]

/** Degrees snapped to the grid, still in degrees. */
export const snap = (point: readonly number[]): LngLat => fromGrid(toGrid(point))

function onGrid(degrees: number): number {
  const units = degrees < 0 ? -Math.round(-degrees * GRID) : Math.round(degrees * GRID)
  return units === 0 ? 0 : units
}
