/** The optional basemap: raster tiles, a TileJSON or a PMTiles file. Vector ones are drawn in the wall's own dark hand, without names. */
import { addProtocol, type FilterSpecification, type Map } from 'maplibre-gl'
import type { AppInfo } from '#contract/app.ts'
import type { Drawing } from './canvas.ts'
import { place, type WallLayer } from './zorder.ts'

type Basemap = NonNullable<AppInfo['basemap']>
const SOURCE = 'basemap'

/** Adds source and layers. Rejects when the file or the TileJSON cannot be read. */
export async function addBasemap(map: Map, { kind, url, attribution }: Basemap, drawing: Drawing): Promise<void> {
  const address = new URL(url, location.href).href.replaceAll('%7B', '{').replaceAll('%7D', '}')
  if (kind === 'raster') {
    map.addSource(SOURCE, { type: 'raster', tiles: [address], tileSize: 256, attribution })
    return raster(drawing).forEach((layer) => place(map, layer))
  }
  const layers = kind === 'pmtiles' ? await openPmtiles(address) : layersOf(await (await fetch(address)).json())
  const from = kind === 'pmtiles' ? `pmtiles://${address}` : address
  // An attribution of our own, even an empty one, would take the place of the file's.
  map.addSource(SOURCE, { type: layers ? 'vector' : 'raster', url: from, ...(attribution && { attribution }) })
  for (const layer of layers ? vector(drawing, layers) : raster(drawing)) place(map, layer)
}

/** Opens the file through maplibre's protocol. The library is fetched only here. */
async function openPmtiles(address: string): Promise<string[] | null> {
  const { PMTiles, Protocol, TileType } = await import('pmtiles')
  // With the file's own metadata, which hold its attribution.
  const protocol = new Protocol({ metadata: true })
  const file = new PMTiles(address)
  protocol.add(file)
  addProtocol('pmtiles', protocol.tile)
  return (await file.getHeader()).tileType === TileType.Mvt ? (layersOf(await file.getMetadata()) ?? []) : null
}

/** Names of the layers that a TileJSON, or the metadata of a file, says are in its vector tiles; null for a raster. */
function layersOf(description: unknown): string[] | null {
  const { vector_layers: layers } = (description ?? {}) as { vector_layers?: { id: string }[] }
  return Array.isArray(layers) ? layers.map(({ id }) => id) : null
}

/** How much of a basemap shines through the grids: their colour is the measure and must stay readable. */
const THROUGH_GRIDS = 0.32

/** A foreign raster is darkened so that the wall's own marks stay the brightest thing on it; over the grids it is only a veil. */
function raster({ view }: Drawing): WallLayer[] {
  const dark = { 'raster-saturation': -0.7, 'raster-brightness-max': view === 'overview' ? 0.35 : 0.5 }
  return [
    { id: 'basemap', type: 'raster', source: SOURCE, paint: dark },
    { id: 'basemap-veil', type: 'raster', source: SOURCE, paint: { ...dark, 'raster-opacity': THROUGH_GRIDS } },
  ]
}

/** Source layers by their names in the Protomaps and in the OpenMapTiles schema. */
const NAMES = { water: ['water'], road: ['roads', 'transportation'], building: ['buildings', 'building'] } as const
const AREAS: FilterSpecification = ['in', ['geometry-type'], ['literal', ['Polygon', 'MultiPolygon']]]
const LINES: FilterSpecification = ['in', ['geometry-type'], ['literal', ['LineString', 'MultiLineString']]]

/** The layers for what is there: a file without water has no layer of it. */
function vector({ palette, scale }: Drawing, present: readonly string[]): WallLayer[] {
  const nameOf = (what: keyof typeof NAMES) => NAMES[what].find((name) => present.includes(name))
  const of = (what: keyof typeof NAMES) => ({ source: SOURCE, 'source-layer': nameOf(what)! })
  const layers: (WallLayer & { 'source-layer'?: string })[] = [
    { id: 'basemap-water', type: 'fill', ...of('water'), filter: AREAS, paint: { 'fill-color': palette.water } },
    {
      id: 'basemap-building',
      type: 'fill',
      ...of('building'),
      filter: AREAS,
      minzoom: 14,
      paint: { 'fill-color': palette.building, 'fill-opacity': 0.6 },
    },
    {
      id: 'basemap-road',
      type: 'line',
      ...of('road'),
      filter: LINES,
      paint: {
        'line-color': palette.road,
        'line-opacity': 0.8,
        'line-width': ['interpolate', ['linear'], ['zoom'], 9, 0.5 * scale, 15, 3 * scale],
      },
    },
  ]
  return layers.filter((layer) => layer['source-layer'] !== undefined)
}
