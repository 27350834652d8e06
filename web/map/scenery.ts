/** The shipped land and outlines around, and where their faint names stand: as deep inside the neighbour as the view allows. */
import type { Feature, FeatureCollection, MultiPolygon, Point, Polygon, Position } from 'geojson'
import landUrl from '../../data/land/land.geojson?url'
import outlineUrl from '../../data/luqiao/scenery.geojson?url'
import type { Bbox } from '#contract/geojson.ts'

export interface Scenery {
  land: FeatureCollection
  neighbours: FeatureCollection<Polygon | MultiPolygon>
  /** The county itself: no name of the scenery stands in it. */
  county: FeatureCollection<Polygon | MultiPolygon>
}

const SEA = { role: 'sea', name: '东海', nameEn: 'East China Sea' }
/** How far around the county its neighbours' names may stand, as a share of its extent. */
const AROUND = 0.22
const STEPS = 28
const CORNERS = 200

let loading: Promise<Scenery> | null = null

/** Reads the files once for all maps of the page. A failure leaves the ground empty: it is scenery. */
export function loadScenery(): Promise<Scenery> {
  loading ??= Promise.all([read(landUrl), read(outlineUrl)]).then(([land, outline]) => ({
    land: land as FeatureCollection,
    neighbours: ofRole(outline, 'neighbour'),
    county: ofRole(outline, 'county'),
  }))
  return loading
}

/** The outlines of one role: `neighbour` or `county`. */
export const ofRole = (outline: FeatureCollection, role: string): Scenery['county'] => ({
  type: 'FeatureCollection',
  features: (outline as Scenery['county']).features.filter((each) => each.properties?.['role'] === role),
})

const read = async (url: string): Promise<FeatureCollection> => (await fetch(url)).json() as Promise<FeatureCollection>

/** Points for the names of neighbours and sea around a county of this extent; none where it lies elsewhere. */
export function sceneryNames({ land, neighbours, county }: Scenery, [west, south, east, north]: Bbox): FeatureCollection<Point> {
  const [dx, dy] = [(east - west) * AROUND, (north - south) * AROUND]
  const view: Bbox = [west - dx, south - dy, east + dx, north + dy]
  const named = neighbours.features.flatMap((feature) => {
    const at = deepest(view, (point) => depthIn(polygonsOf(feature), point))
    return at ? [pointOf(feature.properties ?? {}, at)] : []
  })
  const ground = [...land.features, ...neighbours.features, ...county.features].flatMap((feature) =>
    polygonsOf(feature as Feature<Polygon | MultiPolygon>),
  )
  const hasLand = ground.some((rings) => inside(rings, [(west + east) / 2, (south + north) / 2]))
  const sea = hasLand ? deepest(view, (point) => -depthOutside(ground, point)) : null
  return { type: 'FeatureCollection', features: sea ? [...named, pointOf(SEA, sea)] : named }
}

const pointOf = (properties: object, coordinates: Position): Feature<Point> => ({
  type: 'Feature',
  properties: { ...properties, id: JSON.stringify(properties) },
  geometry: { type: 'Point', coordinates },
})

/** Rings of at most some hundred corners: a name does not need more. */
function polygonsOf({ geometry }: Feature<Polygon | MultiPolygon>): Position[][][] {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  return polygons.map((rings) => rings.map((ring) => ring.filter((_corner, n) => n % Math.ceil(ring.length / CORNERS) === 0)))
}

/** The point of a raster over the view with the greatest depth, or null when none is inside. `depth`: above 0 inside. */
function deepest([west, south, east, north]: Bbox, depth: (point: Position) => number): Position | null {
  let best: Position | null = null
  let most = 0
  for (let i = 1; i < STEPS; i++) {
    for (let j = 1; j < STEPS; j++) {
      const point: Position = [west + ((east - west) * i) / STEPS, south + ((north - south) * j) / STEPS]
      const rim = Math.min(i, j, STEPS - i, STEPS - j) / STEPS
      const value = Math.min(depth(point), rim * Math.min(east - west, north - south))
      if (value > most) [best, most] = [point, value]
    }
  }
  return best
}

const depthIn = (polygons: Position[][][], point: Position): number =>
  Math.max(0, ...polygons.map((rings) => (inside(rings, point) ? distance(rings, point) : 0)))

/** Below 0 outside of all: minus the distance to the nearest. */
const depthOutside = (polygons: Position[][][], point: Position): number =>
  polygons.some((rings) => inside(rings, point)) ? 0 : -Math.min(...polygons.map((rings) => distance(rings, point)))

/** Even–odd over all rings, so that holes are outside. */
export function inside(rings: Position[][], [x, y]: Position): boolean {
  let odd = false
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [[xi, yi], [xj, yj]] = [ring[i] as [number, number], ring[j] as [number, number]]
      if (yi > y! !== yj > y! && x! < ((xj - xi) * (y! - yi)) / (yj - yi) + xi) odd = !odd
    }
  }
  return odd
}

/** Degrees to the nearest corner: enough to place a name. */
const distance = (rings: Position[][], [x, y]: Position): number =>
  Math.min(...rings.flatMap((ring) => ring.map(([cx, cy]) => Math.hypot(cx! - x!, cy! - y!))))
