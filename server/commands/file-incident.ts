/**
 * Filing a report: what a worker found becomes an incident, once. The client's own UUID is the guard: whoever sends it again,
 * at the same instant or days later, gets the incident that is already there, whatever the repeat says.
 */
import { reach } from '#model/access.ts'
import { countyOf, isWithin } from '#model/code.ts'
import { dueAt } from '#model/deadline.ts'
import type { NewIncident } from '#contract/incident.ts'
import { Problem } from '#contract/problem.ts'
import type { Db } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { requireWithin } from '../middleware/jurisdiction.ts'
import { findIncident, type IncidentRow, markerOf } from '../store/incident-reads.ts'
import { insertReports, type Report } from '../store/incident-writes.ts'
import { findLeavesAt, findNearestCounty } from '../store/places.ts'
import { createBatch } from './batch.ts'

/** Clocks of phones run a little fast. */
const CLOCK_SKEW_MS = 5 * 60_000

export interface FilingContext {
  db: Db
  /** True for the four digits of a known kind. */
  isKind: (code: string) => boolean
  now: () => Date
  locate: (location: readonly [number, number]) => Promise<string | null>
  insert: (report: Report) => Promise<boolean>
}

/** Reports that arrive together are located and written together: one session takes thousands a second so, and alone some hundreds. */
export const createFiling = (context: Pick<FilingContext, 'db' | 'isKind' | 'now'>): FilingContext => {
  const { db } = context
  const batch = { most: 100, atOnce: db.kind === 'embedded' ? 1 : 4 }
  return {
    ...context,
    locate: createBatch((locations: (readonly [number, number])[]) => findLeavesAt(db, locations), batch),
    insert: createBatch((reports: Report[]) => insertReports(db, reports), batch),
  }
}

export interface Filed {
  incident: IncidentRow
  /** False for a repeat. */
  created: boolean
}

/**
 * Throws `bad-request` for an unknown kind or a time in the future, `outside-jurisdiction` for a place that is not the actor's,
 * `conflict` when the id belongs to an incident that the actor may not see, or when there is no county yet.
 */
export async function fileIncident({ db, isKind, now, locate, insert }: FilingContext, actor: Actor, input: NewIncident): Promise<Filed> {
  const reportedAt = now()
  const occurredAt = new Date(input.occurredAt)
  if (!isKind(input.kind)) throw wrong('body/kind', `${input.kind} is not a kind of incident`)
  if (occurredAt.getTime() > reportedAt.getTime() + CLOCK_SKEW_MS) throw wrong('body/occurredAt', 'lies in the future')

  const location: [number, number] = [onGrid(input.location[0]), onGrid(input.location[1])]
  const leaf = await locate(location)
  const unitCode = leaf ?? (await countyFor(db, actor, location))
  if (!isWithin(unitCode, reach(actor, 'incident.report'))) {
    // A repeat is the same incident even when it names another place, so it comes before the refusal.
    const known = await findKnown(db, actor, input.id)
    if (known) return { incident: known, created: false }
  }
  requireWithin(actor, 'incident.report', unitCode)

  const { id, kind, severity, source, text } = input
  const incident: IncidentRow = {
    id,
    countyCode: countyOf(unitCode),
    unitCode,
    placement: leaf ? 'inside' : 'outside',
    lng: location[0],
    lat: location[1],
    kind,
    severity,
    source,
    // A lone surrogate cannot be stored.
    text: text.replace(/\p{Surrogate}/gu, '\uFFFD'),
    state: 'reported',
    reportedAt,
    occurredAt,
    dueAt: dueAt({ severity, state: 'reported', reportedAt }),
    acceptedAt: null,
    assignedAt: null,
    fedBackAt: null,
    closedAt: null,
    updatedAt: reportedAt,
    pausedFrom: null,
    supervisions: 0,
    version: 1,
  }
  const created = await insert({
    incident,
    actor,
    audit: { action: 'incident.report', noun: 'incident', nounId: id, unitCode, detail: { kind, severity, source } },
    message: { noun: 'incident', change: 'created', at: reportedAt.toISOString(), incident: markerOf(incident) },
  })
  if (created) return { incident, created }
  const known = await findKnown(db, actor, id)
  if (!known) throw new Problem('conflict', 'This id is taken. Make a new one.')
  return { incident: known, created }
}

/** The incident of this id when the actor may see it. */
async function findKnown(db: Db, actor: Actor, id: string): Promise<IncidentRow | null> {
  const known = await findIncident(db, id)
  return known && isWithin(known.unitCode, reach(actor, 'incident.report')) ? known : null
}

/** The county that a place in no leaf is counted in: the actor's own, otherwise the nearest. */
async function countyFor(db: Db, actor: Actor, location: [number, number]): Promise<string> {
  const county = actor.unitCode === '' ? await findNearestCounty(db, location) : countyOf(actor.unitCode)
  if (!county) throw new Problem('conflict', 'There is no county yet: import its units first.')
  return county
}

/** Degrees on the grid of 1e-7 that every geometry is kept on. */
const onGrid = (degrees: number): number => Math.round(degrees * 1e7) / 1e7

const wrong = (where: string, message: string): Problem => new Problem('bad-request', `${where}: ${message}`, [{ where, message }])
