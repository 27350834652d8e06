/** Incidents of the trade: filing, moving on, the open ones, one whole. */
import { Router } from 'express'
import { can, reach } from '#model/access.ts'
import { isWithin } from '#model/code.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { Incident, OpenIncidents } from '#contract/incident.ts'
import { Problem } from '#contract/problem.ts'
import { createFiling, fileIncident } from '../commands/file-incident.ts'
import { moveIncident, transitionsFor } from '../commands/move-incident.ts'
import type { Db } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { findIncident, type IncidentRow, listOpenIncidents, listTimeline, markerOf } from '../store/incident-reads.ts'
import type { Kinds } from '../store/kinds.ts'
import { getStreamPosition } from '../store/outbox.ts'
import { listCamerasNear } from '../store/places.ts'
import { createMemo } from './memo.ts'
import { serve } from './serve.ts'
import { unitFor } from './unit-for.ts'

const NEAR = { metres: 1000, limit: 3 }
/** Screens that come back together share one answer; what it lacks they get from the stream, from its `pos` on. */
const SHARED_MS = 1000

export interface IncidentDeps {
  db: Db
  kinds: Kinds
  /** Code of the county a reader without a jurisdiction sees first. */
  county: string | undefined
  now?: () => Date
}

export function incidentRoutes({ db, kinds, county, now = () => new Date() }: IncidentDeps): Router {
  const router = Router()
  const filing = createFiling({ db, isKind: kinds.isKind, now })
  const open = createMemo<Buffer>(SHARED_MS)

  serve(router, endpoints.fileIncident, async ({ actor, body }) => {
    const { incident, created } = await fileIncident(filing, actor, body)
    const at = incident.reportedAt.toISOString()
    const filed = { at, transition: 'report', fromState: null, toState: 'reported', actor: actor.displayName, note: null } as const
    const answer = await whole(db, actor, incident, created ? [filed] : await listTimeline(db, incident.id))
    return { status: created ? 201 : 200, body: answer }
  })

  serve(router, endpoints.moveIncident, async ({ actor, params, body }) => {
    const moved = await moveIncident({ db, now }, actor, params.id, body.transition, body.note)
    return { body: await whole(db, actor, moved, await listTimeline(db, moved.id)) }
  })

  serve(router, endpoints.openIncidents, async ({ actor, query }) => {
    const unitCode = await unitFor(db, actor, 'incident.read', query.unit, county)
    const body = await open.get(unitCode, async () => {
      // The position comes first: what is counted after it may come twice, and never not at all.
      const pos = await getStreamPosition(db)
      const incidents = await listOpenIncidents(db, unitCode)
      return Buffer.from(JSON.stringify({ pos, now: now().toISOString(), incidents } satisfies OpenIncidents))
    })
    return { body, headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' } }
  })

  serve(router, endpoints.incident, async ({ actor, params }) => {
    const incident = await findIncident(db, params.id)
    if (!incident || !isWithin(incident.unitCode, reach(actor, 'incident.read'))) {
      throw new Problem('not-found', `There is no incident ${params.id}.`)
    }
    return { body: await whole(db, actor, incident, await listTimeline(db, incident.id)), headers: { 'Cache-Control': 'no-store' } }
  })

  return router
}

/** One incident as this actor may see it. */
async function whole(db: Db, actor: Actor, row: IncidentRow, timeline: Incident['timeline']): Promise<Incident> {
  const detail = can(actor.role, 'incident.detail')
  const marker = markerOf(row)
  const { location } = marker
  const nearbyCameras =
    location && can(actor.role, 'camera.read')
      ? await listCamerasNear(db, location, { ...NEAR, jurisdiction: reach(actor, 'camera.read') })
      : []
  return {
    ...marker,
    countyCode: row.countyCode,
    occurredAt: row.occurredAt.toISOString(),
    text: detail ? row.text : '',
    acceptedAt: row.acceptedAt?.toISOString() ?? null,
    assignedAt: row.assignedAt?.toISOString() ?? null,
    fedBackAt: row.fedBackAt?.toISOString() ?? null,
    updatedAt: row.updatedAt.toISOString(),
    timeline: detail ? timeline : timeline.map((step) => ({ ...step, actor: '', note: null })),
    transitions: transitionsFor(actor, row),
    nearbyCameras,
  }
}
