import { beforeAll, describe, expect, it } from 'vitest'
import express from 'express'
import { DateTime } from 'luxon'
import supertest from 'supertest'
import { type Summary, summary } from '../../../server/contract/summary.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import type { Actor } from '../../../server/middleware/actor.ts'
import { dueAt } from '../../../server/model/deadline.ts'
import type { Severity } from '../../../server/model/incident.ts'
import { problemHandler } from '../../../server/middleware/problems.ts'
import { summaryRoutes } from '../../../server/routes/summary.ts'
import { readKinds } from '../../../server/store/kinds.ts'
import { pino } from 'pino'
import { eachDatabase } from '../../fixtures/database.ts'
import { loadSample, SAMPLE } from '../../fixtures/sample-county.ts'

/** Noon in Shanghai; the sample ends then. */
const NOW = new Date('2026-03-01T04:00:00Z')
const ZONE = 'Asia/Shanghai'
const HOUR = 3_600_000

interface Row {
  reported: Date
  accepted: Date | null
  closed: Date | null
  due: Date | null
  unit: string
  state: string
  severity: string
  source: string
  kind: string
  placement: string
  supervisions: number
}

const local = (at: Date) => DateTime.fromJSDate(at, { zone: ZONE })

/** The same figures by plain counting over all rows: what the statements must agree with. */
function expected(all: readonly Row[], unit: string, now: Date) {
  const rows = all.filter((row) => row.unit.startsWith(unit) && row.reported <= now)
  const midnight = local(now).startOf('day')
  const yesterdayNow = local(now).minus({ days: 1 }).toJSDate()
  const dayOf = (row: Row) => local(row.reported).toISODate()
  const isToday = (row: Row) => dayOf(row) === midnight.toISODate()
  const isYesterday = (row: Row) => dayOf(row) === midnight.minus({ days: 1 }).toISODate()
  const isEarly = (row: Row) => isYesterday(row) && row.reported <= yesterdayNow
  const pair = (holds: (row: Row) => boolean) => ({
    today: rows.filter((row) => isToday(row) && holds(row)).length,
    yesterday: rows.filter((row) => isEarly(row) && holds(row)).length,
  })
  const isOpen = (row: Row) => row.state !== 'closed' && row.state !== 'cancelled'
  const closedOn = (row: Row) => (row.state === 'closed' && row.closed && row.closed <= now ? local(row.closed).toISODate() : null)
  const rateOf = (age: number, done: (row: Row) => boolean) => {
    const last = midnight.minus({ days: age })
    const judged = rows.filter((row) => row.reported < last.toJSDate() && row.reported >= last.minus({ days: 30 }).toJSDate())
    return judged.length === 0 ? null : judged.filter(done).length / judged.length
  }
  return {
    reported: { ...pair(() => true), yesterdayTotal: rows.filter(isYesterday).length },
    closed: {
      today: rows.filter((row) => closedOn(row) === midnight.toISODate()).length,
      yesterday: rows.filter((row) => closedOn(row) === midnight.minus({ days: 1 }).toISODate() && row.closed! <= yesterdayNow).length,
    },
    open: {
      today: rows.filter(isOpen).length,
      yesterday: rows.filter(
        (row) => row.reported <= yesterdayNow && (isOpen(row) || (row.closed && row.closed > yesterdayNow && row.closed <= now)),
      ).length,
    },
    overdue: rows.filter((row) => isOpen(row) && row.due && row.due < now).length,
    supervised: rows.filter((row) => isOpen(row) && row.supervisions > 0).length,
    outside: rows.filter((row) => isToday(row) && row.placement === 'outside').length,
    withoutPlace: rows.filter((row) => isToday(row) && row.placement === 'none').length,
    red: rows.filter((row) => isOpen(row) && row.severity === 'red').length,
    hotline: pair((row) => row.source === 'hotline_12345'),
    class3: pair((row) => row.kind.startsWith('03')),
    accepted: rateOf(1, (row) => {
      const at = row.accepted ?? row.closed
      return at !== null && at.getTime() - row.reported.getTime() <= 24 * HOUR
    }),
    closedShare: rateOf(5, (row) => row.closed !== null && row.closed.getTime() - row.reported.getTime() <= 120 * HOUR),
  }
}

describe('the figures of a unit', () => {
  eachDatabase((open) => {
    let db: Db
    let rows: Row[]
    let now = NOW
    let actor: Actor
    let reload: () => void
    let app: express.Express
    const ask = async (unit?: string): Promise<Summary> => {
      const answer = await supertest(app)
        .get('/api/summary')
        .query(unit === undefined ? {} : { unit })
        .expect(200)
      return summary.parse(answer.body)
    }

    beforeAll(async () => {
      db = await open()
      await loadSample(db, { cameras: 100, incidents: 3000 })
      await db.execute(sql`
        update incident set accepted_at = case when extract(microseconds from reported_at)::bigint % 3 > 0 then reported_at + interval '20 hours' end,
          due_at = case when state not in ('closed', 'cancelled', 'paused') then reported_at + interval '40 days' end,
          supervisions = extract(milliseconds from reported_at)::bigint % 2,
          closed_at = case when state = 'cancelled' then reported_at + interval '3 days' else closed_at end`)
      await db.execute(sql`
        insert into incident_transition (incident_id, at, transition, from_state, to_state, actor_name)
        select id, accepted_at, 'accept', 'reported'::incident_state, 'accepted'::incident_state, 'x' from incident where accepted_at is not null
        union all
        select id, reported_at + interval '30 hours', 'supervise', stands, stands, 'x'
        from incident, lateral (select case when accepted_at is null then 'reported' else 'accepted' end::incident_state as stands) told
        where supervisions > 0`)
      rows = await db.query<Row>(sql`
        select reported_at as reported, accepted_at as accepted, closed_at as closed, due_at as due, unit_code as unit, state, severity, source,
          kind, placement, supervisions
        from incident`)
      actor = { kind: 'user', id: 1, name: 'c', displayName: 'c', role: 'commander', unitCode: SAMPLE }
      app = express()
      app.use((req, _res, next) => {
        req.actor = actor
        next()
      })
      const stream = { onReload: (listener: () => void) => void (reload = listener) }
      app.use(summaryRoutes({ db, kinds: readKinds(), stream, county: undefined, now: () => now }))
      app.use(problemHandler(pino({ level: 'silent' })))
    })

    const agree = (answer: Summary, unit: string) => {
      const truth = expected(rows, unit, now)
      expect({
        reported: answer.reported,
        closed: answer.closed,
        open: answer.open,
        overdue: answer.overdue,
        supervised: answer.supervised,
        outside: answer.outside,
        withoutPlace: answer.withoutPlace,
        red: answer.openBySeverity.red,
        hotline: pairOf(answer.sources.find(({ source }) => source === 'hotline_12345')!),
        class3: pairOf(answer.classes.find(({ code }) => code === '03')!),
        accepted: answer.acceptedWithinDay.share,
        closedShare: answer.closedWithinFiveDays.share,
      }).toEqual(truth)
    }
    const pairOf = ({ today, yesterday }: { today: number; yesterday: number }) => ({ today, yesterday })

    it('agree with plain counting, for the county, a town, a village and a grid', async () => {
      for (const unit of [SAMPLE, `${SAMPLE}001`, `${SAMPLE}002002`, `${SAMPLE}001001007`]) agree(await ask(unit), unit)
    })

    it('agree with plain counting just after midnight and just before it', async () => {
      for (const at of ['2026-02-20T16:00:00Z', '2026-02-20T15:59:59.999Z']) {
        now = new Date(at)
        reload()
        // What is open is only known for now: rows that came later are left out of the rest.
        const answer = await ask(SAMPLE)
        const truth = expected(rows, SAMPLE, now)
        expect(answer.reported).toEqual(truth.reported)
        expect(answer.closed).toEqual(truth.closed)
        expect([answer.acceptedWithinDay.share, answer.closedWithinFiveDays.share]).toEqual([truth.accepted, truth.closedShare])
      }
      now = NOW
      reload()
    })

    it('stand as they were at a date that is over', async () => {
      now = new Date('2026-03-20T04:00:00Z')
      const at = new Date('2026-02-10T15:59:59.999Z')
      const answer = summary.parse((await supertest(app).get('/api/summary').query({ unit: SAMPLE, at: '2026-02-10' }).expect(200)).body)
      const truth = expected(rows, SAMPLE, at)
      const stood = (then: Date) =>
        rows.filter((row) => row.reported <= then && (row.closed ? row.closed > then : !['closed', 'cancelled'].includes(row.state)))
      const isAccepted = (row: Row) => row.accepted !== null && row.accepted <= at
      const late = stood(at).filter((row) => {
        const state = isAccepted(row) ? ('accepted' as const) : ('reported' as const)
        const severity = row.severity as Severity
        return dueAt({ severity, state, reportedAt: row.reported, acceptedAt: isAccepted(row) ? row.accepted : null })! < at
      })
      expect(answer.now).toBe(at.toISOString())
      expect(answer.reported).toEqual(truth.reported)
      expect(answer.closed).toEqual(truth.closed)
      expect(answer.closedWithinFiveDays.share).toBe(truth.closedShare)
      expect(answer.open).toEqual({ today: stood(at).length, yesterday: stood(local(at).minus({ days: 1 }).toJSDate()).length })
      expect(answer.openByState).toEqual([
        { state: 'reported', count: stood(at).filter((row) => !isAccepted(row)).length },
        { state: 'accepted', count: stood(at).filter(isAccepted).length },
      ])
      expect(answer.overdue).toBe(late.length)
      expect(answer.overdueList).toHaveLength(12)
      expect(answer.overdueList[0]!.severity).toBe('red')
      const supervised = (row: Row) => row.supervisions > 0 && row.reported.getTime() + 30 * HOUR <= at.getTime()
      expect(answer.supervised).toBe(stood(at).filter(supervised).length)
      expect(answer.histogram.today).toHaveLength(144)
      await supertest(app).get('/api/summary').query({ unit: SAMPLE, at: '2024-12-31' }).expect(404)
      now = NOW
      reload()
      const today = await supertest(app).get('/api/summary').query({ unit: SAMPLE, at: '2026-03-01' }).expect(200)
      expect(today.body.now).toBe(NOW.toISOString())
    })

    it('draws the day in steps of ten minutes that add up', async () => {
      const { histogram, reported, days, acceptedWithinDay, closedWithinFiveDays } = await ask(SAMPLE)
      expect(histogram.stepMinutes).toBe(10)
      expect(histogram.dayStart).toBe('2026-02-28T16:00:00.000Z')
      expect(histogram.yesterday).toHaveLength(144)
      expect(histogram.today).toHaveLength(73)
      const sum = (list: number[]) => list.reduce((a, b) => a + b, 0)
      expect(sum(histogram.today)).toBe(reported.today)
      expect(sum(histogram.yesterday)).toBe(reported.yesterdayTotal)
      expect(days).toHaveLength(15)
      expect(days.at(-1)).toEqual({ day: '2026-03-01', reported: reported.today })
      expect(days.at(-2)).toEqual({ day: '2026-02-28', reported: reported.yesterdayTotal })
      expect(acceptedWithinDay.before).toBe('2026-02-28')
      expect(closedWithinFiveDays.before).toBe('2026-02-24')
      expect(closedWithinFiveDays.days).toHaveLength(30)
      expect(closedWithinFiveDays.days.at(-1)!.day).toBe('2026-02-23')
    })

    it('lists the most pressing overdue first, and the children with the best share first', async () => {
      const answer = await ask(SAMPLE)
      const rank = { red: 0, yellow: 1, green: 2 }
      const keys = answer.overdueList.map(({ severity, dueAt }) => `${rank[severity]} ${dueAt}`)
      expect(keys.length).toBe(12)
      expect(keys).toEqual([...keys].sort())
      expect(answer.children.map(({ code }) => code).sort()).toEqual([`${SAMPLE}001`, `${SAMPLE}002`])
      expect(answer.children[0]!.share).toBeGreaterThanOrEqual(answer.children[1]!.share!)
      for (const child of answer.children) {
        const own = await ask(child.code)
        expect([child.share, child.open, child.overdue]).toEqual([own.closedWithinFiveDays.share, own.open.today, own.overdue])
      }
      expect((await ask(`${SAMPLE}002002`)).children).toEqual([])
      expect(answer.cameras.online + answer.cameras.offline).toBe(100)
    })

    it('tell whoever may not read incidents of no single one, now or then', async () => {
      const chief = actor
      for (const at of [{}, { at: '2026-02-10' }]) {
        actor = chief
        const whole = summary.parse(
          (
            await supertest(app)
              .get('/api/summary')
              .query({ unit: SAMPLE, ...at })
              .expect(200)
          ).body,
        )
        expect([whole.overdueList.length, whole.histogram.reds.length > 0]).toEqual([12, true])
        actor = { ...chief, role: 'planner' }
        const counts = summary.parse(
          (
            await supertest(app)
              .get('/api/summary')
              .query({ unit: SAMPLE, ...at })
              .expect(200)
          ).body,
        )
        expect(counts).toEqual({ ...whole, overdueList: [], histogram: { ...whole.histogram, reds: [] } })
      }
      actor = chief
    })

    it('are asked once for everybody within a second, and anew after a reload', async () => {
      const first = await ask(SAMPLE)
      await db.execute(sql`update camera set state = 'offline'`)
      expect(await ask(SAMPLE)).toEqual(first)
      reload()
      expect((await ask(SAMPLE)).cameras).toEqual({ online: 0, offline: 100 })
    })

    it('default to one’s own unit and are refused elsewhere', async () => {
      actor = { ...actor, unitCode: `${SAMPLE}001` }
      expect((await ask()).unitCode).toBe(`${SAMPLE}001`)
      const refused = await supertest(app).get('/api/summary').query({ unit: SAMPLE }).expect(403)
      expect(refused.body).toMatchObject({ code: 'outside-jurisdiction' })
      actor = { ...actor, role: 'administrator', unitCode: '' }
      expect((await ask()).unitCode).toBe(SAMPLE)
      await supertest(app).get('/api/summary').query({ unit: '990002' }).expect(404)
    })
  })
})
