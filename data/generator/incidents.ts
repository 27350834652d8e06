/**
 * A year of invented incidents, one after the other in order of their report: none is kept, so ten million take no more
 * memory than ten. Same seed and `until`, same incidents; the clock is never asked.
 */
import { dueAt } from '#model/deadline.ts'
import type { Severity, Source, State } from '#model/incident.ts'
import type { County, LngLat } from './county.ts'
import { type Course, courseOf, paceOf } from './course.ts'
import { mix } from '../../server/model/random.ts'
import { createRandom, type Random } from './random.ts'
import { DAY_MS, reportTimes } from './rhythm.ts'
import { createSpots } from './spots.ts'
import { readSubjects } from './subjects.ts'

export interface Incident {
  id: string
  reportedAt: Date
  occurredAt: Date
  /** The leaf that holds the place. */
  unitCode: string
  /** Four digits, see ../kinds/kinds.json. */
  kind: string
  severity: Severity
  state: State
  source: Source
  text: string
  location: LngLat
  /** Deadline of the step it waits for; null when it waits for none. */
  dueAt: Date | null
  acceptedAt: Date | null
  assignedAt: Date | null
  fedBackAt: Date | null
  /** Also when it was cancelled. */
  closedAt: Date | null
  supervisions: number
}

export interface IncidentOptions {
  seed: number
  /** Nothing happens after this instant. */
  until: Date
  count: number
  days?: number
  county: County
}

const MINUTE = 60_000
const CANCELLED = 0.009
const PAUSED = 0.012
const RETURNED = 0.02
/** How many of the late are pressed by a superior. */
const PRESSED = 0.4

export function* generateIncidents({ seed, until, count, days = 365, county }: IncidentOptions): Generator<Incident> {
  const random = createRandom(seed, 13)
  const spots = createSpots(county, seed)
  const subjects = readSubjects()
  const pace = paceOf((count * 365) / days)
  const end = until.getTime()
  const isRed = evenly(pace.redShare, seed)
  let i = 0
  for (const reported of reportTimes(until, days, count, seed, random.unit)) {
    const severity: Severity = isRed(i++) ? 'red' : random.chance(pace.yellowShare) ? 'yellow' : 'green'
    const subject = subjects[severity][random.uint32() >>> 20] as (typeof subjects)[Severity][number]
    const spot = spots.choose(random.uint32())
    const source = subject.sources[random.uint32() & 255] as Source
    const lag = source === 'grid_worker' ? 12 : source === 'camera' ? 2 : 150
    const incident: Incident = {
      id: uuid(random),
      reportedAt: new Date(reported),
      occurredAt: new Date(reported - Math.floor(lag * random.unit() * random.unit() * MINUTE)),
      unitCode: spots.unitCodes[spot] as string,
      kind: subject.kind,
      severity,
      state: 'reported',
      source,
      text: subject.texts[random.below(subject.texts.length)] as string,
      location: spots.locate(spot, random.unit() - 0.5, random.unit() - 0.5),
      dueAt: null,
      acceptedAt: null,
      assignedAt: null,
      fedBackAt: null,
      closedAt: null,
      supervisions: 0,
    }
    advance(incident, courseOf(severity, pace, random), end, random)
    yield incident
  }
}

/** Takes a new incident as far along its course as it has come by `end`. */
function advance(incident: Incident, course: Course, end: number, random: Random): void {
  const { severity, reportedAt } = incident
  const reported = reportedAt.getTime()
  const passed = end - reported
  const turn = random.unit()
  if (course.accept !== null && course.accept <= passed) {
    incident.acceptedAt = new Date(reported + Math.floor(course.accept))
    incident.state = course.route > passed ? 'accepted' : turn < RETURNED ? 'returned' : 'routed'
  }
  // Whoever finds a report void does so when it is to be assigned.
  const isVoid = course.assign !== null && turn > 1 - CANCELLED
  if (course.assign !== null && course.assign <= passed) {
    const assigned = new Date(reported + Math.floor(course.assign))
    if (isVoid) {
      incident.state = 'cancelled'
      incident.closedAt = assigned
      return
    }
    incident.assignedAt = assigned
    incident.state = course.handle > passed ? 'assigned' : turn < PAUSED ? 'paused' : 'handling'
  }
  if (course.feedback !== null && course.feedback <= passed) {
    incident.fedBackAt = new Date(reported + Math.floor(course.feedback))
    incident.state = 'fed_back'
  }
  let late = course.close > 5 * DAY_MS
  if (course.close <= passed) {
    incident.closedAt = new Date(reported + Math.floor(course.close))
    incident.state = 'closed'
  } else {
    incident.dueAt = dueAt({
      severity,
      state: incident.state,
      reportedAt,
      acceptedAt: incident.acceptedAt,
      assignedAt: incident.assignedAt,
    })
    late = incident.dueAt !== null && incident.dueAt.getTime() < end
  }
  if (late && random.chance(PRESSED)) incident.supervisions = 1 + random.below(2)
}

/** True for this share of the numbers 0, 1, 2 …, one in each run of 1 / share, at a place of its own there. */
function evenly(share: number, seed: number): (i: number) => boolean {
  return (i) => {
    const run = Math.floor(i * share)
    return i === Math.floor((run + mix(run ^ seed) / 4294967296) / share) && Math.floor(i * share) === run
  }
}

const HEX = Array.from({ length: 65536 }, (_, n) => n.toString(16).padStart(4, '0'))

const hex = (n: number): string => HEX[n] as string

/** 128 random bits in the shape of a version 4 UUID. */
function uuid(random: Random): string {
  const a = random.uint32()
  const b = random.uint32()
  const c = random.uint32()
  const d = random.uint32()
  const version = hex((b & 0x0fff) | 0x4000)
  const variant = hex(((c >>> 16) & 0x3fff) | 0x8000)
  return `${hex(a >>> 16)}${hex(a & 0xffff)}-${hex(b >>> 16)}-${version}-${variant}-${hex(c & 0xffff)}${hex(d >>> 16)}${hex(d & 0xffff)}`
}
