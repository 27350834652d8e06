/**
 * A cluster with the demo's county already in it, all but its incidents, whose instants hang on the day of the first start;
 * and the generated county itself, from which they are made. Saves a first start half of its seeding.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { County } from '../../data/generator/county.ts'
import { DEMO_SEED, seedCounty } from '../commands/seed.ts'
import { migrate } from '../db/migrate.ts'
import { openPglite } from '../db/pglite.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { markPending } from '../store/seed-pending.ts'
import { cachedFolder, copyTemplate, ensureTemplate, findCached, schemaKey } from '../db/template.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Whatever the county's rows come from. */
const SOURCES = ['data/generator', 'data/land', 'data/luqiao', 'server/store', 'server/commands']
const MADE_FROM = /^(data\/|server\/(store|commands)\/seed)/
const NAME = 'demo'
const DAY_MS = 24 * 60 * 60 * 1000
const CLUSTER = 'cluster'
const COUNTY = 'county.json'

const demoKey = async (): Promise<string> => {
  const hash = createHash('sha256').update(await schemaKey())

  for (const source of SOURCES) {
    const paths = (await readdir(join(ROOT, source))).map((name) => `${source}/${name}`)
    for (const path of paths.filter((each) => MADE_FROM.test(each)).sort()) hash.update(path).update(await readFile(join(ROOT, path)))
  }
  return hash.digest('hex')
}

const make = async (folder: string): Promise<void> => {
  const { generateCounty } = await import('../../data/generator/generate-county.ts')
  const empty = await ensureTemplate()
  const dataDir = join(folder, CLUSTER)
  if (empty !== null) await copyTemplate(empty, dataDir)
  const county = generateCounty({ seed: DEMO_SEED })
  const db = await openPglite({ dataDir })
  if (empty === null) await migrate(db)
  await db.transaction(async (tx) => {
    await seedCounty(tx, county)
    await markPending(tx, true)
    // Those of the months around: they take a second that a first start then does not.
    await ensurePartitions(tx, new Date(Date.now() - 400 * DAY_MS), new Date(Date.now() + 200 * DAY_MS))
  })
  await db.script('vacuum analyze')
  await db.close()
  await writeFile(join(folder, COUNTY), JSON.stringify(county))
}

/** Folder of the cluster, or null where the cache may not be written. */
export const ensureDemoTemplate = async (): Promise<string | null> => {
  const folder = await cachedFolder(NAME, await demoKey(), make)
  return folder === null ? null : join(folder, CLUSTER)
}

/** The demo's county, as it was generated with the template or, where there is none, anew. */
export const readDemoCounty = async (): Promise<County> => {
  const folder = await findCached(NAME, await demoKey())
  if (folder !== null) return JSON.parse(await readFile(join(folder, COUNTY), 'utf8')) as County
  const { generateCounty } = await import('../../data/generator/generate-county.ts')
  return generateCounty({ seed: DEMO_SEED })
}
