/** What the heat adds to the wall's map beside its own layer: units by colour, the picked cell or unit, a polygon that is being drawn. */
import type { Feature, FeatureCollection, Polygon, Position } from 'geojson'
import type { ExpressionSpecification, FilterSpecification, Map as MapLibre } from 'maplibre-gl'
import type { HotSpot } from '#contract/analysis.ts'
import { GRID } from '#model/crs.ts'
import type { Level } from '#model/level.ts'
import { type Drawing, fontStack } from '../canvas.ts'
import type { WallLayer } from '../zorder.ts'

export const MARKS_SOURCE = 'heat-marks'
const UNITS = { source: 'units', sourceLayer: 'units' } as const
const NOTHING: FilterSpecification = ['literal', false]

export function heatLayers({ palette, scale }: Drawing): WallLayer[] {
  const role = (name: string): FilterSpecification => ['==', ['get', 'role'], name]
  const marks = { source: MARKS_SOURCE } as const
  return [
    {
      id: 'heat-unit',
      type: 'fill',
      source: UNITS.source,
      'source-layer': UNITS.sourceLayer,
      filter: NOTHING,
      paint: { 'fill-color': 'transparent', 'fill-antialias': false },
    },
    // A dark case: the cells below are of every lightness.
    {
      id: 'heat-merged-case',
      type: 'line',
      ...marks,
      filter: role('merged'),
      paint: { 'line-color': palette.surface0, 'line-width': 2.5 * scale, 'line-opacity': 0.7 },
    },
    {
      id: 'heat-merged',
      type: 'line',
      ...marks,
      filter: role('merged'),
      paint: { 'line-color': palette.text2, 'line-width': 1.25 * scale, 'line-dasharray': [3, 3] },
    },
    {
      id: 'heat-picked',
      type: 'line',
      ...marks,
      filter: role('picked'),
      paint: { 'line-color': palette.text1, 'line-width': 2 * scale },
    },
    { id: 'heat-area-fill', type: 'fill', ...marks, filter: role('area'), paint: { 'fill-color': palette.text1, 'fill-opacity': 0.06 } },
    {
      id: 'heat-area-case',
      type: 'line',
      ...marks,
      filter: role('area'),
      layout: { 'line-join': 'round' },
      paint: { 'line-color': palette.surface0, 'line-width': 4.5 * scale, 'line-opacity': 0.7 },
    },
    {
      id: 'heat-area-line',
      type: 'line',
      ...marks,
      filter: role('area'),
      layout: { 'line-join': 'round' },
      paint: { 'line-color': palette.text1, 'line-width': 2 * scale, 'line-dasharray': [3, 2] },
    },
    {
      id: 'heat-area-corner',
      type: 'circle',
      ...marks,
      filter: role('corner'),
      paint: {
        'circle-radius': 5 * scale,
        'circle-color': palette.surface0,
        'circle-stroke-color': palette.text1,
        'circle-stroke-width': 2 * scale,
      },
    },
    // White on the palest band is seen by its dark case only.
    {
      id: 'heat-spot-case',
      type: 'line',
      ...marks,
      filter: role('ring'),
      paint: { 'line-color': palette.surface0, 'line-width': 5 * scale, 'line-opacity': 0.85 },
    },
    {
      id: 'heat-spot-ring',
      type: 'line',
      ...marks,
      filter: role('ring'),
      paint: { 'line-color': palette.text1, 'line-width': 2 * scale },
    },
    {
      id: 'heat-spot-chip',
      type: 'circle',
      ...marks,
      filter: role('spot'),
      paint: {
        'circle-radius': 13 * scale,
        'circle-color': palette.invertBg,
        'circle-stroke-color': palette.surface0,
        'circle-stroke-width': 1.5 * scale,
      },
    },
    {
      id: 'heat-spot',
      type: 'symbol',
      ...marks,
      filter: role('spot'),
      layout: {
        'text-field': ['get', 'name'],
        'text-font': fontStack('SemiBold'),
        'text-size': 16 * scale,
        'text-overlap': 'always',
      },
      paint: { 'text-color': palette.invertFg },
    },
  ]
}

/** Colours units of a level by their class 1…n (feature state `heat`); none at level null. */
export function colourUnits(map: MapLibre, level: Level | null, colours: readonly string[]): void {
  map.setFilter('heat-unit', levelsOf(level))
  const pairs = colours.flatMap((colour, n) => [n + 1, colour])
  const colour = ['match', ['coalesce', ['feature-state', 'heat'], 0], ...pairs, 'transparent'] as unknown as ExpressionSpecification
  map.setPaintProperty('heat-unit', 'fill-color', colour)
}

/** Where a place was never divided down to a level, its coarser unit is coloured; it has a class only then. */
const LEVELS_DRAWN: Partial<Record<Level, readonly Level[]>> = {
  town: ['town'],
  village: ['town', 'village'],
  grid: ['town', 'village', 'grid'],
}
const levelsOf = (level: Level | null): FilterSpecification => ['in', ['get', 'level'], ['literal', [...(LEVELS_DRAWN[level!] ?? [])]]]

/** Tells the map the classes that differ from what it was told before; whoever has none any more loses his. */
export function paintUnits(
  map: Pick<MapLibre, 'setFeatureState'>,
  classes: ReadonlyMap<string, number>,
  told: globalThis.Map<string, number>,
): void {
  for (const code of [...told.keys()]) {
    if (classes.has(code)) continue
    map.setFeatureState({ ...UNITS, id: code }, { heat: 0 })
    told.delete(code)
  }
  for (const [code, value] of classes) {
    if (told.get(code) === value) continue
    map.setFeatureState({ ...UNITS, id: code }, { heat: value })
    told.set(code, value)
  }
}

/** A hot spot as the map needs it. */
export type SpotMark = Pick<HotSpot, 'center' | 'bbox'>

/**
 * A picked box in 1e-7 degree, outlines of merged cells, a polygon (with its corners while it is being drawn) and numbered hot spots, as
 * features. Rings are drawn where `isInside` holds: what lies beyond the county's border is no part of a spot.
 */
export function heatMarks(
  box: readonly [number, number, number, number] | null,
  area: readonly Position[],
  isDrawing: boolean,
  spots: readonly SpotMark[],
  merged: readonly (readonly Position[])[] = [],
  isInside: (place: Position) => boolean = () => true,
): FeatureCollection {
  const features: Feature[] = spots.flatMap((spot, n) => {
    const { runs, number } = insideRuns(ringAround(spot), isInside)
    return [...runs.map((run) => line('ring', run)), point('spot', number, String(n + 1))]
  })
  features.push(...merged.map((outline) => line('merged', outline)))
  if (box) {
    const [west, south, east, north] = box.map((n) => n / GRID) as [number, number, number, number]
    const corners: Position[] = [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
    ]
    features.push(polygon('picked', corners))
  }
  if (area.length >= 3) features.push(polygon('area', area))
  else if (area.length === 2) features.push(line('area', area))
  if (isDrawing) features.push(...area.map((corner) => point('corner', corner)))
  return { type: 'FeatureCollection', features }
}

const RING_CORNERS = 96
/** A spot's ring is never smaller than this, nor larger: it says where, the colours say how far. */
const RING_M = { least: 450, most: 1_600 }
const DEGREE_M = 111_195

/** A circle around a spot, counter-clockwise from the east. */
function ringAround({ center: [lng, lat], bbox: [west, south, east, north] }: SpotMark): Position[] {
  const narrow = Math.cos((lat * Math.PI) / 180)
  const wanted = (Math.max((east - west) * narrow, north - south) * DEGREE_M) / 2
  const radius = Math.max(RING_M.least, Math.min(RING_M.most, wanted)) / DEGREE_M
  return Array.from({ length: RING_CORNERS }, (_corner, n): Position => {
    const angle = (2 * Math.PI * n) / RING_CORNERS
    return [lng + (radius * Math.cos(angle)) / narrow, lat + radius * Math.sin(angle)]
  })
}

/** Parts of a ring that lie inside, and where its number stands: on one of them, as near to the upper right as can be. */
function insideRuns(ring: readonly Position[], isInside: (place: Position) => boolean): { runs: Position[][]; number: Position } {
  const inside = ring.map(isInside)
  const upperRight = Math.round(ring.length / 8)
  const away = (n: number) => Math.min(Math.abs(n - upperRight), ring.length - Math.abs(n - upperRight))
  const places = ring.map((_place, n) => n).filter((n) => inside[n])
  if (places.length === 0 || places.length === ring.length) return { runs: [[...ring, ring[0]!]], number: ring[upperRight]! }
  // From a corner that lies outside, so that no run is cut in two where the ring begins.
  const start = inside.indexOf(false)
  const runs: Position[][] = []
  for (let n = 1; n <= ring.length; n++) {
    const at = (start + n) % ring.length
    if (!inside[at]) continue
    if (inside[(at + ring.length - 1) % ring.length]) runs.at(-1)!.push(ring[at]!)
    else runs.push([ring[at]!])
  }
  return { runs, number: ring[places.reduce((best, n) => (away(n) < away(best) ? n : best))]! }
}

const point = (role: string, coordinates: Position, name = ''): Feature => ({
  type: 'Feature',
  properties: { role, name },
  geometry: { type: 'Point', coordinates },
})

const line = (role: string, coordinates: readonly Position[]): Feature => ({
  type: 'Feature',
  properties: { role },
  geometry: { type: 'LineString', coordinates: [...coordinates] },
})

const polygon = (role: string, ring: readonly Position[]): Feature<Polygon> => ({
  type: 'Feature',
  properties: { role },
  geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]!]] },
})
