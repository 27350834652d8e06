/**
 * Importing incidents: known by county and external key. A new row is added, a known one that says something else is changed,
 * a repeat changes nothing. What was moved on here since the last import keeps its state until the file's state changes.
 */
import { createHash } from 'node:crypto'
import { Problem } from '#contract/problem.ts'
import type { ImportSummary } from '#contract/transfer.ts'
import { type Locate, locator } from '#model/locate.ts'
import type { Queryable } from '../db/db.ts'
import { requireWithin } from '../middleware/jurisdiction.ts'
import { insertAudit } from '../store/audit.ts'
import { findCounty } from '../store/counties.ts'
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
import { listLeafPolygons } from '../store/unit-versions.ts'
import { type IncidentRow, readIncident } from '../transfer/incident-rows.ts'
import { datumFor, DatumDoubt } from '../transfer/place.ts'
import { openFile } from '../transfer/profile.ts'
import { Tally } from '../transfer/tally.ts'
import { type ImportContext, requireCounty } from './import-file.ts'

const BATCH = 5_000

/** Throws `bad-request` when the county is unknown, and what reading a file throws. */
export async function importIncidents(tx: Queryable, context: ImportContext): Promise<ImportSummary> {
  const { actor, profile, file, dryRun, now, isKind, onProgress } = context
  const code = requireCounty(profile)
  requireWithin(actor, 'incident.import', code)
  const county = await findCounty(tx, code)
  if (!county) throw new Problem('bad-request', `There is no county ${code}: import its units first.`)
  const opened = await openFile(file, profile, ['key', 'reportedAt'])
  const datum = datumFor(profile.datum, opened.reading.datum)
  const locate = locator(await listLeafPolygons(tx, code))
  const doubt = new DatumDoubt(datum)
  const tally = new Tally()
  for (const note of opened.reading.notes) tally.note(note)
  tally.noteSynthetic(county)
  const writer = createWriter(tx, context, code, locate, tally)

  const rowContext = { profile, datum, timeZone: profile.timeZone ?? county.timeZone, isKind, now }
  const seen = new Map<string, number>()
  let batch: IncidentRow[] = []
  for await (const source of opened.rows) {
    tally.counts.read++
    const row = readIncident(source, rowContext)
    if ('message' in row) tally.bad(row.row, row.code, row.message)
    else if (seen.has(row.key)) tally.bad(row.row, 'duplicate', `The key ${row.key} stands in row ${seen.get(row.key)} already.`)
    else {
      seen.set(row.key, row.row)
      if (row.warning !== undefined) tally.note({ row: row.row, code: 'early-time', weight: 'warning', message: row.warning })
      batch.push(row)
      if (row.location) doubt.see(row.location)
    }
    if (batch.length < BATCH) continue
    await writer.write(batch)
    batch = []
    onProgress('import', file.position, file.size)
  }
  await writer.write(batch)
  if (tally.counts.read === 0) throw new Problem('bad-file', 'The file holds no rows.')
  const warning = doubt.warning(locate)
  if (warning) tally.note(warning)
  const summary = tally.summary('incidents', code, dryRun, false)
  if (!dryRun && summary.created + summary.updated > 0) {
    const { created, updated, bad } = summary
    await insertAudit(tx, actor, {
      action: 'incident.import',
      noun: 'incident',
      nounId: code,
      unitCode: code,
      detail: { file: file.name, created, updated, bad },
    })
    await announceReload(tx, 'incident', now)
  }
  onProgress('import', file.size, file.size)
  return summary
}

function createWriter(tx: Queryable, { actor, dryRun, now, file }: ImportContext, county: string, locate: Locate, tally: Tally) {
  const months = new Set<string>()
  const ensureMonths = async (incidents: readonly ImportedIncident[]) => {
    for (const { reportedAt } of incidents) {
      const month = reportedAt.toISOString().slice(0, 7)
      if (months.has(month)) continue
      months.add(month)
      await ensurePartitions(tx, reportedAt, reportedAt)
    }
  }
  return {
    async write(rows: readonly IncidentRow[]): Promise<void> {
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
    },
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
