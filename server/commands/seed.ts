/**
 * Fills an empty database with the demo: a generated county and its year of incidents, all or nothing, by COPY.
 * The outbox hears of it only as 'reload': nobody replays a year of incidents.
 */
import type { Logger } from 'pino'
import type { Incident } from '../../data/generator/incidents.ts'
import type { Db, Queryable } from '../db/db.ts'
import { announceReload } from '../store/outbox.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { insertIncidents } from '../store/seed-incidents.ts'
import { insertBuildings, insertCameras, insertTeams } from '../store/seed-places.ts'
import { insertBorders, insertCounty, insertUnits, listCountyCodes } from '../store/seed-units.ts'
import { removeCounty } from '../store/seed-remove.ts'
import { stepsOf } from './seed-history.ts'

const DAYS = 365
const DAY_MS = 24 * 60 * 60 * 1000
/** Rows held at once; a batch is one COPY into each of three tables. */
const BATCH = 20_000
/** Stands where a name would: nobody did what was never done. */
const ACTOR_NAME = '合成数据'

export interface SeedOptions {
  /** The same seed and `until` give the same data. */
  seed: number
  /** Last instant of the incidents, which begin 365 days before. */
  until: Date
  incidents: number
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

const createClock = (onProgress: OnProgress) => {
  const stages: SeedReport['stages'] = []
  return {
    stages,
    async stage<T>(name: string, rows: number, work: (done: (rows: number) => void) => Promise<T> | T): Promise<T> {
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

/** Seeds the demo's county. Rejects with AlreadySeeded, and with what the database says; then nothing was changed. */
export const seedDemo = async (db: Db, options: SeedOptions, onProgress: OnProgress = () => undefined): Promise<SeedReport> => {
  const { stages, stage } = createClock(onProgress)
  // Imported here: a server whose database has its county already never loads the generator.
  const [{ generateCounty }, { generateIncidents }] = await Promise.all([
    import('../../data/generator/generate-county.ts'),
    import('../../data/generator/incidents.ts'),
  ])
  const { seed, until, microgrids } = options
  const since = new Date(until.getTime() - DAYS * DAY_MS)
  const county = await stage('generate county', 1, () => generateCounty({ seed, microgrids }))
  const { code } = county.county
  await db.transaction(async (tx) => {
    if ((await listCountyCodes(tx)).includes(code)) {
      if (!options.replace) throw new AlreadySeeded(`The county ${code} is in this database already.`)
      await stage('remove the county that was there', 1, () => removeCounty(tx, code))
    }
    await insertCounty(tx, county.county)
    await stage('units', county.units.length, () => insertUnits(tx, code, county.units, since))
    await stage('borders', county.borders.length, () => insertBorders(tx, code, county.borders))
    await stage('cameras', county.cameras.length, () => insertCameras(tx, code, county.cameras, until))
    await stage('buildings', county.buildings.length, () => insertBuildings(tx, code, county.buildings))
    await stage('teams and posts', county.teams.length + county.posts.length, () => insertTeams(tx, county.teams, county.posts))
    // A month ahead: live reports begin where the demo ends.
    await ensurePartitions(tx, since, new Date(until.getTime() + 31 * DAY_MS))
    await stage('incidents', options.incidents, (done) =>
      loadIncidents(tx, code, generateIncidents({ seed, until, count: options.incidents, days: DAYS, county }), done),
    )
    for (const noun of ['unit', 'camera', 'incident'] as const) await announceReload(tx, noun)
  })
  await stage('statistics', 1, () => db.script('analyze'))
  return { countyCode: code, stages }
}

/** Seeds the demo when the database has no county at all. */
export const ensureDemo = async (db: Db, options: { until: Date; incidents: number; log: Logger }): Promise<void> => {
  if ((await listCountyCodes(db)).length > 0) return
  const { until, incidents, log } = options
  const report = await seedDemo(db, { seed: 1, until, incidents, microgrids: false, replace: false })
  log.info({ ...report, synthetic: true }, 'seeded the demo')
}
