/** Reports: figures against plain counting, one document behind page, PDF and Excel, made by themselves when a period is over. */
import { strFromU8, unzipSync } from 'fflate'
import { pino } from 'pino'
import { beforeAll, expect, it } from 'vitest'
import { makeDueReports, makeReport } from '../../../server/commands/reports.ts'
import type { Report } from '../../../server/contract/report.ts'
import { report as reportSchema } from '../../../server/contract/report.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { startReports } from '../../../server/jobs/reports.ts'
import { SYSTEM } from '../../../server/middleware/actor.ts'
import { type Cell, reportDocument } from '../../../server/model/report/document.ts'
import { LANGUAGES } from '../../../server/model/report/words.ts'
import { readKinds } from '../../../server/store/kinds.ts'
import { makeToken, startApp, type TestApp } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { pdfTexts } from '../../fixtures/pdf-text.ts'
import { loadSample, SAMPLE } from '../../fixtures/sample-county.ts'

const HOUR = 3_600_000
/** Sunday noon in Shanghai; the last whole week is 16–22 February. */
const NOW = new Date('2026-03-01T04:00:00Z')
const [FROM, TO] = [new Date('2026-02-15T16:00:00Z'), new Date('2026-02-22T16:00:00Z')]
const WEEK = 7 * 24 * HOUR

eachDatabase((open) => {
  let db: Db
  let app: TestApp
  let token: string
  let made: Report
  const context = () => ({ db, kinds: readKinds(), now: () => NOW })
  const bytesOf = async (path: string): Promise<Buffer> => {
    const { status, body } = await app.request
      .get(path)
      .set('Authorization', `Bearer ${token}`)
      .buffer(true)
      .parse((res, done) => {
        const chunks: Buffer[] = []
        res.on('data', (chunk: Buffer) => chunks.push(chunk))
        res.on('end', () => done(null, Buffer.concat(chunks)))
      })
    expect(status).toBe(200)
    return body as Buffer
  }

  beforeAll(async () => {
    db = await open()
    await loadSample(db, { cameras: 1, incidents: 4000 })
    app = await startApp(db, {}, () => NOW)
    token = await makeToken(db, 'commander', SAMPLE)
    made = await makeReport(context(), SYSTEM, { unitCode: SAMPLE, period: 'week', day: '2026-02-18' })
    return () => app.close()
  })

  it('counts what plain counting counts', async () => {
    const rows = await db.query<{ t: Date; kind: string; unit: string; closed: Date | null; state: string }>(
      sql`select reported_at as t, kind, unit_code as unit, closed_at as closed, state from incident`,
    )
    const within = (t: Date | null, back = 0) => t !== null && t.getTime() >= FROM.getTime() - back && t.getTime() < TO.getTime() - back
    const reported = rows.filter(({ t }) => within(t))
    const { figures } = reportSchema.parse(made)
    expect(figures).toMatchObject({ firstDay: '2026-02-16', lastDay: '2026-02-22', before: { firstDay: '2026-02-09' } })
    expect(figures.lastYear).toEqual({ firstDay: '2025-02-17', lastDay: '2025-02-23' })
    expect(figures.reported).toMatchObject({ now: reported.length, before: rows.filter(({ t }) => within(t, WEEK)).length })
    expect(figures.closed.now).toBe(rows.filter(({ closed, state }) => state === 'closed' && within(closed)).length)
    expect(figures.days.map(({ count }) => count).reduce((sum, count) => sum + count)).toBe(reported.length)
    expect(figures.days).toHaveLength(7)
    for (const { code, now } of figures.classes) expect(now, code).toBe(reported.filter(({ kind }) => kind.startsWith(code)).length)
    for (const { code, now } of figures.places) expect(now, code).toBe(reported.filter(({ unit }) => unit.startsWith(code)).length)
    // Of those reported five days earlier, which are five days old by now.
    const old = rows.filter(({ t }) => within(t, 5 * 24 * HOUR))
    const settled = old.filter(({ t, closed }) => closed !== null && closed.getTime() <= t.getTime() + 120 * HOUR)
    expect(figures.closedWithinFiveDays).toMatchObject({
      from: '2026-02-11',
      to: '2026-02-17',
      of: { now: old.length },
      done: { now: settled.length },
    })
  })

  it.each(LANGUAGES)('says in PDF and Excel what the page says, in %s', async (lang) => {
    const { title, lines, blocks } = reportDocument(made.figures, lang)
    const path = `/api/reports/${made.id}/file?lang=${lang}`
    const pdf = await bytesOf(`${path}&format=pdf`)
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    // A subset: the whole fonts are 16 MB.
    expect(pdf.length).toBeLessThan(300_000)
    const squeeze = (text: string) => text.replace(/\s/g, '')
    const said = squeeze(pdfTexts(pdf).flat().join(''))
    expect(said).not.toContain('\ufffd')
    for (const text of [title, ...lines, ...blocks.flatMap((block) => [block.title, block.note ?? ''])])
      expect(said).toContain(squeeze(text))
    for (const { rows } of blocks) for (const row of rows) expect(said).toContain(squeeze(row.map(({ text }) => text).join('')))

    const files = unzipSync(await bytesOf(`${path}&format=excel`))
    const strings = [...strFromU8(files['xl/sharedStrings.xml']!).matchAll(/<si><t[^>]*>([^<]*)<\/t><\/si>/g)].map(([, text]) =>
      text!.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&'),
    )
    blocks.forEach(({ rows }, n) => {
      const sheet = strFromU8(files[`xl/worksheets/sheet${n + 1}.xml`]!)
      const cells = [...sheet.matchAll(/<c ([^>]*)><v>([^<]*)<\/v><\/c>/g)].map(([, attributes, value]) =>
        attributes!.includes('t="s"') ? strings[Number(value)] : Number(value),
      )
      const expected = rows.flat().map(({ text, value }: Cell) => value ?? text)
      expect(cells.slice(cells.length - expected.length)).toEqual(expected)
    })
  })

  it('refuses a period that is not over, and a unit that is not there', async () => {
    const post = (body: object) => app.request.post('/api/reports').set('Authorization', `Bearer ${token}`).send(body)
    const early = await post({ period: 'month', day: '2026-03-01' })
    expect(early.status).toBe(400)
    expect(early.body.errors[0].where).toBe('body/day')
    expect((await post({ period: 'day', unitCode: `${SAMPLE}999` })).status).toBe(404)
    const town = await post({ period: 'day', unitCode: `${SAMPLE}001` })
    expect(town.status).toBe(201)
    expect(town.body.madeBy).toContain('commander')
  })

  it('makes what is over by itself, once', async () => {
    const due = await makeDueReports(context())
    // The week is the one that was made by hand.
    expect(due.map(({ period, firstDay }) => `${period} ${firstDay}`)).toEqual(['day 2026-02-28', 'month 2026-02-01'])
    expect(await makeDueReports(context())).toEqual([])
    const { body } = await app.request.get('/api/reports?period=month').set('Authorization', `Bearer ${token}`)
    expect(body.reports).toMatchObject([{ period: 'month', firstDay: '2026-02-01', madeBy: null }])
  })

  it('looks for them as a job, at the county’s midnight', async () => {
    const monday = new Date('2026-03-01T16:00:00Z')
    const stop = startReports({ ...context(), now: () => monday }, pino({ level: 'silent' }), 0)
    await expect
      .poll(async () => (await db.query(sql`select 1 from report where first_day = '2026-03-01' or first_day = '2026-02-23'`)).length, {
        timeout: 30_000,
      })
      .toBe(2)
    await stop()
  })
})
