/** The optional basemap: raster tiles, a TileJSON or a PMTiles file. Vector ones are drawn in the wall's own dark hand, without names. */
import { addProtocol, type Map } from 'maplibre-gl'
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
    return place(map, raster(drawing))
  }
  const isVector = kind === 'pmtiles' ? await openPmtiles(address) : await isVectorTileJson(address)
  const from = kind === 'pmtiles' ? `pmtiles://${address}` : address
  map.addSource(SOURCE, { type: isVector ? 'vector' : 'raster', url: from, attribution })
  for (const layer of isVector ? vector(drawing) : [raster(drawing)]) place(map, layer)
}

/** Opens the file through maplibre's protocol; true when it holds vector tiles. The library is fetched only here. */
async function openPmtiles(address: string): Promise<boolean> {
  const { PMTiles, Protocol, TileType } = await import('pmtiles')
  const protocol = new Protocol()
  const file = new PMTiles(address)
  protocol.add(file)
  addProtocol('pmtiles', protocol.tile)
  return (await file.getHeader()).tileType === TileType.Mvt
}

async function isVectorTileJson(address: string): Promise<boolean> {
  const answer: unknown = await (await fetch(address)).json()
  return typeof answer === 'object' && answer !== null && 'vector_layers' in answer
}

/** A foreign raster is darkened so that the wall's own marks stay the brightest thing on it. */
const raster = ({ view }: Drawing): WallLayer => ({
  id: 'basemap',
  type: 'raster',
  source: SOURCE,
  paint: { 'raster-saturation': -0.7, 'raster-brightness-max': view === 'overview' ? 0.35 : 0.5 },
})

/** Source layers by the names of the OpenMapTiles and the Protomaps schema. */
function vector({ palette, scale }: Drawing): WallLayer[] {
  const of = (layer: string) => ({ source: SOURCE, 'source-layer': layer })
  return [
    { id: 'basemap-water', type: 'fill', ...of('water'), paint: { 'fill-color': palette.water } },
    {
      id: 'basemap-road',
      type: 'line',
      ...of('roads'),
      paint: { 'line-color': palette.road, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 0.5 * scale, 15, 3 * scale] },
    },
    { id: 'basemap-building', type: 'fill', ...of('buildings'), minzoom: 14, paint: { 'fill-color': palette.building } },
  ]
}
