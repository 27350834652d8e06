import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { keepPartitions, PARTITIONS_LOCK } from '../../../server/commands/keep-partitions.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { startPartitions } from '../../../server/jobs/partitions.ts'
import { eachDatabase } from '../../fixtures/database.ts'

const NOW = new Date('2026-11-30T23:59:59Z')

eachDatabase((open) => {
  let db: Db
  const dataDir = mkdtempSync(join(tmpdir(), 'gridward-partitions-'))
  afterAll(() => rmSync(dataDir, { recursive: true }))
  beforeAll(async () => {
    db = await open()
  })
  const said: { msg: string; [key: string]: unknown }[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void said.push(JSON.parse(line)) })
  const options = { incidentMonthsAhead: 3, incidentRetentionMonths: 0, dataDir }
  /** One look, then the end. */
  const look = (now: Date, more: Partial<typeof options> = {}) => startPartitions(db, log, { ...options, ...more }, () => now)()
  const report = (n: number, at: string, state = 'closed') =>
    db.execute(sql`
      insert into incident (id, reported_at, occurred_at, county_code, unit_code, placement, kind, severity, state, source)
      values (${`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`}, ${at}, now(), '331004', '331004', 'none', 'x', 'green', ${state}::incident_state, 'import')`)
  const places = async () =>
    (
      await db.query<{ table: string; rows: number }>(
        sql`select tableoid::regclass::text as table, count(*) as rows from incident group by 1 order by 1`,
      )
    ).map(({ table, rows }) => `${table} ${rows}`)
  const months = async () =>
    (
      await db.query<{ name: string }>(
        sql`select inhrelid::regclass::text as name from pg_inherits where inhparent = 'incident'::regclass order by 1`,
      )
    ).map(({ name }) => name)

  it('makes the coming months ahead, over the turn of a year, and only once', async () => {
    await look(NOW)
    const made = ['incident_2026_11', 'incident_2026_12', 'incident_2027_01', 'incident_2027_02']
    expect(await months()).toEqual([...made, 'incident_default'])
    await look(NOW)
    expect(said.splice(0).map(({ partitions }) => partitions)).toEqual([made])
    await look(new Date('2026-12-01T00:00:00Z'))
    expect(said.splice(0).map(({ partitions }) => partitions)).toEqual([['incident_2027_03']])
  })

  it('brings home what lies in the default partition, and says so; what has no month stays', async () => {
    for (const [n, at] of ['1970-01-01T00:00:00Z', '2099-12-31T23:59:59.999999Z', '2099-12-01T00:00:00Z', 'infinity'].entries())
      await report(n, at)
    expect(await places()).toEqual(['incident_default 4'])
    await look(NOW)
    expect(await places()).toEqual(['incident_1970_01 1', 'incident_2099_12 2', 'incident_default 1'])
    expect(said.splice(0)).toMatchObject([{ partitions: ['incident_1970_01', 'incident_2099_12'] }, { level: 40, rows: 3 }])
  })

  it('keeps every month unless told otherwise, then archives what expired and names what it kept', async () => {
    await report(10, '2026-07-31T23:59:59Z')
    await report(11, '2026-08-01T00:00:00Z')
    await report(12, '2026-06-10T00:00:00Z', 'handling')
    await look(NOW)
    said.splice(0)
    await look(NOW, { incidentRetentionMonths: 3 })
    expect(await places()).toEqual(['incident_2026_06 1', 'incident_2026_08 1', 'incident_2099_12 2', 'incident_default 1'])
    expect(said.splice(0)).toMatchObject([
      { level: 30, month: '1970-01', incidents: 1 },
      { level: 40, month: '2026-06', incidents: 1, open: 1 },
      { level: 30, month: '2026-07', incidents: 1 },
    ])
    expect(readdirSync(join(dataDir, 'archive')).filter((name) => name.endsWith('.json'))).toEqual([
      'incident-1970-01.json',
      'incident-2026-07.json',
    ])
  })

  it('is done by one server at a time', async () => {
    const keeping = { db, now: NOW, monthsAhead: 5, retentionMonths: 0, archiveFolder: dataDir }
    const release = await db.lead(PARTITIONS_LOCK, () => undefined)
    expect(await keepPartitions(keeping)).toBeNull()
    await release!()
    expect(await keepPartitions(keeping)).toMatchObject({ made: ['incident_2027_04'] })
  })
})
