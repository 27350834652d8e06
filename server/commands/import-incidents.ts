/**
 * Importing incidents: known by county and external key. A new row is added, a known one that says something else is changed,
 * a repeat changes nothing. What was moved on here since the last import keeps its state until the file's state changes.
 */
import { createHash } from 'node:crypto'
import type { ImportSummary } from '#contract/transfer.ts'
import type { Locate } from '#model/locate.ts'
import type { Queryable } from '../db/db.ts'
import {
  findByKeys,
  type ImportedIncident,
  type ImportedStep,
  insertImported,
  insertImportedSteps,
  type KnownIncident,
  updateImported,
} from '../store/incident-imports.ts'
import { announceReload } from '../store/outbox.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { type IncidentRow, readIncident } from '../transfer/incident-rows.ts'
import type { ImportContext } from './import-context.ts'
import { importRows, type Run } from './import-rows.ts'

/** Throws what `importRows` throws. */
export const importIncidents = (tx: Queryable, context: ImportContext): Promise<ImportSummary> =>
  importRows<IncidentRow>(tx, context, {
    noun: 'incidents',
    permission: 'incident.import',
    required: ['key', 'reportedAt'],
    known: { word: 'key', of: ({ key }) => key },
    placeOf: ({ location }) => location,
    noteOf: ({ row, warning: message }) => (message === undefined ? null : { row, code: 'early-time', weight: 'warning', message }),
    open: (run) => {
      const { profile, county, datum, isKind, now } = run
      const rowContext = { profile, datum, timeZone: profile.timeZone ?? county.timeZone, isKind, now }
      return {
        read: (source) => readIncident(source, rowContext),
        write: createWriter(run),
        finish: async () => void (await announceReload(tx, 'incident', now)),
      }
    },
  })

function createWriter({ tx, actor, dryRun, now, file, county: { code: county }, locate, tally }: Run) {
  const months = new Set<string>()
  const ensureMonths = async (incidents: readonly ImportedIncident[]) => {
    for (const { reportedAt } of incidents) {
      const month = reportedAt.toISOString().slice(0, 7)
      if (months.has(month)) continue
      months.add(month)
      await ensurePartitions(tx, reportedAt, reportedAt)
    }
  }
  return async (rows: readonly IncidentRow[]): Promise<void> => {
    const known = await findByKeys(tx, county, rows.map(({ key }) => key)) // prettier-ignore
    const fresh: ImportedIncident[] = []
    const changed: ImportedIncident[] = []
    const steps: ImportedStep[] = []
    for (const row of rows) {
      const there = known.get(row.key)
      const incident = place(row, there?.id ?? uuidOf(county, row.key), county, locate)
      if (incident.placement === 'outside') tally.counts.outside++
      if (incident.placement === 'none') tally.counts.withoutPlace++
      if (!there) {
        fresh.push(incident)
        steps.push(...firstSteps(incident, file.name, now))
        continue
      }
      const next = keepProgress(incident, there)
      if (isSame(next, there)) {
        tally.counts.unchanged++
        continue
      }
      changed.push(next)
      if (next.state !== there.state) steps.push(step(next, there.state, now, file.name))
    }
    tally.counts.created += fresh.length
    tally.counts.updated += changed.length
    if (dryRun) return
    await ensureMonths([...fresh, ...changed])
    if (fresh.length > 0) await insertImported(tx, county, fresh, now)
    if (changed.length > 0) await updateImported(tx, changed, now)
    if (steps.length > 0) await insertImportedSteps(tx, steps, actor.displayName)
  }
}

function place({ row: _row, warning: _warning, ...rest }: IncidentRow, id: string, county: string, locate: Locate): ImportedIncident {
  const leaf = rest.location && locate(rest.location)
  return { ...rest, id, unitCode: leaf ?? county, placement: leaf ? 'inside' : rest.location ? 'outside' : 'none' }
}

/** When the file says no more than last time, what was done here since stands. */
function keepProgress(incident: ImportedIncident, there: KnownIncident): ImportedIncident {
  if (there.importedState !== incident.state || there.state === incident.state) return incident
  const { state, dueAt, acceptedAt, assignedAt, fedBackAt, closedAt } = there
  return { ...incident, state, dueAt, acceptedAt, assignedAt, fedBackAt, closedAt }
}

function isSame(a: ImportedIncident, b: ImportedIncident): boolean {
  return (Object.keys(a) as (keyof ImportedIncident)[]).every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key]))
}

function firstSteps(incident: ImportedIncident, fileName: string, now: Date): ImportedStep[] {
  const { id, reportedAt, acceptedAt, assignedAt, fedBackAt, closedAt } = incident
  const last = closedAt ?? fedBackAt ?? assignedAt ?? acceptedAt ?? (incident.state === 'reported' ? reportedAt : now)
  return [
    { incidentId: id, at: reportedAt, transition: 'report', fromState: null, toState: 'reported', note: null },
    step(incident, 'reported', last, fileName),
  ]
}

const step = ({ id, state }: ImportedIncident, fromState: ImportedStep['fromState'], at: Date, note: string): ImportedStep => ({
  incidentId: id,
  at,
  transition: 'import',
  fromState,
  toState: state,
  note,
})

/** Name-based UUID (RFC 9562, version 5) of an external key, so that the same row has the same id on every installation. */
function uuidOf(county: string, key: string): string {
  const hash = createHash('sha1').update(NAMESPACE).update(`${county}/${key}`).digest()
  hash[6] = (hash[6]! & 0x0f) | 0x50
  hash[8] = (hash[8]! & 0x3f) | 0x80
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
const NAMESPACE = Buffer.from('5f0d2c8a9b6e4d1fa3c7e1b2d4968f70', 'hex')
