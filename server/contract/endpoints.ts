/**
 * Every endpoint of the product with its permission. Nothing is served that does not stand here.
 * Paths are Express paths. The jurisdiction is applied inside: lists are clipped to it, single things outside it answer 403 or 404.
 */
import { z } from 'zod'
import { analysisEndpoints } from './analysis-endpoints.ts'
import { appInfo } from './app.ts'
import { endpoint } from './endpoint.ts'
import { heatEndpoints } from './heat-endpoints.ts'
import { asOf } from './history.ts'
import { incident, kindList, newIncident, newTransition, openIncidents } from './incident.ts'
import * as ogc from './ogc.ts'
import { planEndpoints } from './plan-endpoints.ts'
import { summary } from './summary.ts'
import { tileJson, tileName } from './tile.ts'
import { IMPORT_NOUNS, importProfile, importQuery, importSummary } from './transfer.ts'
import { transferEndpoints } from './transfer-endpoints.ts'
import { unitCode, unitList } from './unit.ts'
import { me, newSession, newToken, newTokenAnswer, newUser, passwordChange, token, user, userChange } from './user.ts'
import { workbenchEndpoints } from './workbench-endpoints.ts'

const byId = z.object({ id: z.uuid() })
const byNumber = z.object({ id: z.coerce.number().int().positive() })
const ofUnit = z.object({ unit: unitCode.optional().describe('default: the reader’s own jurisdiction, or the configured county') })
const ofTile = z.object({ at: asOf.optional().describe('units only: as of this day or instant; default: now') })
const anything = z.record(z.string(), z.unknown())
const empty = z.undefined()

export const endpoints = {
  // The service itself
  health: endpoint({ method: 'get', path: '/healthz', permission: 'public', summary: 'The process answers', answer: anything }),
  ready: endpoint({
    method: 'get',
    path: '/readyz',
    permission: 'public',
    summary: 'Database and stream are ready',
    answer: anything,
    statuses: [200, 503],
  }),
  metrics: endpoint({ method: 'get', path: '/metrics', permission: 'metrics.read', summary: 'Prometheus metrics', answer: 'text/plain' }),
  openApi: endpoint({ method: 'get', path: '/openapi.json', permission: 'public', summary: 'This API as OpenAPI 3.1', answer: anything }),
  basemap: endpoint({
    method: 'get',
    path: '/basemap.pmtiles',
    permission: 'public',
    summary: 'The basemap file, when one is configured; takes ranges',
    answer: 'application/octet-stream',
    statuses: [200, 206],
  }),
  appInfo: endpoint({
    method: 'get',
    path: '/api/app',
    permission: 'public',
    summary: 'What a page must know before it draws',
    answer: appInfo,
  }),

  // Who is asking
  signIn: endpoint({
    method: 'post',
    path: '/api/session',
    permission: 'public',
    summary: 'Sign in, or exchange a wall link',
    body: newSession,
    answer: me,
  }),
  whoAmI: endpoint({ method: 'get', path: '/api/session', permission: 'signed-in', summary: 'Who is signed in', answer: me }),
  signOut: endpoint({ method: 'delete', path: '/api/session', permission: 'public', summary: 'Sign out', answer: empty, statuses: [204] }),
  changePassword: endpoint({
    method: 'post',
    path: '/api/session/password',
    permission: 'signed-in',
    summary: 'Change one’s own password; all other sessions of this user end',
    body: passwordChange,
    answer: empty,
    statuses: [204],
  }),
  listUsers: endpoint({
    method: 'get',
    path: '/api/users',
    permission: 'user.manage',
    summary: 'All users inside the jurisdiction',
    answer: z.object({ users: z.array(user) }),
  }),
  createUser: endpoint({
    method: 'post',
    path: '/api/users',
    permission: 'user.manage',
    summary: 'Make a user',
    body: newUser,
    answer: user,
    statuses: [201],
  }),
  changeUser: endpoint({
    method: 'patch',
    path: '/api/users/:id',
    permission: 'user.manage',
    summary: 'Change a user’s role, unit, password or switch',
    params: byNumber,
    body: userChange,
    answer: user,
  }),
  listTokens: endpoint({
    method: 'get',
    path: '/api/tokens',
    permission: 'token.manage',
    summary: 'All tokens and wall links inside the jurisdiction',
    answer: z.object({ tokens: z.array(token) }),
  }),
  createToken: endpoint({
    method: 'post',
    path: '/api/tokens',
    permission: 'token.manage',
    summary: 'Make a token or a wall link; it is shown once',
    body: newToken,
    answer: newTokenAnswer,
    statuses: [201],
  }),
  revokeToken: endpoint({
    method: 'delete',
    path: '/api/tokens/:id',
    permission: 'token.manage',
    summary: 'Revoke a token or a wall link, and the sessions made from it',
    params: byNumber,
    answer: empty,
    statuses: [204],
  }),

  // The map's own reads
  kinds: endpoint({
    method: 'get',
    path: '/api/kinds',
    permission: 'kind.read',
    summary: 'Classes and kinds of incident',
    answer: kindList,
  }),
  units: endpoint({
    method: 'get',
    path: '/api/units',
    permission: 'unit.read',
    summary: 'All units of a county, now or as of a date, without polygons',
    query: ofUnit.extend({ at: asOf.optional() }),
    answer: unitList,
  }),
  summary: endpoint({
    method: 'get',
    path: '/api/summary',
    permission: 'summary.read',
    summary: 'The figures of one unit, now or as they stood at a date; cameras are those of now',
    query: ofUnit.extend({ at: asOf.optional() }),
    answer: summary,
  }),
  openIncidents: endpoint({
    method: 'get',
    path: '/api/incidents/open',
    permission: 'incident.read',
    summary: 'All open incidents and the newest closed ones’ stream position',
    query: ofUnit,
    answer: openIncidents,
  }),
  incident: endpoint({
    method: 'get',
    path: '/api/incidents/:id',
    permission: 'incident.read',
    summary: 'One incident with its timeline',
    params: byId,
    answer: incident,
  }),
  stream: endpoint({
    method: 'get',
    path: '/api/stream',
    permission: 'stream.read',
    summary: 'Live changes (SSE), resumed by Last-Event-ID',
    query: z.object({ lastEventId: z.coerce.number().int().nonnegative().optional() }),
    answer: 'text/event-stream',
  }),

  // The trade's verbs
  fileIncident: endpoint({
    method: 'post',
    path: '/api/incidents',
    permission: 'incident.report',
    summary: 'File a report; a repeat of the same id answers 200',
    body: newIncident,
    answer: incident,
    statuses: [201, 200],
  }),
  moveIncident: endpoint({
    method: 'post',
    path: '/api/incidents/:id/transitions',
    permission: 'incident.read',
    summary: 'Move an incident on; the transition’s own permission is checked too',
    params: byId,
    body: newTransition,
    answer: incident,
  }),
  importFile: endpoint({
    method: 'post',
    path: '/api/import/:noun',
    permission: 'signed-in',
    summary: 'Import units, incidents, cameras, buildings or lines; the noun’s import permission is checked',
    params: z.object({ noun: z.enum(IMPORT_NOUNS) }),
    query: importQuery,
    body: 'raw',
    answer: importSummary,
  }),
  keepImportProfile: endpoint({
    method: 'post',
    path: '/api/import/:noun/profiles/:name',
    permission: 'signed-in',
    summary: 'Keep an import profile for the next file; the noun’s import permission is checked',
    params: z.object({ noun: z.enum(IMPORT_NOUNS), name: z.string().min(1).max(100) }),
    body: importProfile,
    answer: empty,
    statuses: [204],
  }),

  // Boundary plans
  ...planEndpoints,
  ...heatEndpoints,
  ...analysisEndpoints,
  ...transferEndpoints,

  // What the workbench reads
  ...workbenchEndpoints,

  // OGC API – Features
  ogcLanding: endpoint({ method: 'get', path: '/ogc', permission: 'public', summary: 'Landing page', answer: ogc.landing }),
  ogcConformance: endpoint({
    method: 'get',
    path: '/ogc/conformance',
    permission: 'public',
    summary: 'Conformance classes',
    answer: ogc.conformance,
  }),
  ogcApi: endpoint({
    method: 'get',
    path: '/ogc/api',
    permission: 'public',
    summary: 'The OGC part as OpenAPI 3.0',
    answer: anything,
    mediaType: 'application/vnd.oai.openapi+json;version=3.0',
  }),
  ogcCollections: endpoint({
    method: 'get',
    path: '/ogc/collections',
    permission: 'signed-in',
    summary: 'The collections one may read',
    answer: ogc.collections,
  }),
  ogcCollection: endpoint({
    method: 'get',
    path: '/ogc/collections/:collection',
    permission: 'signed-in',
    summary: 'One collection',
    params: ogc.collectionParams,
    answer: ogc.collection,
  }),
  ogcItems: endpoint({
    method: 'get',
    path: '/ogc/collections/:collection/items',
    permission: 'signed-in',
    summary: 'Features, filtered and in pages',
    params: ogc.collectionParams,
    query: ogc.itemsQuery,
    answer: ogc.items,
    mediaType: 'application/geo+json',
  }),
  ogcItem: endpoint({
    method: 'get',
    path: '/ogc/collections/:collection/items/:featureId',
    permission: 'signed-in',
    summary: 'One feature',
    params: ogc.itemParams,
    answer: ogc.item,
    mediaType: 'application/geo+json',
  }),

  // Vector tiles
  tileJson: endpoint({
    method: 'get',
    path: '/tiles/:name.json',
    permission: 'signed-in',
    summary: 'TileJSON 3.0',
    params: z.object({ name: tileName }),
    query: ofTile,
    answer: tileJson,
  }),
  tile: endpoint({
    method: 'get',
    path: '/tiles/:name/:z/:x/:y.mvt',
    permission: 'signed-in',
    summary: 'A Mapbox vector tile',
    params: z.object({ name: tileName, z: z.coerce.number(), x: z.coerce.number(), y: z.coerce.number() }),
    query: ofTile,
    answer: 'application/vnd.mapbox-vector-tile',
    statuses: [200, 204],
  }),
} as const
