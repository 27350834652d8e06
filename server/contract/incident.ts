/** Incidents on the wire: what a client files, what a marker needs, and one incident whole. Instants are ISO 8601, UTC. */
import { z } from 'zod'
import { PLACEMENTS, PLATFORMS, SEVERITIES, SOURCES, STATES } from '#model/incident.ts'
import { TRANSITIONS } from '#model/workflow.ts'
import { position } from './geojson.ts'
import { unitCode } from './unit.ts'

export const severity = z.enum(SEVERITIES)
export const state = z.enum(STATES)
export const source = z.enum(SOURCES)
export const placement = z.enum(PLACEMENTS)
export const transition = z.enum(TRANSITIONS)
export const platform = z.enum(PLATFORMS)
export const instant = z.iso.datetime({ offset: true })

/** Four digits: class (01–13), then kind within the class. */
export const kindCode = z.string().regex(/^\d{4}$/, 'a kind has four digits')

export const kindList = z.object({
  classes: z.array(
    z.object({
      code: z.string().regex(/^\d{2}$/),
      name: z.string(),
      nameEn: z.string(),
      platform,
      kinds: z.array(z.object({ code: kindCode, name: z.string(), nameEn: z.string() })),
    }),
  ),
})
export type KindList = z.infer<typeof kindList>

/** A report as it is filed. `id` is the client's own UUID: a repeat with the same id is the same incident. */
export const newIncident = z.strictObject({
  id: z.uuid(),
  kind: kindCode,
  severity,
  text: z.string().max(2000).default(''),
  location: position,
  occurredAt: instant,
  source: source.exclude(['import']).default('grid_worker'),
})
export type NewIncident = z.infer<typeof newIncident>

/** What a marker needs, and nothing personal: the same on the stream and in the list of open incidents. */
export const incidentMarker = z.object({
  id: z.uuid(),
  location: position.nullable(),
  unitCode,
  placement,
  kind: kindCode,
  severity,
  state,
  source,
  reportedAt: instant,
  dueAt: instant.nullable(),
  closedAt: instant.nullable(),
  supervisions: z.number().int(),
  version: z.number().int(),
})
export type IncidentMarker = z.infer<typeof incidentMarker>

/** All open incidents of an area, and the stream position from which to go on. */
export const openIncidents = z.object({ pos: z.number().int(), now: instant, incidents: z.array(incidentMarker) })
export type OpenIncidents = z.infer<typeof openIncidents>

export const timelineStep = z.object({
  at: instant,
  transition: z.string(),
  fromState: state.nullable(),
  toState: state,
  actor: z.string(),
  note: z.string().nullable(),
})

export const nearbyCamera = z.object({
  code: z.string(),
  name: z.string(),
  state: z.enum(['online', 'offline']),
  location: position,
  distanceM: z.number(),
})

/** One incident whole. `text`, actors and notes are empty for a reader without `incident.detail` (the wall). */
export const incident = incidentMarker.extend({
  countyCode: unitCode,
  occurredAt: instant,
  text: z.string(),
  acceptedAt: instant.nullable(),
  assignedAt: instant.nullable(),
  fedBackAt: instant.nullable(),
  updatedAt: instant,
  timeline: z.array(timelineStep),
  transitions: z.array(transition).describe('What may be done next, by the reader'),
  nearbyCameras: z.array(nearbyCamera),
})
export type Incident = z.infer<typeof incident>

export const newTransition = z.strictObject({ transition, note: z.string().max(2000).optional() })
