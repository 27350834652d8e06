/** What a reader of analysis means: which unit, which window in which calendar, which kinds; and what he may not be told. */
import { can, type Permission } from '#model/access.ts'
import { type Span, spanBefore, stepFor, stepsBack, type Period } from '#model/hot-spots/periods.ts'
import { dayStart, startOf } from '#model/time.ts'
import { DEFAULT_DAYS, type Emerging, type HotSpots, LEAST_SLICES, MOST_SLICES, type Trends, type WhatQuery } from '#contract/analysis.ts'
import { Problem } from '#contract/problem.ts'
import type { Db } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import type { What } from '../store/analysis.ts'
import { findTimeZone } from '../store/counties.ts'
import type { Kinds } from '../store/kinds.ts'
import { unitFor } from './unit-for.ts'

export interface Asked {
  what: What
  span: Span
  /** The window of the same length right before. */
  before: Span
  timeZone: string
}

/**
 * Throws `outside-jurisdiction` for a unit that is not the reader's, `not-found` for one that is not there, and `bad-request` for a
 * window that is reversed or empty, and for kinds that there are not.
 */
export async function readAsked(
  { db, kinds, county, now }: { db: Db; kinds: Kinds; county: string | undefined; now: () => Date },
  actor: Actor,
  permission: Permission,
  query: WhatQuery,
): Promise<Asked> {
  const unitCode = await unitFor(db, actor, permission, query.unit, county)
  const timeZone = (await findTimeZone(db, unitCode)) ?? null
  if (timeZone === null) throw new Problem('not-found', `There is no unit ${unitCode}.`)
  const unknown = (query.kind ?? []).filter((code) => !isKnown(kinds, code))
  if (unknown.length > 0) {
    const errors = unknown.map((code) => ({
      where: 'query/kind',
      message: `${code} is no ${code.length === 2 ? 'class' : 'kind'} of this county`,
    }))
    throw new Problem('bad-request', `There is no kind ${unknown.join(', ')}; GET /api/kinds lists them.`, errors)
  }
  const span = readSpan(query, timeZone, now())
  return {
    what: { unitCode, kinds: query.kind, severities: query.severity, sources: query.source },
    span,
    before: spanBefore(span, timeZone),
    timeZone,
  }
}

const isKnown = ({ list, isKind }: Kinds, code: string): boolean => isKind(code) || list.classes.some((each) => each.code === code)

function readSpan({ from, to }: Pick<WhatQuery, 'from' | 'to'>, zone: string, now: Date): Span {
  const instant = (text: string) => (text.length > 'YYYY-MM-DD'.length ? new Date(text) : startOf(text, zone))
  const end = to === undefined ? (from === undefined ? dayStart(now, zone) : now) : instant(to)
  const start = from === undefined ? dayStart(end, zone, -DEFAULT_DAYS) : instant(from)
  if (start >= end) {
    const message = start > end ? 'lies before `from`' : 'is the same as `from`: the window is empty'
    throw new Problem('bad-request', `query/to: ${message}.`, [{ where: 'query/to', message }])
  }
  return { from: start, to: end }
}

/** Bounds of the window's steps. Throws `bad-request` when there are too few for a pattern. */
export function readSteps({ span, timeZone }: Asked, step: Period = stepFor(span), least = LEAST_SLICES): { step: Period; bounds: Date[] } {
  const bounds = stepsBack(span, step, timeZone, MOST_SLICES)
  if (bounds.length - 1 < least) {
    const message = `the window holds ${Math.max(0, bounds.length - 1)} whole steps of a ${step}; at least ${least} are needed`
    throw new Problem('bad-request', `query/step: ${message}.`, [{ where: 'query/step', message }])
  }
  return { step, bounds }
}

/** True when counts below the least number are not told: to who may not see the incidents themselves. */
export const isMasked = ({ role }: Actor): boolean => !can(role, 'incident.read')

const hide = <T extends number | null>(value: T, least: number): T | null => (value !== null && value < least && value > 0 ? null : value)

/** Small counts read null; spots that are small in all are left out. What is tested of a small place is not told either. */
export function maskHotSpots(answer: HotSpots, leastCount: number): HotSpots {
  const results = answer.results
    .filter(({ count }) => count === 0 || count >= leastCount)
    .map((spot) => ({
      ...spot,
      before: hide(spot.before, leastCount),
      members: spot.members.map((each) => {
        const isSmall = hide(each.count, leastCount) === null || hide(each.around, leastCount) === null
        if (isSmall) return { ...each, count: null, before: null, around: null, z: null, p: null, q: null }
        return { ...each, before: hide(each.before, leastCount) }
      }),
    }))
  return { ...answer, results, leastCount, withheld: answer.results.length - results.length }
}

export const maskEmerging = (answer: Emerging, leastCount: number): Emerging => ({
  ...answer,
  leastCount,
  results: answer.results.map((each) => ({
    ...each,
    counts: each.counts.map((count) => hide(count, leastCount)),
    // From z-scores counts can be reckoned back.
    intensity: [],
    around: hide(each.around, leastCount),
  })),
})

export const maskTrends = (answer: Trends, leastCount: number): Trends => ({
  ...answer,
  leastCount,
  rows: answer.rows.map((row) => ({
    ...row,
    counts: row.counts.map((count) => hide(count, leastCount)),
    count: hide(row.count, leastCount),
    before: hide(row.before, leastCount),
    lastYear: hide(row.lastYear, leastCount),
  })),
})
