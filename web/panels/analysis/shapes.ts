/** From results to what the map draws. Colours are tokens' values, so that map and list cannot differ. */
import type { Feature, Polygon } from 'geojson'
import type { Cluster, EmergingPlace, HotPlace, HotSpot, Repeat } from '#contract/analysis.ts'
import type { Bbox, Position } from '#contract/geojson.ts'
import type { IncidentMarker } from '#contract/incident.ts'
import type { Pattern } from '#model/hot-spots/emerging.ts'

/** Fills by what they mean. Hot by q, weakest first; cold is steel blue, the colour of amounts. */
export interface Inks {
  hot: readonly [string, string, string]
  cold: readonly [string, string, string]
  ring: string
}
export interface Shapes {
  shapes: Feature[]
  units: Map<string, string>
  marks: Feature[]
  extent: Bbox | null
}

export const readInks = (element: Element): Inks => {
  const style = getComputedStyle(element)
  const ink = (name: string) => style.getPropertyValue(name).trim()
  return {
    hot: [ink('--heat-3'), ink('--heat-4'), ink('--heat-5')],
    cold: [ink('--seq-3'), ink('--seq-4'), ink('--seq-5')],
    ring: ink('--heat-2'),
  }
}

/** 0 at q above 0.01, 1 above 0.001, otherwise 2. */
export const strengthOf = (q: number | null): 0 | 1 | 2 => (q === null || q > 0.01 ? 0 : q > 0.001 ? 1 : 2)

/** Rising patterns are darkest: they are what somebody must look at. */
export const familyOf = (pattern: Pattern): 'rising' | 'steady' | 'fading' =>
  pattern === 'new' || pattern === 'consecutive' || pattern === 'intensifying'
    ? 'rising'
    : pattern === 'diminishing' || pattern === 'historical'
      ? 'fading'
      : 'steady'
export const FAMILIES = ['rising', 'steady', 'fading'] as const

const rectangle = ([west, south, east, north]: Bbox): Polygon => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ],
  ],
})
const CORNERS = 48
const DEGREE_METRES = 111_195
function circle([lng, lat]: Position, metres: number): Polygon {
  const ring = Array.from({ length: CORNERS + 1 }, (_, n): Position => {
    const angle = (2 * Math.PI * n) / CORNERS
    const reach = metres / DEGREE_METRES
    return [lng + (reach * Math.cos(angle)) / Math.cos((lat * Math.PI) / 180), lat + reach * Math.sin(angle)]
  })
  return { type: 'Polygon', coordinates: [ring] }
}

const shape = (geometry: Polygon, n: number, fill: string, opacity: number, chosen: boolean): Feature => ({
  type: 'Feature',
  properties: { n, fill, opacity, chosen },
  geometry,
})
const mark = (coordinates: Position, n: number, text: string, chosen: boolean): Feature => ({
  type: 'Feature',
  properties: { n, text, chosen },
  geometry: { type: 'Point', coordinates },
})
const middleOf = ([west, south, east, north]: Bbox): Position => [(west + east) / 2, (south + north) / 2]

const LEAST_DEGREES = 0.03
/** Room around, so that a small result is seen with what lies about it. */
const widened = ([west, south, east, north]: Bbox): Bbox => {
  const [dx, dy] = [Math.max(east - west, LEAST_DEGREES) * 0.6, Math.max(north - south, LEAST_DEGREES) * 0.6]
  return [west - dx, south - dy, east + dx, north + dy]
}

export function hotShapes(results: readonly HotSpot[], by: 'cell' | 'unit', chosen: number | null, inks: Inks): Shapes {
  const made: Shapes = { shapes: [], units: new Map(), marks: [], extent: null }
  results.forEach((spot, n) => {
    const isChosen = n === chosen
    const ink = ({ q }: HotPlace) => inks[spot.heat][strengthOf(q)]
    if (by === 'unit') for (const each of spot.members) made.units.set(each.key, ink(each))
    else {
      for (const each of spot.members) made.shapes.push(shape(rectangle(each.bbox), n, ink(each), 0.8, isChosen))
      if (isChosen) for (const each of spot.ring) made.shapes.push(shape(rectangle(each.bbox), n, inks.ring, 0.35, false))
    }
    made.marks.push(mark(spot.center, n, String(spot.rank), isChosen))
    if (isChosen) made.extent = widened(spot.bbox)
  })
  return made
}

export function emergingShapes(results: readonly EmergingPlace[], by: 'cell' | 'unit', chosen: number | null, inks: Inks): Shapes {
  const made: Shapes = { shapes: [], units: new Map(), marks: [], extent: null }
  results.forEach((place, n) => {
    const ink = inks[place.heat][2 - FAMILIES.indexOf(familyOf(place.pattern))]!
    if (by === 'unit') made.units.set(place.key, ink)
    else made.shapes.push(shape(rectangle(place.bbox), n, ink, 0.8, n === chosen))
    if (n !== chosen) return
    made.marks.push(mark(middleOf(place.bbox), n, String(n + 1), true))
    made.extent = widened(place.bbox)
  })
  return made
}

/** A cluster or repeat is at least so large on the map that it is seen. */
const LEAST_METRES = 120

export function groupShapes(results: readonly (Cluster | Repeat)[], chosen: number | null, inks: Inks): Shapes {
  const made: Shapes = { shapes: [], units: new Map(), marks: [], extent: null }
  results.forEach((group, n) => {
    const isChosen = n === chosen
    made.shapes.push(shape(circle(group.center, Math.max(group.radius, LEAST_METRES)), n, inks.hot[isChosen ? 1 : 0], 0.4, isChosen))
    made.marks.push(mark(group.center, n, String(n + 1), isChosen))
    if (isChosen) made.extent = widened(group.bbox)
  })
  return made
}

export const pointsOf = (incidents: readonly IncidentMarker[], chosen: string | null): Feature[] =>
  incidents.flatMap(({ id, location }) =>
    location ? [{ type: 'Feature', properties: { id, chosen: id === chosen }, geometry: { type: 'Point', coordinates: location } }] : [],
  )
