/** Names of units from one point each: towns from zoom 9, villages from 11.5, grids from 13. Labels give way to markers and to each other. */
import type { Feature, FeatureCollection, Point } from 'geojson'
import type { VariableAnchorOffsetCollectionSpecification } from 'maplibre-gl'
import type { UnitSummary } from '#contract/unit.ts'
import type { Level } from '#model/level.ts'
import { type Drawing, fontStack, zoom } from '../canvas.ts'
import type { WallLayer } from '../zorder.ts'

const FROM: Record<Exclude<Level, 'county'>, number> = { town: 9, village: 11.5, grid: 13, microgrid: 15 }

/** Where a name may stand around its point, nearest first; offsets in ems. */
export const ASIDE: VariableAnchorOffsetCollectionSpecification = [
  ...['center', [0, 0], 'top', [0, 0.2], 'bottom', [0, -0.2], 'top', [0, 0.7], 'bottom', [0, -0.7]],
  ...['left', [-1.2, 0], 'right', [1.2, 0], 'left', [-0.4, 0], 'right', [0.4, 0], 'left', [0.5, 0], 'right', [-0.5, 0]],
  ...['top-left', [-1, 0.5], 'top-right', [1, 0.5], 'bottom-left', [-1, -0.5], 'bottom-right', [1, -0.5]],
  ...['top', [0, 1.4], 'bottom', [0, -1.4], 'left', [1.3, 0], 'right', [-1.3, 0]],
  ...['top-left', [0.9, 0.9], 'top-right', [-0.9, 0.9], 'bottom-left', [0.9, -0.9], 'bottom-right', [-0.9, -0.9]],
  ...['top-left', [0.3, 0.9], 'top-right', [-0.3, 0.9], 'bottom-left', [0.3, -0.9], 'bottom-right', [-0.3, -0.9]],
  ...['top', [0, 2.2], 'bottom', [0, -2.2], 'left', [2.2, 0], 'right', [-2.2, 0]],
  ...['top-left', [1, 1.6], 'top-right', [-1, 1.6], 'bottom-left', [1, -1.6], 'bottom-right', [-1, -1.6]],
  ...['top', [0, 3], 'bottom', [0, -3], 'left', [3.2, 0], 'right', [-3.2, 0]],
] as VariableAnchorOffsetCollectionSpecification

export function labelLayers(drawing: Drawing): WallLayer[] {
  const { palette, scale } = drawing
  const halo = { 'text-halo-color': 'rgba(10, 13, 16, 0.75)', 'text-halo-width': 2 * scale, 'text-halo-blur': 1 * scale }
  const label = (level: Exclude<Level, 'county'>, size: number, colour: string): WallLayer => ({
    id: `label-${level}`,
    type: 'symbol',
    source: 'labels',
    minzoom: zoom(drawing, FROM[level]),
    filter: ['==', ['get', 'level'], level],
    layout: {
      'text-field': ['get', 'name'],
      'text-font': fontStack(level === 'town' ? 'SemiBold' : 'Medium'),
      'text-size': size * scale,
      'text-letter-spacing': level === 'town' && drawing.lang === 'zh' ? 0.12 : 0.02,
      'text-max-width': 9,
      'text-padding': (level === 'town' ? 0 : 4) * scale,
      'symbol-sort-key': ['get', 'rank'],
      'text-variable-anchor-offset': ASIDE,
      // A town's name steps aside for a marker and is drawn at any rate; a smaller one is left out.
      'text-overlap': level === 'town' ? 'always' : 'never',
    },
    paint: { 'text-color': colour, ...halo },
  })
  return [
    label('town', 22, palette.text1),
    label('village', 17, palette.text1),
    label('grid', 14, palette.text2),
    label('microgrid', 14, palette.text3),
  ]
}

/** One point a unit, named in the screen's language; the larger unit is placed first. */
export function labelPoints(units: Iterable<UnitSummary>, nameOf: (code: string) => string): FeatureCollection<Point> {
  const features = [...units].map((unit): Feature<Point> => ({
    type: 'Feature',
    properties: { id: unit.code, level: unit.level, name: nameOf(unit.code), rank: -unit.areaM2 },
    geometry: { type: 'Point', coordinates: [...unit.labelPoint] },
  }))
  return { type: 'FeatureCollection', features }
}

/** An English name without its rank, which the map shows by the size of the letters: `Luqiao Subdistrict` → `Luqiao`. */
export const shortName = (name: string): string => name.replace(/ (Subdistrict|Town|Township)$/, '')
