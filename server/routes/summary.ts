/**
 * The figures of one unit. Two hundred screens ask every two seconds: one answer a second is made for each unit that somebody
 * looks at, and all share it. What lies before today is asked again at midnight, after a reload, and every ten minutes.
 */
import { Router } from 'express'
import { can } from '#model/access.ts'
import { countyOf } from '#model/code.ts'
import { dayStart, sameTime } from '#model/time.ts'
import { endpoints } from '#contract/endpoints.ts'
import { Problem } from '#contract/problem.ts'
import type { Summary } from '#contract/summary.ts'
import type { Db } from '../db/db.ts'
import { findCounty, findTimeZone } from '../store/counties.ts'
import type { Kinds } from '../store/kinds.ts'
import { getStreamPosition } from '../store/outbox.ts'
import * as counts from '../store/summary.ts'
import type { Stream } from '../stream/stream.ts'
import { instantOf } from './as-of.ts'
import { createMemo } from './memo.ts'
import { serve } from './serve.ts'
import {
  CLOSE_DAYS,
  composeSummary,
  cutLength,
  foldOpen,
  type LiveCounts,
  type PastCounts,
  STEP_MINUTES,
  WINDOW,
  withoutIncidents,
} from './summary-answer.ts'
import { unitFor } from './unit-for.ts'

const LIVE_MS = 1000
const PAST_MS = 10 * 60_000
const CAMERAS_MS = 60_000
const OVERDUE_SHOWN = 12

/** One answer as it is sent to whoever may list incidents, and to whoever may only count them. */
interface Sent {
  lister: Buffer
  counter: Buffer
}
const sentOf = (summary: Summary): Sent => ({
  lister: Buffer.from(JSON.stringify(summary)),
  counter: Buffer.from(JSON.stringify(withoutIncidents(summary))),
})

export interface SummaryDeps {
  db: Db
  kinds: Kinds
  stream: Pick<Stream, 'onReload'>
  county: string | undefined
  now?: () => Date
}

export function summaryRoutes({ db, kinds, stream, county, now = () => new Date() }: SummaryDeps): Router {
  const router = Router()
  const answers = createMemo<Sent>(LIVE_MS)
  const pasts = createMemo<PastCounts>(PAST_MS)
  const thens = createMemo<Sent>(PAST_MS)
  const cameras = createMemo<{ online: number; offline: number }>(CAMERAS_MS)
  stream.onReload(() => {
    for (const memo of [answers, pasts, thens, cameras]) memo.clear()
  })

  const readPast = async (unitCode: string, timeZone: string, todayStart: Date, at: Date | null): Promise<PastCounts> => {
    const childCodes = await counts.listChildCodes(db, unitCode, at)
    const from = dayStart(todayStart, timeZone, -CLOSE_DAYS - WINDOW)
    const childLength = cutLength(unitCode, childCodes)
    return { childCodes, past: await counts.countPast(db, unitCode, { from, to: todayStart, zone: timeZone, childLength }) }
  }
  const pastOf = (unitCode: string, timeZone: string, todayStart: Date) =>
    pasts.get(`${unitCode} ${todayStart.toISOString()}`, () => readPast(unitCode, timeZone, todayStart, null))

  const liveOf = async (unitCode: string, frame: counts.DayFrame, childLength: number): Promise<LiveCounts> => {
    const pos = await getStreamPosition(db)
    const [recent, reds, open, closed, overdue] = await Promise.all([
      counts.countRecent(db, unitCode, frame, STEP_MINUTES),
      counts.listReds(db, unitCode, frame),
      counts.countOpen(db, unitCode, frame, childLength),
      counts.countClosed(db, unitCode, frame),
      counts.listOverdue(db, unitCode, frame.now, OVERDUE_SHOWN),
    ])
    return { pos, recent, reds, open, closed, overdue }
  }

  /** The figures as they stood at an instant that is over. */
  const thenOf = async (unitCode: string, timeZone: string, at: Date): Promise<Sent> => {
    if ((await findTimeZone(db, unitCode, at)) === null) throw new Problem('not-found', `There was no unit ${unitCode} then.`)
    const frame = frameOf(at, timeZone)
    const past = await readPast(unitCode, timeZone, frame.todayStart, at)
    const [pos, recent, reds, closed, stood] = await Promise.all([
      getStreamPosition(db),
      counts.countRecent(db, unitCode, frame, STEP_MINUTES),
      counts.listReds(db, unitCode, frame),
      counts.countClosed(db, unitCode, frame),
      counts.listOpenThen(db, unitCode, at),
    ])
    const open = foldOpen(stood, frame, cutLength(unitCode, past.childCodes))
    const live = { pos, recent, reds, closed, open: open.counts, overdue: open.overdue.slice(0, OVERDUE_SHOWN) }
    const camerasNow = await cameras.get(unitCode, () => counts.countCameras(db, unitCode))
    return sentOf(composeSummary({ unitCode, timeZone, kinds: kinds.list, frame, live, past, cameras: camerasNow }))
  }

  serve(router, endpoints.summary, async ({ actor, query }) => {
    const unitCode = await unitFor(db, actor, 'summary.read', query.unit, county)
    const whom = can(actor.role, 'incident.read') ? 'lister' : 'counter'
    const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' }
    if (query.at !== undefined) {
      const zone = (await findCounty(db, countyOf(unitCode)))?.timeZone
      const at = new Date(instantOf(query.at, zone ?? 'UTC'))
      if (zone !== undefined && at < now())
        return { body: (await thens.get(`${unitCode} ${at.getTime()}`, () => thenOf(unitCode, zone, at)))[whom], headers }
    }
    const answer = await answers.get(unitCode, async () => {
      const timeZone = await findTimeZone(db, unitCode)
      if (timeZone === null) throw new Problem('not-found', `There is no unit ${unitCode}.`)
      const at = now()
      const frame = frameOf(at, timeZone)
      const past = await pastOf(unitCode, timeZone, frame.todayStart)
      const live = await liveOf(unitCode, frame, cutLength(unitCode, past.childCodes))
      const camerasNow = await cameras.get(unitCode, () => counts.countCameras(db, unitCode))
      return sentOf(composeSummary({ unitCode, timeZone, kinds: kinds.list, frame, live, past, cameras: camerasNow }))
    })
    return { body: answer[whom], headers }
  })
  return router
}

const frameOf = (now: Date, timeZone: string): counts.DayFrame => ({
  now,
  todayStart: dayStart(now, timeZone),
  yesterdayStart: dayStart(now, timeZone, -1),
  yesterdayNow: sameTime(now, timeZone, -1),
})
