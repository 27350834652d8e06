/**
 * Fills an empty database with the demo: a generated county and its year of incidents, all or nothing, by COPY.
 * The outbox hears of it only as 'reload': nobody replays a year of incidents.
 */
import type { County } from '../../data/generator/county.ts'
import type { Incident } from '../../data/generator/incidents.ts'
import type { Db, Queryable } from '../db/db.ts'
import { announceReload } from '../store/outbox.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { insertIncidents } from '../store/seed-incidents.ts'
import { insertBuildings, insertCameras, insertTeams } from '../store/seed-places.ts'
import { findPending, markPending } from '../store/seed-pending.ts'
import { insertBorders, insertCounty, insertUnits, listCountyCodes } from '../store/seed-units.ts'
import { removeCounty } from '../store/seed-remove.ts'
import { stepsOf } from './seed-history.ts'

/** Of the demo that fills an empty database by itself. */
export const DEMO_SEED = 1
/** Since when the generated units and cameras have been there: before all their incidents, and the same in every seeding. */
const VALID_FROM = new Date('2020-01-01T00:00:00+08:00')
const DAYS = 365
const DAY_MS = 24 * 60 * 60 * 1000
/** Rows held at once; a batch is one COPY into each of three tables. */
const BATCH = 20_000
/** Stands where a name would: nobody did what was never done. */
const ACTOR_NAME = '合成数据'

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

const loadIncidents = async (
  tx: Queryable,
  countyCode: string,
  incidents: Iterable<Incident>,
  done: (rows: number) => void,
): Promise<void> => {
  let batch: Incident[] = []
  let total = 0
  const flush = async () => {
    await insertIncidents(tx, countyCode, batch, batch.flatMap(stepsOf), ACTOR_NAME)
    total += batch.length
    batch = []
    done(total)
  }
  for (const incident of incidents) {
    batch.push(incident)
    if (batch.length === BATCH) await flush()
  }
  if (batch.length > 0) await flush()
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
  stage: Stage,
): Promise<void> => {
  // Imported here: a server whose database has its county already never loads the generator.
  const { generateIncidents } = await import('../../data/generator/incidents.ts')
  const since = new Date(until.getTime() - DAYS * DAY_MS)
  // A month ahead: live reports begin where the demo ends.
  await ensurePartitions(tx, since, new Date(until.getTime() + 31 * DAY_MS))
  await stage('incidents', count, (done) =>
    loadIncidents(tx, county.county.code, generateIncidents({ seed, until, count, days: DAYS, county }), done),
  )
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
    await seedIncidents(tx, county, options, stage)
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
    await seedIncidents(tx, county, { ...options, seed: DEMO_SEED }, stage)
    await markPending(tx, false)
  })
  await stage('statistics', 1, () => db.script(isPending ? 'analyze incident' : 'analyze'))
  return { countyCode: county.county.code, stages }
}
