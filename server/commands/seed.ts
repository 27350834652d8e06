/**
 * Fills an empty database with the demo: a generated county and its year of incidents, all or nothing, by COPY.
 * The outbox hears of it only as 'reload': nobody replays a year of incidents.
 */
import type { County } from '../../data/generator/county.ts'
import type { Db, Queryable } from '../db/db.ts'
import { announceReload } from '../store/outbox.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { insertIncidents } from '../store/seed-incidents.ts'
import { beginEmptyLoad } from '../store/seed-load.ts'
import { insertBuildings, insertCameras, insertTeams } from '../store/seed-places.ts'
import { findPending, markPending } from '../store/seed-pending.ts'
import { insertBorders, insertCounty, insertUnits, listCountyCodes } from '../store/seed-units.ts'
import { removeCounty } from '../store/seed-remove.ts'
import { incidentBatches } from './seed-batches.ts'

/** Of the demo that fills an empty database by itself. */
export const DEMO_SEED = 1
/** Since when the generated units and cameras have been there: before all their incidents, and the same in every seeding. */
const VALID_FROM = new Date('2020-01-01T00:00:00+08:00')
const DAYS = 365
const DAY_MS = 24 * 60 * 60 * 1000

interface IncidentOptions {
  /** The same seed and `until` give the same data. */
  seed: number
  /** Last instant of the incidents, which begin 365 days before. */
  until: Date
  /** How many. */
  incidents: number
}

export interface SeedOptions extends IncidentOptions {
  microgrids: boolean
  /** Removes the demo's county first, with all in it, when it is there. */
  replace: boolean
}

/** Told at the beginning of a stage (`done` 0), as it goes on, and at its end (`done` = `total`). */
export type OnProgress = (stage: string, done: number, total: number) => void

export interface SeedReport {
  countyCode: string
  stages: { name: string; rows: number; ms: number }[]
}

/** The county to be seeded is there already, and `replace` was not asked for. */
export class AlreadySeeded extends Error {
  override readonly name = 'AlreadySeeded'
}

type Stage = <T>(name: string, rows: number, work: (done: (rows: number) => void) => Promise<T> | T) => Promise<T>
const withoutClock: Stage = async (_name, _rows, work) => work(() => undefined)

const createClock = (onProgress: OnProgress): { stages: SeedReport['stages']; stage: Stage } => {
  const stages: SeedReport['stages'] = []
  return {
    stages,
    async stage(name, rows, work) {
      const began = performance.now()
      onProgress(name, 0, rows)
      const result = await work((done) => onProgress(name, done, rows))
      onProgress(name, rows, rows)
      stages.push({ name, rows, ms: Math.round(performance.now() - began) })
      return result
    },
  }
}

/** Inserts a generated county, all but its incidents, into a database that does not have it. */
export const seedCounty = async (tx: Queryable, county: County, stage: Stage = withoutClock): Promise<void> => {
  const { code } = county.county
  await insertCounty(tx, county.county)
  await stage('units', county.units.length, () => insertUnits(tx, code, county.units, VALID_FROM))
  await stage('borders', county.borders.length, () => insertBorders(tx, code, county.borders, VALID_FROM))
  await stage('cameras', county.cameras.length, () => insertCameras(tx, code, county.cameras, VALID_FROM))
  await stage('buildings', county.buildings.length, () => insertBuildings(tx, code, county.buildings))
  await stage('teams and posts', county.teams.length + county.posts.length, () => insertTeams(tx, county.teams, county.posts))
}

const seedIncidents = async (
  tx: Queryable,
  county: County,
  { seed, until, incidents: count }: IncidentOptions,
  kind: Db['kind'],
  stage: Stage,
): Promise<void> => {
  const since = new Date(until.getTime() - DAYS * DAY_MS)
  const batches = incidentBatches({ seed, until, count, days: DAYS, county })
  // Building indexes afterwards is worth its while where there is much to load, which the embedded database is not for.
  const load = kind === 'postgres' ? await beginEmptyLoad(tx) : null
  if (!load) await ensurePartitions(tx, since, until)
  await stage('incidents', count, async (done) => {
    let total = 0
    for await (const batch of batches) {
      await (load ? load.insert(batch) : insertIncidents(tx, batch))
      done((total += batch.incidents.rows))
    }
  })
  if (load) await stage('indexes of tables', load.unbuilt, (done) => load.finish(done))
  // A month ahead: live reports begin where the demo ends.
  await ensurePartitions(tx, since, new Date(until.getTime() + 31 * DAY_MS))
  for (const noun of ['unit', 'camera', 'incident'] as const) await announceReload(tx, noun)
}

/** Seeds the demo's county with its incidents. Rejects with AlreadySeeded, and with what the database says; then nothing was changed. */
export const seedDemo = async (db: Db, options: SeedOptions, onProgress: OnProgress = () => undefined): Promise<SeedReport> => {
  const { stages, stage } = createClock(onProgress)
  const { generateCounty } = await import('../../data/generator/generate-county.ts')
  const county = await stage('generate county', 1, () => generateCounty({ seed: options.seed, microgrids: options.microgrids }))
  const { code } = county.county
  await db.transaction(async (tx) => {
    if ((await listCountyCodes(tx)).includes(code)) {
      if (!options.replace) throw new AlreadySeeded(`The county ${code} is in this database already.`)
      await stage('remove the county that was there', 1, () => removeCounty(tx, code))
    }
    await markPending(tx, false)
    await seedCounty(tx, county, stage)
    await seedIncidents(tx, county, options, db.kind, stage)
  })
  await stage('statistics', 1, () => db.script('analyze'))
  return { countyCode: code, stages }
}

/**
 * Seeds the demo when the database has no county at all, or only the county of the template, whose incidents are still to come.
 * Resolves with null when there was nothing to do.
 */
export const ensureDemo = async (
  db: Db,
  options: Omit<IncidentOptions, 'seed'>,
  readCounty: () => Promise<County>,
): Promise<SeedReport | null> => {
  const isPending = await findPending(db)
  if (!isPending && (await listCountyCodes(db)).length > 0) return null
  const { stages, stage } = createClock(() => undefined)
  const county = await stage('read county', 1, readCounty)
  await db.transaction(async (tx) => {
    if (!isPending) await seedCounty(tx, county, stage)
    await seedIncidents(tx, county, { ...options, seed: DEMO_SEED }, db.kind, stage)
    await markPending(tx, false)
  })
  await stage('statistics', 1, () => db.script(isPending ? 'analyze incident' : 'analyze'))
  return { countyCode: county.county.code, stages }
}
