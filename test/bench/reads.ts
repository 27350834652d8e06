/**
 * Reads, on PostgreSQL with the demo county: each figure beside the one it is to be compared with, taken in the same run.
 * Tiles over HTTP, cold and cached, against ST_AsMVT of the same tiles asked of the database alone, and against a static file of
 * the same server; pages of OGC items against the SQL that ST_AsGeoJSON needs for the same features.
 *
 *   node --import tsx test/bench/reads.ts [--incidents 20000] [--tiles 60]
 */
import { Console } from 'node:console'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { seedDemo } from '../../server/commands/seed.ts'
import type { Db } from '../../server/db/db.ts'
import { migrate } from '../../server/db/migrate.ts'
import { openPostgres } from '../../server/db/postgres.ts'
import { type Sql, sql } from '../../server/db/sql.ts'
import { BUFFER, EXTENT, type TileId } from '../../server/model/frame.ts'
import { levelsAt } from '../../server/tiles/layers.ts'
import { WEB_FOLDER } from '../../server/version.ts'
import { findPrograms, startCluster } from '../fixtures/clusters.ts'
import { startServer } from '../fixtures/server-process.ts'

const { values: options } = parseArgs({
  options: { incidents: { type: 'string', default: '20000' }, tiles: { type: 'string', default: '60' } },
})
const COUNT = Number(options.tiles)
const out = new Console(process.stdout)
const ZOOMS = [9, 10, 11, 12, 13, 14, 15]
const AT_ONCE = 16
const BURST = 2000

const percentile = (values: readonly number[], share: number): number => {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await work()
  return performance.now() - start
}
/** One after the other; milliseconds each. */
const each = async <T>(list: readonly T[], work: (one: T) => Promise<unknown>): Promise<number[]> => {
  const times: number[] = []
  for (const one of list) times.push(await timed(() => work(one)))
  return times
}

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
const client =
  (url: string, token: string) =>
  (path: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const headers = { Authorization: `Bearer ${token}`, 'Accept-Encoding': 'gzip' }
      request(`${url}${path}`, { agent, headers }, (response) => {
        let bytes = 0
        response.on('data', (chunk: Buffer) => (bytes += chunk.length))
        response.on('end', () =>
          (response.statusCode ?? 500) < 300 ? resolve(bytes) : reject(new Error(`${path}: ${response.statusCode}`)),
        )
      })
        .on('error', reject)
        .end()
    })

/** `total` requests, AT_ONCE under way; requests a second. */
const burst = async (get: (path: string) => Promise<number>, paths: readonly string[], total: number): Promise<number> => {
  let next = 0
  const walk = async () => {
    while (next < total) await get(paths[next++ % paths.length]!)
  }
  return (total * 1000) / (await timed(() => Promise.all(Array.from({ length: AT_ONCE }, walk))))
}

/** The same tile by PostGIS' own encoder, all its layers. */
const rawTile = (name: string, { z, x, y }: TileId): Sql => {
  const layer = (id: string, geom: Sql, rest: Sql) => sql`(
    select ST_AsMVT(q, ${id}, ${EXTENT}, 'shape') from (
      select ST_AsMVTGeom(ST_Transform(${geom}, 3857), ST_TileEnvelope(${z}, ${x}, ${y}), ${EXTENT}, ${BUFFER}, true) as shape, ${rest}
        and ${geom} && ST_Transform(ST_TileEnvelope(${z}, ${x}, ${y}, margin => ${BUFFER / EXTENT}::float8), 4326)
    ) q where shape is not null)`
  const levels = levelsAt(z)
  if (name === 'cameras')
    return sql`select ${layer('cameras', sql`geom`, sql`code, name, state::text, heading from camera where true`)} as mvt`
  if (name === 'incidents') {
    return sql`select ${layer(
      'incidents',
      sql`geom`,
      sql`id::text, kind, severity::text, state::text, extract(epoch from reported_at)::bigint as "reportedAt", unit_code as "unitCode"
        from incident where (${z >= 14} or state not in ('closed', 'cancelled'))`,
    )} as mvt`
  }
  const current = sql`from unit_version where valid_to is null and level = any(${levels}::unit_level[])`
  return sql`select
    ${layer('units', sql`geom`, sql`code, level::text, name, unit_kind::text as "unitKind" ${current}`)} ||
    ${layer('labels', sql`label_point`, sql`code, level::text, name, name_en as "nameEn" ${current}`)} ||
    ${layer('borders', sql`geom`, sql`level::text, left_code as "left", right_code as "right" from unit_border where level = any(${levels}::unit_level[])`)} as mvt`
}

/** Tiles of several zooms that hold something, spread over the county by its grids. */
async function chooseTiles(db: Db): Promise<TileId[]> {
  const spots = await db.query<{ lng: number; lat: number }>(
    sql`select ST_X(label_point) as lng, ST_Y(label_point) as lat from unit_version where level = 'grid' order by md5(code)`,
  )
  const tiles = spots.map(({ lng, lat }, i): TileId => {
    const z = ZOOMS[i % ZOOMS.length]!
    const y = (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2
    return { z, x: Math.floor(((lng + 180) / 360) * 2 ** z), y: Math.floor(y * 2 ** z) }
  })
  const known = new Map(tiles.map((tile) => [`${tile.z}/${tile.x}/${tile.y}`, tile]))
  return [...known.values()].slice(0, COUNT)
}

const round = (value: number, digits = 2) => Number(value.toFixed(digits))

async function measureTiles(db: Db, get: (path: string) => Promise<number>): Promise<Record<string, unknown>[]> {
  const tiles = await chooseTiles(db)
  const rows: Record<string, unknown>[] = []
  for (const name of ['units', 'cameras', 'incidents'] as const) {
    // Clusters have no twin in ST_AsMVT's terms.
    const compared = tiles.filter(({ z }) => name !== 'cameras' || z >= 13)
    const paths = compared.map(({ z, x, y }) => `/tiles/${name}/${z}/${x}/${y}.mvt`)
    await db.query(rawTile(name, compared[0]!))
    const raw = await each(compared, (tile) => db.query(rawTile(name, tile)))
    const cold = await each(paths, get)
    const cached = await each(paths, get)
    const bytes = await Promise.all(paths.map(get))
    const rate = await burst(get, paths, BURST)
    const rawRate = (compared.length * 1000) / raw.reduce((a, b) => a + b, 0)
    rows.push({
      tiles: name,
      n: compared.length,
      'raw SQL p50 ms': round(percentile(raw, 0.5)),
      'cold p50 ms': round(percentile(cold, 0.5)),
      'cached p50 ms': round(percentile(cached, 0.5)),
      'raw p95': round(percentile(raw, 0.95)),
      'cold p95': round(percentile(cold, 0.95)),
      'cold ÷ raw': round(cold.reduce((a, b) => a + b, 0) / raw.reduce((a, b) => a + b, 0)),
      'cached ÷ raw': round(cached.reduce((a, b) => a + b, 0) / raw.reduce((a, b) => a + b, 0)),
      'cached/s': Math.round(rate),
      'cached/s ÷ raw/s': round(rate / rawRate, 1),
      'gzip KB p50': round(percentile(bytes, 0.5) / 1024, 1),
    })
  }
  return rows
}

async function measureFile(get: (path: string) => Promise<number>, tilePath: string): Promise<Record<string, unknown>[]> {
  const folder = join(WEB_FOLDER, 'assets')
  if (!existsSync(folder)) return []
  const size = await get(tilePath)
  const files = readdirSync(folder).map((name) => ({ name, off: Math.abs(statSync(join(folder, name)).size - 2 * size) }))
  const { name } = files.sort((a, b) => a.off - b.off)[0]!
  const path = `/assets/${name}`
  const bytes = await get(path)
  const rounds = Array.from({ length: 200 }, (_, i) => i)
  const file = await each(rounds, () => get(path))
  const tile = await each(rounds, () => get(tilePath))
  const fileRate = await burst(get, [path], BURST)
  const tileRate = await burst(get, [tilePath], BURST)
  return [
    {
      'static file KB': round(bytes / 1024, 1),
      'tile KB': round(size / 1024, 1),
      'file p50 ms': round(percentile(file, 0.5)),
      'cached tile p50 ms': round(percentile(tile, 0.5)),
      'tile ÷ file': round(percentile(tile, 0.5) / percentile(file, 0.5)),
      'file/s': Math.round(fileRate),
      'tile/s': Math.round(tileRate),
    },
  ]
}

async function measureItems(db: Db, get: (path: string) => Promise<number>): Promise<Record<string, unknown>[]> {
  const asked: [string, string, Sql][] = [
    [
      'units',
      'limit=700',
      sql`select ST_AsGeoJSON(geom, 7), * from unit_version where valid_to is null order by code collate "C" limit 700`,
    ],
    ['cameras', 'limit=1000', sql`select ST_AsGeoJSON(geom, 7), * from camera order by id limit 1000`],
    ['incidents', 'limit=1000', sql`select ST_AsGeoJSON(geom, 7), * from incident order by reported_at desc, id desc limit 1000`],
    ['incidents', 'limit=10000', sql`select ST_AsGeoJSON(geom, 7), * from incident order by reported_at desc, id desc limit 10000`],
  ]
  const rows: Record<string, unknown>[] = []
  for (const [name, query, statement] of asked) {
    const table = name === 'units' ? sql`unit_version where valid_to is null` : name === 'cameras' ? sql`camera` : sql`incident`
    const both = async () => {
      await db.query(sql`select count(*) from ${table}`)
      await db.query(statement)
    }
    const path = `/ogc/collections/${name}/items?${query}`
    const rounds = Array.from({ length: 20 }, (_, i) => i)
    await both()
    await get(path)
    const raw = await each(rounds, both)
    const page = await each(rounds, () => get(path))
    rows.push({
      items: `${name} ${query}`,
      'count + select p50 ms': round(percentile(raw, 0.5)),
      'page p50 ms': round(percentile(page, 0.5)),
      'page ÷ SQL': round(percentile(page, 0.5) / percentile(raw, 0.5)),
      'gzip KB': round((await get(path)) / 1024, 1),
    })
  }
  return rows
}

const programs = findPrograms()
if (programs === null) {
  process.stdout.write('PostgreSQL with PostGIS is not installed: left out.\n')
} else {
  const cluster = await startCluster(programs)
  const dataDir = await mkdtemp(join(tmpdir(), 'gridward-bench-'))
  const db = await openPostgres({ connectionString: cluster.url })
  await migrate(db)
  await seedDemo(db, { seed: 1, until: new Date(), incidents: Number(options.incidents), microgrids: false, replace: false })
  const server = await startServer({ dataDir, databaseUrl: cluster.url })
  const get = client(server.url, server.token)
  process.stdout.write(
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}\n`,
  )
  const [first] = await chooseTiles(db)
  out.table(await measureTiles(db, get))
  out.table(await measureFile(get, `/tiles/units/${first!.z}/${first!.x}/${first!.y}.mvt`))
  out.table(await measureItems(db, get))
  agent.destroy()
  await server.kill('SIGTERM')
  await db.close()
  await cluster.stop()
  await rm(dataDir, { recursive: true, force: true })
}
