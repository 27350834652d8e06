/** Our tiles against PostGIS' own encoder, feature for feature, and the embedded database against PostgreSQL, byte for byte. */
import { VectorTile, type VectorTileFeature } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { type Sql, sql } from '../../../server/db/sql.ts'
import { BUFFER, EXTENT, type TileId } from '../../../server/model/frame.ts'
import { encode } from '../../../server/tiles/encode.ts'
import { levelsAt, READERS } from '../../../server/tiles/layers.ts'
import { hasPostgres, openEmbedded, openPostgresDatabase } from '../../fixtures/database.ts'
import { loadSample, SAMPLE } from '../../fixtures/sample-county.ts'

/** The tile at a zoom that holds a place inside the sample. */
const tileAt = (z: number, [lng, lat]: [number, number] = [121.33, 28.53]): TileId => {
  const n = 2 ** z
  const y = (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2
  return { z, x: Math.floor(((lng + 180) / 360) * n), y: Math.floor(y * n) }
}
const ZOOMS = [0, 6, 9, 10, 11, 12, 13, 14, 15, 16]
const TILES = [...ZOOMS.map((z) => tileAt(z)), tileAt(13, [121.36, 28.56]), tileAt(14, [121.302, 28.502]), tileAt(12, [121.5, 28.9])]

type Point = { x: number; y: number }
interface Flat {
  properties: Record<string, unknown>
  lines: Point[][]
}
const flat = (bytes: Uint8Array, layer: string): Flat[] => {
  const found = new VectorTile(new PbfReader(bytes)).layers[layer]
  return Array.from({ length: found?.length ?? 0 }, (_, i) => {
    const feature: VectorTileFeature = found!.feature(i)
    return { properties: feature.properties, lines: feature.loadGeometry().map((line) => line.map(({ x, y }) => ({ x, y }))) }
  })
}

const twiceArea = (ring: Point[]) =>
  ring.reduce((sum, p, i) => sum + p.x * ring[(i + 1) % ring.length]!.y - ring[(i + 1) % ring.length]!.x * p.y, 0)
const area = ({ lines }: Flat) => lines.reduce((sum, ring) => sum + twiceArea(ring), 0) / 2
const length = ({ lines }: Flat) =>
  lines.reduce((sum, line) => sum + line.slice(1).reduce((s, p, i) => s + Math.hypot(p.x - line[i]!.x, p.y - line[i]!.y), 0), 0)
/** Corners of a feature that lie well inside the buffer's rim, as a sorted list: there nothing depends on how one clips. */
const corners = ({ lines }: Flat) => {
  const inner = lines.flat().filter(({ x, y }) => [x, y].every((v) => v > 2 - BUFFER && v < EXTENT + BUFFER - 2))
  return [...new Set(inner.map(({ x, y }) => `${x},${y}`))].sort()
}

/** ST_AsMVT over the same rows. */
const oracle = async (db: Db, { z, x, y }: TileId, layer: string, geom: Sql, rest: Sql): Promise<Flat[]> => {
  const [row] = await db.query<{ mvt: Buffer }>(sql`
    select ST_AsMVT(q, ${layer}, ${EXTENT}, 'shape') as mvt from (
      select ST_AsMVTGeom(ST_Transform(${geom}, 3857), ST_TileEnvelope(${z}, ${x}, ${y}), ${EXTENT}, ${BUFFER}, true) as shape, ${rest}
    ) q where shape is not null`)
  return flat(row!.mvt, layer)
}

const oracles: Record<string, { name: 'units' | 'cameras' | 'incidents'; from: number; geom: Sql; rest: (z: number) => Sql }> = {
  units: {
    name: 'units',
    from: 0,
    geom: sql`geom`,
    rest: (z) => sql`code, level::text, name, unit_kind::text as "unitKind" from unit_version
      where level = any(${levelsAt(z)}::unit_level[]) order by code`,
  },
  borders: {
    name: 'units',
    from: 0,
    geom: sql`geom`,
    rest: (z) => sql`level::text, left_code as "left", right_code as "right" from unit_border
      where level = any(${levelsAt(z)}::unit_level[]) order by id`,
  },
  labels: {
    name: 'units',
    from: 0,
    geom: sql`label_point`,
    rest: (z) => sql`code, level::text, name, name_en as "nameEn" from unit_version
      where level = any(${levelsAt(z)}::unit_level[]) order by code`,
  },
  cameras: {
    name: 'cameras',
    from: 13,
    geom: sql`geom`,
    rest: () => sql`code, name, state::text, heading from camera order by id`,
  },
  incidents: {
    name: 'incidents',
    from: 0,
    geom: sql`geom`,
    rest: (z) => sql`id::text, kind, severity::text, state::text, floor(extract(epoch from reported_at))::bigint as "reportedAt",
      unit_code as "unitCode" from incident where ${z >= 14} or state not in ('closed', 'cancelled') order by reported_at, id`,
  },
}

describe.skipIf(!hasPostgres())('tiles', () => {
  let postgres: Db
  let embedded: Db
  beforeAll(async () => {
    ;[postgres, embedded] = await Promise.all([openPostgresDatabase(), openEmbedded()])
    await Promise.all([loadSample(postgres), loadSample(embedded)])
  })

  for (const [layer, { name, from, geom, rest }] of Object.entries(oracles)) {
    describe(`layer ${layer}`, () => {
      it.each(TILES.filter(({ z }) => z >= from))('equals ST_AsMVT feature for feature at $z/$x/$y', async (tile) => {
        const truth = await oracle(postgres, tile, layer, geom, rest(tile.z))
        const ours = flat(encode(await READERS[name](postgres, tile, '')), layer)
        expect(ours.map((f) => f.properties)).toEqual(truth.map((f) => f.properties))
        for (const [i, feature] of ours.entries()) {
          expect(corners(feature), JSON.stringify(feature.properties)).toEqual(corners(truth[i]!))
          // What is cut at the rim is cut before rounding here and after it there: at most a unit along the rim.
          expect(Math.abs(area(feature) - area(truth[i]!))).toBeLessThanOrEqual(2 * (EXTENT + 2 * BUFFER))
          expect(Math.abs(length(feature) - length(truth[i]!))).toBeLessThanOrEqual(16)
        }
      })
    })
  }

  it.each(TILES)('are the same bytes on both databases at $z/$x/$y', async (tile) => {
    for (const name of ['units', 'cameras', 'incidents'] as const) {
      for (const prefix of ['', `${SAMPLE}001`]) {
        const [a, b] = await Promise.all([postgres, embedded].map(async (db) => encode(await READERS[name](db, tile, prefix))))
        expect(a!.equals(b!), `${name} ${prefix}`).toBe(true)
      }
    }
  })

  it('hold something: the comparison is not one of nothing with nothing', async () => {
    const counts = async (z: number) => {
      const tile = tileAt(z)
      const bytes = await Promise.all(
        (['units', 'cameras', 'incidents'] as const).map(async (n) => encode(await READERS[n](postgres, tile, ''))),
      )
      return ['units', 'borders', 'labels', 'cameras', 'incidents'].map((l, i) => flat(bytes[Math.max(0, i - 2)]!, l).length)
    }
    expect((await counts(6)).slice(0, 1)).toEqual([3])
    expect((await counts(10)).every((count) => count > 1)).toBe(true)
    expect((await counts(15)).every((count) => count > 1)).toBe(true)
  })

  it('wind outer rings clockwise on the screen and holes against them', async () => {
    const features = flat(encode(await READERS.units(postgres, tileAt(11), '')), 'units')
    const holed = features.find(({ properties }) => properties['code'] === `${SAMPLE}001001008`)!
    expect(holed.lines.map((ring) => Math.sign(twiceArea(ring)))).toEqual([1, -1])
    for (const feature of features) expect(twiceArea(feature.lines[0]!), String(feature.properties['code'])).toBeGreaterThan(0)
  })

  it('gather every camera in exactly one cluster below zoom 13', async () => {
    for (const z of [5, 9, 11, 12]) {
      const corner = tileAt(z, [121.29, 28.64])
      const clusters: Flat[] = []
      for (let dx = 0; dx <= 4; dx++) {
        for (let dy = 0; dy <= 4; dy++) {
          clusters.push(...flat(encode(await READERS.cameras(embedded, { z, x: corner.x + dx, y: corner.y + dy }, '')), 'cameras'))
        }
      }
      const sum = (key: string) => clusters.reduce((total, { properties }) => total + Number(properties[key]), 0)
      const [truth] = await embedded.query<{ all: number; offline: number }>(
        sql`select count(*)::int as all, count(*) filter (where state = 'offline')::int as offline from camera`,
      )
      expect([sum('count'), sum('offline')]).toEqual([truth!.all, truth!.offline])
      for (const { lines } of clusters) expect(lines[0]!.every(({ x, y }) => x >= 0 && y >= 0 && x < EXTENT && y < EXTENT)).toBe(true)
    }
  })

  it('show nothing of another jurisdiction', async () => {
    const tile = tileAt(10)
    const prefix = `${SAMPLE}001002`
    const found = flat(encode(await READERS.incidents(postgres, tile, prefix)), 'incidents')
    expect(found.length).toBeGreaterThan(0)
    expect(found.every(({ properties }) => String(properties['unitCode']).startsWith(prefix))).toBe(true)
    expect(encode(await READERS.cameras(postgres, tile, '110101')).length).toBe(0)
  })
})
