/** Endpoints of heat: cubes, counts, what lies behind a cell, replay, and the index's own check. */
import { endpoint } from './endpoint.ts'
import {
  aggregates,
  aggregatesQuery,
  CUBE_TYPE,
  cubeQuery,
  heatCheck,
  heatIncidents,
  heatIncidentsQuery,
  replay,
  replayQuery,
} from './heat.ts'

export const heatEndpoints = {
  heatCube: endpoint({
    method: 'get',
    path: '/api/heat/cube',
    permission: 'summary.read',
    summary: 'Incidents by cell and step of time, as bytes: docs/heat.md has the layout',
    query: cubeQuery,
    answer: CUBE_TYPE,
    statuses: [200, 304],
  }),
  aggregates: endpoint({
    method: 'get',
    path: '/api/aggregates',
    permission: 'summary.read',
    summary: 'Incidents counted by unit, kind, severity, state, source and time',
    query: aggregatesQuery,
    answer: aggregates,
  }),
  heatIncidents: endpoint({
    method: 'get',
    path: '/api/heat/incidents',
    permission: 'incident.read',
    summary: 'The incidents behind a cell, a polygon, a unit or a window, page by page, newest first',
    query: heatIncidentsQuery,
    answer: heatIncidents,
  }),
  heatReplay: endpoint({
    method: 'get',
    path: '/api/heat/replay',
    permission: 'incident.read',
    summary: 'What was open at an instant, as it stood then, and what changed after it',
    query: replayQuery,
    answer: replay,
  }),
  heatCheck: endpoint({
    method: 'get',
    path: '/api/heat/check',
    permission: 'metrics.read',
    summary: 'Compares the heat index with the database',
    answer: heatCheck,
  }),
} as const
