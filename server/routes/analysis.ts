/**
 * Hot spots, emerging ones, clusters, repeats and trends. What is asked again within the minute is answered from memory: the tabs of a
 * page, and several people in front of one screen, ask the same.
 */
import { Router } from 'express'
import { spanBefore, spanLastYear } from '#model/hot-spots/periods.ts'
import { mannKendall } from '#model/hot-spots/mann-kendall.ts'
import { codeLength } from '#model/code.ts'
import type { Trends, TrendRow } from '#contract/analysis.ts'
import { endpoints } from '#contract/endpoints.ts'
import { Problem } from '#contract/problem.ts'
import { findEmerging, findHotSpots, latticeFor } from '../commands/hot-spots.ts'
import { findClusters, findRepeats } from '../commands/incident-groups.ts'
import { countTrend, type TrendCount } from '../commands/place-counts.ts'
import type { Db } from '../db/db.ts'
import { listIncidentsIn, type Members } from '../store/analysis.ts'
import type { Counting } from '../store/heat-counts.ts'
import type { Kinds } from '../store/kinds.ts'
import { type Asked, isMasked, maskEmerging, maskHotSpots, maskTrends, readAsked, readSteps } from './analysis-query.ts'
import { createPackedMemo } from './packed-memo.ts'
import { sendPacked } from '../middleware/packed.ts'
import { serve } from './serve.ts'

/** Room for answers of the last minute. */
const MEMO_BYTES = 32 * 1024 * 1024
const MEMO_MS = 60_000
/** With fewer steps nothing can be said of a trend. */
const LEAST_TREND = 4

export interface AnalysisDeps {
  db: Db
  counting: Counting
  kinds: Kinds
  county: string | undefined
  /** Below this, counts are not told to who may not see incidents. */
  leastCount: number
  now?: () => Date
}

export function analysisRoutes({ db, counting, kinds, county, leastCount, now = () => new Date() }: AnalysisDeps): Router {
  const router = Router()
  const memo = createPackedMemo(MEMO_BYTES)
  const deps = { db, kinds, county, now }
  /** One answer a minute for each question; who sees less has his own. */
  const answerOf = (name: string, asked: Asked, more: unknown, masked: boolean, make: () => Promise<unknown>) =>
    memo.get(JSON.stringify([name, asked, more, masked, Math.floor(now().getTime() / MEMO_MS)]), async () =>
      Buffer.from(JSON.stringify(await make())),
    )

  serve(router, endpoints.hotSpots, async ({ actor, query, req, res }) => {
    const asked = await readAsked(deps, actor, 'summary.read', query)
    const { by, cell, level, fdr } = query
    const masked = isMasked(actor)
    const packed = await answerOf('hot-spots', asked, { by, cell, level, fdr }, masked, async () => {
      const answer = await findHotSpots(db.reader, { ...asked, by, cell, level, fdr }, counting)
      return masked ? maskHotSpots(answer, leastCount) : answer
    })
    res.type('json').set('Cache-Control', 'private, no-cache')
    await sendPacked(req, res, packed)
  })

  serve(router, endpoints.hotSpotIncidents, async ({ actor, query }) => {
    const { what, span } = await readAsked(deps, actor, 'incident.read', query)
    const { limit, after } = query
    const members = await readMembers(query.by, query.members, () => latticeFor(db.reader, what.unitCode, query.cell))
    const [at, id] = after?.split('_') ?? []
    const behind = at === undefined ? null : { at: new Date(Number(at)), id: id! }
    if (behind && Number.isNaN(behind.at.getTime())) throw new Problem('bad-request', 'query/after: take it from the page before.')
    const rows = await listIncidentsIn(db.reader, what, span, { members, after: behind, limit: limit + 1 })
    const incidents = rows.slice(0, limit)
    const last = incidents.at(-1)
    const next = rows.length > limit ? `${Date.parse(last!.reportedAt)}_${last!.id}` : null
    return { body: { incidents, next }, headers: { 'Cache-Control': 'no-store' } }
  })

  serve(router, endpoints.emerging, async ({ actor, query, req, res }) => {
    const asked = await readAsked(deps, actor, 'summary.read', query)
    const { by, cell, level, fdr } = query
    const { step, bounds } = readSteps(asked, query.step)
    const masked = isMasked(actor)
    const packed = await answerOf('emerging', asked, { by, cell, level, fdr, step }, masked, async () => {
      const answer = await findEmerging(db.reader, { ...asked, by, cell, level, fdr, step, bounds }, counting)
      return masked ? maskEmerging(answer, leastCount) : answer
    })
    res.type('json').set('Cache-Control', 'private, no-cache')
    await sendPacked(req, res, packed)
  })

  serve(router, endpoints.clusters, async ({ actor, query, req, res }) => {
    const asked = await readAsked(deps, actor, 'incident.read', query)
    const { metres, hours, minPts, limit } = query
    const packed = await answerOf('clusters', asked, { metres, hours, minPts, limit }, false, () =>
      findClusters(db.reader, { ...asked, metres, hours, minPts, limit }),
    )
    res.type('json').set('Cache-Control', 'private, no-cache')
    await sendPacked(req, res, packed)
  })

  serve(router, endpoints.repeats, async ({ actor, query, req, res }) => {
    const asked = await readAsked(deps, actor, 'incident.read', query)
    const { days, metres, limit, after } = query
    const packed = await answerOf('repeats', asked, { days, metres, limit, after }, false, () =>
      findRepeats(db.reader, { ...asked, days, metres, limit, after }),
    )
    res.type('json').set('Cache-Control', 'private, no-cache')
    await sendPacked(req, res, packed)
  })

  serve(router, endpoints.trends, async ({ actor, query, req, res }) => {
    const asked = await readAsked(deps, actor, 'summary.read', query)
    const { by } = query
    const { step, bounds } = readSteps(asked, query.step, 1)
    const masked = isMasked(actor)
    const packed = await answerOf('trends', asked, { by, step }, masked, async () => {
      const digits = by === 'class' ? 2 : by === 'kind' ? 4 : codeLength(by)
      const count = (at: readonly Date[]) =>
        countTrend(counting, asked.what, at, { noun: by === 'class' || by === 'kind' ? 'kind' : 'unit', digits })
      const { what, timeZone } = asked
      // The same number of whole steps, and no part of one.
      const window = { from: bounds[0]!, to: bounds.at(-1)! }
      const [before, lastYear] = [spanBefore(window, timeZone), spanLastYear(window, timeZone)]
      const [now, past, then] = await Promise.all([count(bounds), count([before.from, before.to]), count([lastYear.from, lastYear.to])])
      const rows = trendRows(now, past, then, bounds.length - 1)
      const total = rows.reduce((sum, row) => sum + row.count!, 0)
      const iso = (each: { from: Date; to: Date }) => ({ from: each.from.toISOString(), to: each.to.toISOString() })
      const answer: Trends = {
        unitCode: what.unitCode,
        timeZone,
        window: iso(window),
        total,
        by,
        step,
        bounds: bounds.map((bound) => bound.toISOString()),
        before: iso(before),
        lastYear: iso(lastYear),
        empty: total === 0 ? 'nothing-reported' : null,
        rows,
      }
      return masked ? maskTrends(answer, leastCount) : answer
    })
    res.type('json').set('Cache-Control', 'private, no-cache')
    await sendPacked(req, res, packed)
  })

  return router
}

async function readMembers(by: 'cell' | 'unit', keys: readonly string[], lattice: () => ReturnType<typeof latticeFor>): Promise<Members> {
  const squares = keys.map((key) => key.split('.').map(Number) as [number, number])
  const isSquare = (key: string) => key.includes('.')
  if (!keys.every((key) => isSquare(key) === (by === 'cell'))) {
    const message = by === 'cell' ? 'must be squares such as 12.34' : 'must be codes of units'
    throw new Problem('bad-request', `query/members: ${message}.`, [{ where: 'query/members', message }])
  }
  return by === 'cell' ? { lattice: await lattice(), squares } : { units: keys }
}

function trendRows(now: readonly TrendCount[], before: readonly TrendCount[], lastYear: readonly TrendCount[], steps: number): TrendRow[] {
  const rows = new Map<string, TrendRow & { counts: number[]; count: number; before: number; lastYear: number }>()
  const rowOf = (key: string) => {
    const known = rows.get(key)
    if (known) return known
    const made = { key, counts: new Array<number>(steps).fill(0), count: 0, before: 0, lastYear: 0, trend: null }
    rows.set(key, made)
    return made
  }
  for (const { key, step, count } of now) {
    const row = rowOf(key)
    row.counts[step]! += count
    row.count += count
  }
  for (const { key, count } of before) rowOf(key).before += count
  for (const { key, count } of lastYear) rowOf(key).lastYear += count
  return [...rows.values()]
    .map((row) => {
      if (steps < LEAST_TREND) return row
      const { z, p } = mannKendall(row.counts)
      return { ...row, trend: { z, p } }
    })
    .sort((a, b) => b.count - a.count || a.key.localeCompare(b.key))
}
