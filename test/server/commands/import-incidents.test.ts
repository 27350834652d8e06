import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import type { Actor } from '../../../server/middleware/actor.ts'
import { asciiMap, at } from '../../fixtures/ascii-map.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { importAs, inMemory } from '../../fixtures/import-file.ts'
import { fromWgs84 } from '#model/crs.ts'

const COUNTY = '990201'
const units = JSON.stringify({
  type: 'FeatureCollection',
  features: asciiMap('AB\nAB').map(({ id, geometry }) => ({ type: 'Feature', properties: { name: id }, geometry })),
})
const HEADER = 'key,kind,severity,state,source,text,reportedAt,closedAt,lng,lat'
const [X, Y] = at(0.5, 0.5)
const table = (...rows: string[]) => inMemory('incidents.csv', [HEADER, ...rows].join('\n'))
const query = { county: COUNTY, datum: 'wgs84' } as const

describe('importing incidents', () => {
  eachDatabase((open) => {
    let db: Db
    beforeAll(async () => {
      db = await open()
      await importAs(db, 'units', inMemory('units.geojson', units), { county: COUNTY, countyName: '画县', timeZone: 'Asia/Shanghai' })
    })
    const rowsOf = (keys: string[]) =>
      db.query<{ key: string }>(sql`
        select external_key as key, unit_code as unit, placement, kind, severity, state, source, text, reported_at as "reportedAt", due_at as "dueAt"
        from incident where external_key = any(${keys}::text[]) order by external_key`)

    it('keeps rows in no grid and rows without a place, and counts them apart', async () => {
      const summary = await importAs(
        db,
        'incidents',
        table(
          `in,0501,red,reported,snapshot,"垃圾 ""堆""",2025-03-01 08:00,,${X},${Y}`,
          'out,0501,green,reported,,,2025-03-01 08:00,,120,28',
          'none,0501,green,reported,,,2025-03-01 08:00,,,',
        ),
        query,
      )
      expect(summary).toMatchObject({ read: 3, created: 3, outside: 1, withoutPlace: 1, bad: 0 })
      expect(await rowsOf(['in', 'out', 'none'])).toMatchObject([
        {
          key: 'in',
          unit: `${COUNTY}000000001`,
          placement: 'inside',
          severity: 'red',
          source: 'snapshot',
          text: '垃圾 "堆"',
          reportedAt: new Date('2025-03-01T00:00:00Z'),
          dueAt: new Date('2025-03-01T00:05:00Z'),
        },
        { key: 'none', unit: COUNTY, placement: 'none' },
        { key: 'out', unit: COUNTY, placement: 'outside', source: 'import' },
      ])
    })

    it('names every bad row and imports the good ones', async () => {
      const summary = await importAs(
        db,
        'incidents',
        table(
          `ok1,0501,,reported,,,2025-03-02 08:00,,${X},${Y}`,
          `,0501,,reported,,,2025-03-02 08:00,,${X},${Y}`,
          `b1,9999,,reported,,,2025-03-02 08:00,,${X},${Y}`,
          `b2,0501,,lost,,,2025-03-02 08:00,,${X},${Y}`,
          `b3,0501,,reported,,,yesterday,,${X},${Y}`,
          `b4,0501,,reported,,,2999-01-01,,${X},${Y}`,
          `b5,0501,,reported,,,,,${X},${Y}`,
          `b6,0501,,reported,,,2025-03-02 08:00,,NaN,28`,
          `b7,0501,,reported,,,2025-03-02 08:00,,28.5,121.4`,
          `b8,0501,,reported`,
          `ok1,0501,,reported,,,2025-03-02 08:00,,${X},${Y}`,
          `b9,constructor,,reported,,,2025-03-02 08:00,,${X},${Y}`,
          `ok2,0501,,reported,,,2025-03-02 08:00,2025-03-01 08:00,${X},${Y}`,
        ),
        query,
      )
      expect(summary).toMatchObject({ read: 13, created: 2, bad: 11 })
      expect(summary.notes.map(({ row, code, weight }) => `${row} ${code} ${weight}`)).toEqual([
        '3 no-key fault',
        '4 unknown-kind fault',
        '5 unknown-state fault',
        '6 bad-time fault',
        '7 bad-time fault',
        '8 no-time fault',
        '9 bad-row fault',
        '10 bad-place fault',
        '11 bad-row fault',
        '12 duplicate fault',
        '13 unknown-kind fault',
        '14 early-time warning',
      ])
      expect(await rowsOf(['ok1', 'ok2', 'b1', 'b9'])).toHaveLength(2)
    })

    it('maps the words of the file, with one for all the others', async () => {
      const options = JSON.stringify({ kinds: { 路灯: '0701', '*': '1201' }, states: { 已办: 'closed' }, sources: { 热线: 'hotline_12345' }, severities: { 急: 'red' }, columns: { key: '编号', kind: '类别', state: '状态', source: '来源', severity: '等级', reportedAt: '时间', text: ['类别', '说明'] }, timeFormat: 'yyyy年M月d日 HH:mm' }) // prettier-ignore
      const file = inMemory(
        '热线.csv',
        '\uFEFF编号,类别,状态,来源,等级,时间,说明,经度,纬度\r\nm1,路灯,已办,热线,急,2025年3月5日 09:30,不亮,,\r\nm2,其他,reported,街头,,2025年3月5日 09:30,其他,,\r\n',
      )
      expect(await importAs(db, 'incidents', file, { ...query, options })).toMatchObject({ created: 2, bad: 0 })
      expect(await rowsOf(['m1', 'm2'])).toMatchObject([
        {
          kind: '0701',
          state: 'closed',
          source: 'hotline_12345',
          severity: 'red',
          text: '路灯 · 不亮',
          reportedAt: new Date('2025-03-05T01:30:00Z'),
          dueAt: null,
        },
        { kind: '1201', state: 'reported', source: 'import', severity: 'green', text: '其他' },
      ])
    })

    it('moves a row to another month when its time was corrected', async () => {
      const row = (time: string) => table(`moved,0501,,reported,,,${time},,${X},${Y}`)
      await importAs(db, 'incidents', row('2024-11-30 23:59'), query)
      expect(await importAs(db, 'incidents', row('2024-12-31 23:59'), query)).toMatchObject({ updated: 1, created: 0 })
      expect(await importAs(db, 'incidents', row('2024-12-31 23:59'), query)).toMatchObject({ unchanged: 1 })
      const [row1] = await db.query(sql`
        select i.reported_at = k.reported_at as agree, i.tableoid::regclass::text as part from incident i join incident_key k on k.id = i.id where i.external_key = 'moved'`)
      expect(row1).toEqual({ agree: true, part: 'incident_2024_12' })
    })

    it('refuses to guess a datum, and doubts one that puts places outside', async () => {
      const rows = Array.from({ length: 40 }, (_, i) => at(0.1 + (i % 20) * 0.09, 0.1 + Math.floor(i / 20)))
      const shifted = rows.map(([lng, lat], i) => `s${i},0501,,reported,,,2025-03-03 08:00,,${fromWgs84([lng, lat], 'gcj02').join(',')}`)
      await expect(importAs(db, 'incidents', table(...shifted), { county: COUNTY })).rejects.toMatchObject({ code: 'datum-needed' })
      const wrong = await importAs(db, 'incidents', table(...shifted), { ...query, dryRun: true })
      expect(wrong.notes).toMatchObject([{ code: 'datum-doubtful', message: expect.stringContaining('gcj02') }])
      const right = await importAs(db, 'incidents', table(...shifted), { county: COUNTY, datum: 'gcj02' })
      expect(right).toMatchObject({ created: 40, outside: 0, notes: [] })
    })

    it('tells screens to reload once, and nobody when nothing changed', async () => {
      const reloads = async () =>
        (await db.query<{ n: number }>(sql`select count(*) as n from outbox where message->>'noun' = 'incident'`))[0]!.n
      const file = () => table(`once,0501,,reported,,,2025-03-04 08:00,,${X},${Y}`)
      const before = await reloads()
      await importAs(db, 'incidents', file(), query)
      await importAs(db, 'incidents', file(), query)
      expect(await reloads()).toBe(before + 1)
    })

    it('says so when real data come into the synthetic demo', async () => {
      await db.execute(sql`update county set synthetic = true where code = ${COUNTY}`)
      const summary = await importAs(db, 'incidents', table(`mixed,0501,,reported,,,2025-03-04 08:00,,${X},${Y}`), query)
      expect(summary).toMatchObject({ created: 1, notes: [{ code: 'synthetic', weight: 'warning' }] })
      await db.execute(sql`update county set synthetic = false where code = ${COUNTY}`)
    })

    it('is for those who may, where they may', async () => {
      const actor = (role: Actor['role'], unitCode: string): Actor => ({
        kind: 'token',
        id: 1,
        name: 'x',
        displayName: 'x',
        role,
        unitCode,
      })
      const attempt = (who: Actor) => importAs(db, 'incidents', table('a,0501,,reported,,,2025-03-04 08:00,,,'), query, { actor: who })
      await expect(attempt(actor('dispatcher', COUNTY))).rejects.toMatchObject({ code: 'not-allowed' })
      await expect(attempt(actor('administrator', '331004'))).rejects.toMatchObject({ code: 'outside-jurisdiction' })
      expect(await attempt(actor('administrator', COUNTY))).toMatchObject({ created: 1 })
      await expect(importAs(db, 'incidents', table('a'), { county: '777777', datum: 'wgs84' })).rejects.toMatchObject({
        code: 'bad-request',
      })
    })

    it('loads in batches without losing count', async () => {
      const many = Array.from(
        { length: 5_501 },
        (_, i) => `many${i},0501,,closed,,,2025-02-0${1 + (i % 9)} 08:00,2025-02-10 08:00,${X},${Y}`,
      )
      expect(await importAs(db, 'incidents', table(...many), query)).toMatchObject({ created: 5_501, bad: 0 })
      expect(await importAs(db, 'incidents', table(...many), query)).toMatchObject({ created: 0, unchanged: 5_501 })
    })
  })
})

describe('importing cameras', () => {
  eachDatabase((open) => {
    let db: Db
    beforeAll(async () => {
      db = await open()
      await importAs(db, 'units', inMemory('units.geojson', units), { county: COUNTY, countyName: '画县', timeZone: 'Asia/Shanghai' })
    })

    it('adds, changes and leaves them, by their codes', async () => {
      const file = (state: string) =>
        inMemory(
          'cameras.csv',
          `code,name,state,heading,lng,lat\n33100000001310000001,东门,${state},-90,${X},${Y}\n33100000001310000002,远处,on,,120,28\nx,无处,on,,,\n`,
        )
      const options = { ...query, options: JSON.stringify({ cameraStates: { on: 'online', off: 'offline' } }) }
      expect(await importAs(db, 'cameras', file('on'), { ...options, dryRun: true })).toMatchObject({ created: 2, bad: 1 })
      expect(await importAs(db, 'cameras', file('on'), options)).toMatchObject({
        created: 2,
        outside: 1,
        bad: 1,
        notes: [{ row: 4, code: 'no-place' }],
      })
      expect(await importAs(db, 'cameras', file('on'), options)).toMatchObject({ created: 0, updated: 0, unchanged: 2 })
      expect(await importAs(db, 'cameras', file('off'), options)).toMatchObject({ updated: 1, unchanged: 1 })
      expect(await db.query(sql`select code, name, unit_code as unit, placement, state, heading from camera order by code`)).toEqual([
        { code: '33100000001310000001', name: '东门', unit: `${COUNTY}000000001`, placement: 'inside', state: 'offline', heading: 270 },
        { code: '33100000001310000002', name: '远处', unit: COUNTY, placement: 'outside', state: 'online', heading: null },
      ])
    })
  })
})
