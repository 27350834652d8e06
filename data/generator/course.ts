/**
 * How long things take: for most 'accepted within 1 day, closed within 5', some late. The busier the county, the more is
 * settled on the spot and the fewer are grave, so that the number of open ones stays what a room can watch.
 */
import type { Severity } from '#model/incident.ts'
import type { Random } from './random.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Milliseconds after the report; null: no such step. */
export interface Course {
  accept: number | null
  route: number
  assign: number | null
  handle: number
  feedback: number | null
  close: number
}

export interface Pace {
  redShare: number
  yellowShare: number
  onTheSpot: number
  /** Of the usual time to close, 0 … 1. */
  haste: number
  /** Mean days beyond the fifth of those that are late. */
  lateDays: number
}

const USUAL_YEAR = 20_000
const ACCEPT_LATE = 0.0138
const CLOSE_LATE = 0.038

/** `perYear`: reports a year. Square roots only: the same on every machine. */
export function paceOf(perYear: number): Pace {
  const scale = Math.min(1, USUAL_YEAR / perYear)
  const root = Math.sqrt(scale)
  const fourth = Math.sqrt(root)
  return {
    redShare: 0.034 * root * fourth,
    yellowShare: 0.33 * root * Math.sqrt(fourth),
    onTheSpot: 1 - 0.9 * root,
    haste: 0.35 + 0.65 * fourth,
    lateDays: 6 * root * Math.sqrt(fourth),
  }
}

export function courseOf(severity: Severity, pace: Pace, random: Random): Course {
  const lateAccept = severity !== 'red' && random.chance(ACCEPT_LATE)
  const lateClose = severity !== 'red' && random.chance(CLOSE_LATE)
  if (severity !== 'red' && !lateAccept && !lateClose && random.chance(pace.onTheSpot)) {
    return { accept: null, route: 0, assign: null, handle: 0, feedback: null, close: (2 + 88 * random.unit() * random.unit()) * MINUTE }
  }
  const accept = lateAccept ? DAY + random.unit() * random.unit() * 2.5 * DAY : acceptTime(severity, random)
  let close = lateClose ? 5 * DAY + 2 * pace.lateDays * DAY * random.unit() : closeTime(severity, pace, random)
  // Short courses are squeezed in order: each step takes a part of what is left.
  if (close < accept * 1.3) close = accept * 1.3 + HOUR * random.unit()
  const assign = accept + Math.min(assignTime(severity, random), (close - accept) * 0.4)
  const handle = assign + Math.min((5 + 175 * random.unit()) * MINUTE, (close - assign) * 0.4)
  const feedback = close - Math.min((10 + 470 * random.unit()) * MINUTE, (close - handle) * 0.5)
  return { accept, route: accept + (assign - accept) * 0.6, assign, handle, feedback, close }
}

function acceptTime(severity: Severity, random: Random): number {
  const u = random.unit()
  if (severity === 'red') return (u < 0.95 ? 0.3 + 4.4 * random.unit() : 5 + 12 * random.unit()) * MINUTE
  if (severity === 'yellow') return (u < 0.94 ? 1 + 28 * random.unit() : 30 + 110 * random.unit()) * MINUTE
  return u < 0.86 ? (2 + 170 * random.unit()) * MINUTE : (3 + 19 * random.unit()) * HOUR
}

function assignTime(severity: Severity, random: Random): number {
  const u = random.unit()
  if (severity === 'red') return (u < 0.95 ? 1 + 8.5 * random.unit() : 10 + 15 * random.unit()) * MINUTE
  if (severity === 'yellow') return (u < 0.95 ? 5 + 112 * random.unit() : 120 + 200 * random.unit()) * MINUTE
  return u < 0.97 ? (0.2 + 15 * random.unit()) * HOUR : (20 + 12 * random.unit()) * HOUR
}

function closeTime(severity: Severity, pace: Pace, random: Random): number {
  if (severity === 'red') return (random.chance(0.93) ? 7 + 16.5 * random.unit() : 24 + 14 * random.unit()) * HOUR
  const latest = Math.max(random.unit(), random.unit())
  if (severity === 'yellow') return (random.chance(0.92) ? pace.haste * (0.9 + 2.1 * latest) : 3 + 1.8 * random.unit()) * DAY
  return pace.haste * (1.5 + 3.4 * latest) * DAY
}
