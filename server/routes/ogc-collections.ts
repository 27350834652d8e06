/** The three collections: who may read them, what they can be filtered by, and how a page of each is read. */
import { can, type Permission, reach } from '#model/access.ts'
import type { State } from '#model/incident.ts'
import type { CollectionName, ItemsQuery } from '#contract/ogc.ts'
import { Problem } from '#contract/problem.ts'
import type { Reader } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { countCameraFeatures, listCameraFeatures } from '../store/camera-features.ts'
import type { FeatureRow } from '../store/feature-rows.ts'
import { countIncidentFeatures, listIncidentFeatures } from '../store/incident-features.ts'
import { countUnitFeatures, listUnitFeatures, type UnitFilter } from '../store/unit-features.ts'
import type { Cursor } from './ogc-cursor.ts'

export interface Page {
  rows: FeatureRow[]
  matched: number
  /** Milliseconds since 1970; see Cursor. */
  at: number
}

export interface Collection {
  title: string
  description: string
  permission: Permission
  /** Parameters beside `f`, `bbox`, `datetime`, `limit` and `cursor`. */
  filters: readonly (keyof ItemsQuery)[]
  /** Whether `datetime` selects anything. */
  isTemporal: boolean
  /** Values that `state` takes; others are refused. */
  states: readonly string[]
  /** Reads a page of `limit` features; counts only when there is no cursor yet. */
  page(db: Reader, actor: Actor, query: ItemsQuery, cursor: Cursor | null): Promise<Page>
  /** One feature, by the id that the list gives it; null when there is none that this reader may see. */
  find(db: Reader, actor: Actor, id: string): Promise<FeatureRow | null>
}

/** What the reader may see, and what he asks for. */
const prefixes = (actor: Actor, permission: Permission, unit?: string): string[] => [reach(actor, permission), unit ?? '']

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i
const UNIT_CODE = /^\d{6,17}$/

const units: Collection = {
  title: '区划 Units',
  description: 'County, towns, villages, grids and micro-grids, now, at an instant, or each as it last was within an interval',
  permission: 'unit.read',
  filters: ['unit', 'level', 'unitKind'],
  isTemporal: true,
  states: [],
  async page(db, actor, { unit, level, unitKind, bbox, datetime, limit }, cursor) {
    const now = cursor && { from: new Date(cursor.at), to: new Date(cursor.at) }
    const filter: UnitFilter = { prefixes: prefixes(actor, 'unit.read', unit), level, unitKind, bbox, during: datetime ?? now ?? undefined }
    if (cursor) return { rows: await listUnitFeatures(db, filter, cursor.key[0]!, limit), matched: cursor.matched, at: cursor.at }
    const { count, at } = await countUnitFeatures(db, filter)
    // A Date has milliseconds and the database microseconds: what began within this one has begun.
    const held = at.getTime() + 1
    const first = { ...filter, during: datetime ?? { from: new Date(held), to: new Date(held) } }
    return { rows: await listUnitFeatures(db, first, null, limit), matched: count, at: held }
  },
  async find(db, actor, id) {
    if (!UNIT_CODE.test(id)) return null
    // What a list of another time named is found, as it last was.
    const during = { from: null, to: null }
    const [row] = await listUnitFeatures(db, { prefixes: [reach(actor, 'unit.read'), id], during }, null, 1)
    return row?.id === id ? row : null
  },
}

const cameras: Collection = {
  title: '摄像头 Cameras',
  description: 'Cameras inside the reader’s jurisdiction',
  permission: 'camera.read',
  filters: ['unit', 'state', 'placement'],
  isTemporal: false,
  states: ['online', 'offline'],
  async page(db, actor, { unit, state, placement, bbox, limit }, cursor) {
    const online = state as 'online' | 'offline' | undefined
    const filter = { prefixes: prefixes(actor, 'camera.read', unit), state: online, placement, bbox }
    const matched = cursor?.matched ?? (await countCameraFeatures(db, filter))
    return { rows: await listCameraFeatures(db, filter, cursor && Number(cursor.key[0]), limit), matched, at: 0 }
  },
  async find(db, actor, code) {
    const [row] = await listCameraFeatures(db, { prefixes: prefixes(actor, 'camera.read'), code }, null, 1)
    return row ?? null
  },
}

const incidents: Collection = {
  title: '事件 Incidents',
  description: 'Incidents inside the reader’s jurisdiction, newest first; `datetime` is the time of the report',
  permission: 'incident.read',
  filters: ['unit', 'severity', 'state', 'kind', 'source', 'placement'],
  isTemporal: true,
  states: ['open', 'reported', 'accepted', 'routed', 'assigned', 'handling', 'fed_back', 'closed', 'returned', 'paused', 'cancelled'],
  async page(db, actor, { unit, state, datetime, limit, bbox, severity, kind, source, placement }, cursor) {
    const filter = {
      prefixes: prefixes(actor, 'incident.read', unit),
      state: state as State | 'open' | undefined,
      during: datetime,
      bbox,
      severity,
      kind,
      source,
      placement,
    }
    const matched = cursor?.matched ?? (await countIncidentFeatures(db, filter))
    const after = cursor && { micros: Number(cursor.key[0]), id: cursor.key[1]! }
    return { rows: await listIncidentFeatures(db, filter, after, limit, can(actor.role, 'incident.detail')), matched, at: 0 }
  },
  async find(db, actor, id) {
    if (!UUID.test(id)) return null
    const filter = { prefixes: prefixes(actor, 'incident.read'), id }
    const [row] = await listIncidentFeatures(db, filter, null, 1, can(actor.role, 'incident.detail'))
    return row ?? null
  },
}

export const COLLECTION: Record<CollectionName, Collection> = { units, cameras, incidents }

const ALWAYS: readonly (keyof ItemsQuery)[] = ['f', 'bbox', 'datetime', 'limit', 'cursor']

/** Parameters that this collection's items take. */
export const parameterNames = ({ filters }: Collection): readonly (keyof ItemsQuery)[] => [...ALWAYS, ...filters]

/** Throws `bad-request` for filters that this collection does not have. */
export function requireFitting(collection: Collection, query: ItemsQuery): void {
  const known = new Set<string>(parameterNames(collection))
  const errors = Object.keys(query)
    .filter((name) => query[name as keyof ItemsQuery] !== undefined && !known.has(name))
    .map((name) => ({ where: `query/${name}`, message: 'this collection cannot be filtered by it' }))
  if (query.state !== undefined && known.has('state') && !collection.states.includes(query.state)) {
    errors.push({ where: 'query/state', message: `one of ${collection.states.join(', ')}` })
  }
  if (errors.length > 0) throw new Problem('bad-request', errors.map(({ where, message }) => `${where}: ${message}`).join('; '), errors)
}
