/** How incidents stood at an instant, and what changed after it, read off their steps. */
import { dueAt } from '../deadline.ts'
import { isOpen, type Severity, type State } from '../incident.ts'

export interface ReplayedIncident {
  id: string
  severity: Severity
  reportedAt: Date
  /** Where no step tells: an import. */
  acceptedAt: Date | null
  assignedAt: Date | null
}

export interface ReplayedStep {
  incidentId: string
  at: Date
  transition: string
  toState: State
}

/** An incident as it stood: `version` counts the steps it had taken. */
export interface Standing {
  id: string
  state: State
  dueAt: Date | null
  closedAt: Date | null
  supervisions: number
  version: number
}

export interface Replayed {
  /** What was open at the instant. */
  open: Standing[]
  /** What changed after it, oldest first. */
  changes: { at: Date; standing: Standing }[]
}

interface Track extends Standing {
  severity: Severity
  reportedAt: Date
  acceptedAt: Date | null
  assignedAt: Date | null
}

const before = (date: Date | null, at: Date): Date | null => (date !== null && date <= at ? date : null)

/** @param steps of these incidents, in the order in which they were taken; those after `at` are the changes */
export function replay(incidents: readonly ReplayedIncident[], steps: readonly ReplayedStep[], at: Date): Replayed {
  const tracks = new Map<string, Track>()
  const start = ({ id, severity, reportedAt, acceptedAt, assignedAt }: ReplayedIncident, until: Date): Track => ({
    ...{ id, severity, reportedAt, acceptedAt: before(acceptedAt, until), assignedAt: before(assignedAt, until) },
    ...{ state: 'reported', dueAt: null, closedAt: null, supervisions: 0, version: 0 },
  })
  const known = new Map(incidents.map((incident) => [incident.id, incident]))
  for (const incident of incidents) if (incident.reportedAt <= at) tracks.set(incident.id, start(incident, at))
  const changes: Replayed['changes'] = []
  let open: Standing[] | null = null
  for (const step of [...steps].sort((a, b) => a.at.getTime() - b.at.getTime())) {
    if (step.at > at) open ??= standing(tracks)
    const incident = known.get(step.incidentId)
    if (!incident) continue
    let track = tracks.get(step.incidentId)
    if (!track) tracks.set(step.incidentId, (track = start(incident, step.at)))
    take(track, step)
    if (step.at > at) changes.push({ at: step.at, standing: look(track) })
  }
  return { open: open ?? standing(tracks), changes }
}

function take(track: Track, { at, transition, toState }: ReplayedStep): void {
  track.version++
  track.state = toState
  if (transition === 'supervise') track.supervisions++
  if (transition === 'accept') track.acceptedAt ??= at
  if (transition === 'assign') track.assignedAt = at
  // Coming back starts the clock of its step anew.
  if (transition === 'return' || transition === 'resume') track.acceptedAt = track.assignedAt = at
  track.closedAt = isOpen(toState) ? null : at
}

const look = (track: Track): Standing => {
  const { id, state, closedAt, supervisions, version } = track
  return { id, state, closedAt, supervisions, version, dueAt: dueAt(track) }
}
const standing = (tracks: ReadonlyMap<string, Track>): Standing[] => [...tracks.values()].filter(({ state }) => isOpen(state)).map(look)
