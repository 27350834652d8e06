/** Rows → incidents as a file knows them. A row that cannot be used comes back as a fault that says why. */
import type { ImportProfile } from '#contract/transfer.ts'
import { dueAt } from '#model/deadline.ts'
import type { Datum, LngLat } from '#model/crs.ts'
import { SEVERITIES, type Severity, type Source, SOURCES, type State, STATES } from '#model/incident.ts'
import { parseTime } from '#model/time.ts'
import type { SourceRow } from './importers/importer.ts'
import { locationOf } from './place.ts'
import { lookUp, type Values } from './profile.ts'

export interface IncidentRow {
  row: number
  key: string
  kind: string
  severity: Severity
  state: State
  source: Source
  text: string
  location: LngLat | null
  reportedAt: Date
  occurredAt: Date
  acceptedAt: Date | null
  assignedAt: Date | null
  fedBackAt: Date | null
  closedAt: Date | null
  dueAt: Date | null
  warning?: string
}

export interface RowFault {
  row: number
  code: string
  message: string
}

export interface IncidentContext {
  profile: ImportProfile
  datum: Datum
  timeZone: string
  isKind: (code: string) => boolean
  now: Date
}

const LONGEST_TEXT = 2000
const LONGEST_KEY = 200
const DAY_MS = 24 * 3_600_000
const TIMES = ['acceptedAt', 'assignedAt', 'fedBackAt', 'closedAt'] as const

const isOneOf =
  <T extends string>(words: readonly T[]) =>
  (word: string): word is T =>
    (words as readonly string[]).includes(word)

/** Control characters other than tabs and line ends are taken out: they come from broken exports and show nowhere. */
const clean = (text: string): string => text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g, '').slice(0, LONGEST_TEXT)

export function readIncident(
  { row, geometry, fault, values }: SourceRow & { values: Values },
  context: IncidentContext,
): IncidentRow | RowFault {
  const { profile, datum, timeZone, isKind, now } = context
  const bad = (code: string, message: string): RowFault => ({ row, code, message })
  if (fault) return bad('bad-row', `The row ${fault}.`)
  const key = values('key')
  if (key === '') return bad('no-key', 'The row has no key, by which a repeat could be known.')
  if (key.length > LONGEST_KEY) return bad('bad-key', `The key has more than ${LONGEST_KEY} characters.`)
  const location = locationOf(geometry, datum)
  if (location && 'fault' in location) return bad('bad-place', `${location.fault}.`)

  const kind = lookUp(values('kind'), profile.kinds, (word): word is string => isKind(word))
  if (kind === null || !isKind(kind)) return bad('unknown-kind', `${values('kind') || 'An empty kind'} is mapped to no kind.`)
  const severity = lookUp(values('severity'), { '*': 'green', ...profile.severities }, isOneOf(SEVERITIES))
  const state = lookUp(values('state'), values('state') === '' ? { '*': 'reported', ...profile.states } : profile.states, isOneOf(STATES))
  if (state === null) return bad('unknown-state', `The state ${values('state')} is mapped to none of ours.`)
  const source = lookUp(values('source'), { '*': 'import', ...profile.sources }, isOneOf(SOURCES))

  const times: Partial<Record<'reportedAt' | 'occurredAt' | (typeof TIMES)[number], Date>> = {}
  for (const column of ['reportedAt', 'occurredAt', ...TIMES] as const) {
    const text = values(column)
    if (text === '') continue
    const time = parseTime(text, timeZone, profile.timeFormat)
    if (!time) return bad('bad-time', `${column}: ${text.slice(0, 40)} is no time.`)
    if (time.getTime() > now.getTime() + DAY_MS) return bad('bad-time', `${column}: ${text.slice(0, 40)} lies in the future.`)
    times[column] = time
  }
  const { reportedAt } = times
  if (!reportedAt) return bad('no-time', 'The row does not say when it was reported.')
  // Real files hold such rows: the clock of the dispatcher, a visit that led to the report. The matter itself is sound.
  const early = TIMES.filter((column) => times[column] && times[column] < reportedAt)
  for (const column of early) delete times[column]

  const { acceptedAt = null, assignedAt = null, fedBackAt = null, closedAt = null } = times
  const due = dueAt({ severity: severity!, state, reportedAt, acceptedAt, assignedAt })
  return {
    row,
    key,
    kind,
    severity: severity!,
    state,
    source: source!,
    text: clean(values('text')),
    location,
    reportedAt,
    occurredAt: times.occurredAt ?? reportedAt,
    acceptedAt,
    assignedAt,
    fedBackAt,
    closedAt: state === 'closed' ? closedAt : null,
    dueAt: due,
    ...(early.length > 0 && { warning: `${early.join(', ')} lies before the report and is left out.` }),
  }
}
