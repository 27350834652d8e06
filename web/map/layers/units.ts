/** Grids as filled shapes: the colour is the class of the measure (feature state), what lies outside the chosen unit is dimmed. */
import type { ExpressionSpecification, FilterSpecification, Map } from 'maplibre-gl'
import { levelOf } from '#model/code.ts'
import type { Drawing } from '../canvas.ts'
import { sequence } from '../palette.ts'
import type { WallLayer } from '../zorder.ts'

const SOURCE = { source: 'units', sourceLayer: 'units' } as const

const GRIDS: FilterSpecification = ['==', ['get', 'level'], 'grid']
/** Below the grids: the ground of the county, and leaves that were never divided into grids. */
const COARSER: FilterSpecification = ['in', ['get', 'level'], ['literal', ['county', 'town', 'village']]]

/** The other units of the chosen one's level: all that lies outside of it. Nothing when it is the whole. */
export const outside = (unit: string, root: string): FilterSpecification =>
  unit === root ? ['literal', false] : ['all', ['==', ['get', 'level'], levelOf(unit)], ['!=', ['get', 'code'], unit]]

export function unitLayers({ palette, view }: Drawing): WallLayer[] {
  const [first, ...rest] = sequence(palette)
  const byClass = [
    'match',
    ['coalesce', ['feature-state', 'class'], 0],
    ...rest.flatMap((colour, n) => [n + 2, colour]),
    first,
  ] as unknown as ExpressionSpecification
  const colour = view === 'overview' ? byClass : first!
  return [
    {
      id: 'unit-base',
      type: 'fill',
      source: 'units',
      'source-layer': 'units',
      filter: COARSER,
      paint: { 'fill-color': colour, 'fill-antialias': false },
    },
    {
      id: 'unit-fill',
      type: 'fill',
      source: 'units',
      'source-layer': 'units',
      filter: GRIDS,
      paint: { 'fill-color': colour, 'fill-antialias': false },
    },
    {
      id: 'unit-dim',
      type: 'fill',
      source: 'units',
      'source-layer': 'units',
      filter: ['literal', false],
      paint: { 'fill-color': palette.sea, 'fill-opacity': 0.62, 'fill-antialias': false },
    },
  ]
}

/** Tells the map the classes that differ from what it was told before. Answers how many that were. */
export function paintClasses(
  map: Pick<Map, 'setFeatureState'>,
  classes: ReadonlyMap<string, number>,
  told: globalThis.Map<string, number>,
): number {
  let changed = 0
  for (const [code, value] of classes) {
    if (told.get(code) === value) continue
    map.setFeatureState({ ...SOURCE, id: code }, { class: value })
    told.set(code, value)
    changed++
  }
  return changed
}

export function dimOutside(map: Map, unit: string, root: string): void {
  map.setFilter('unit-dim', outside(unit, root))
}
