/** Clusters and repeats of a window: points from the store, put together in a thread, told with their newest incidents. Reads only. */
import { type Clusters, MOST_LISTED, MOST_POINTS, type Repeats } from '#contract/analysis.ts'
import type { Bbox } from '#contract/geojson.ts'
import type { IncidentMarker } from '#contract/incident.ts'
import { Problem } from '#contract/problem.ts'
import { GRID } from '#model/crs.ts'
import type { Points } from '#model/hot-spots/points.ts'
import type { Span } from '#model/hot-spots/periods.ts'
import type { Severity } from '#model/incident.ts'
import { metresPerUnit } from '#model/measure.ts'
import type { Reader } from '../db/db.ts'
import { listMarkers, listPoints, countPoints, type PointRow, type What } from '../store/analysis.ts'
import { analyse } from './analysis-worker.ts'

interface GroupsRequest {
  what: What
  span: Span
  timeZone: string
}
export interface ClustersRequest extends GroupsRequest {
  metres: number
  hours: number
  minPts: number
  limit: number
}
export interface RepeatsRequest extends GroupsRequest {
  days: number
  metres: number
  limit: number
  after: number
  /** Only what came again since then; the window's beginning is there to look back. Default: all of the window. */
  since?: Date
}

const HOUR = 3600

/** Rows as columns in metres around their middle latitude: good to a thousandth over a county. */
function columnsOf(rows: readonly PointRow[]): Points {
  let [south, north] = [90, -90]
  for (const { lat } of rows) [south, north] = [Math.min(south, lat), Math.max(north, lat)]
  const unit = metresPerUnit((rows.length > 0 ? (south + north) / 2 : 0) * GRID)
  const kinds = new Map<string, number>()
  const numberOf = (kind: string) => kinds.get(kind) ?? kinds.set(kind, kinds.size).size - 1
  return {
    x: Float64Array.from(rows, ({ lng }) => lng * GRID * unit.x),
    y: Float64Array.from(rows, ({ lat }) => lat * GRID * unit.y),
    t: Float64Array.from(rows, ({ t }) => t),
    kind: Int32Array.from(rows, ({ kind }) => numberOf(kind)),
  }
}

const tooMany = (count: number): Problem =>
  new Problem(
    'too-large',
    `The window holds ${count} incidents; at most ${MOST_POINTS} are looked at at once: take a shorter window, a kind, or a smaller unit.`,
  )

/** The points in parts of whole kinds, none with more than `most`, for what is asked of each kind apart. Throws when one kind is too many. */
async function* pointsByKinds(db: Reader, { what, span }: GroupsRequest, most: number): AsyncGenerator<PointRow[]> {
  const parts: { kinds: string[]; count: number }[] = []
  for (const { kind, count } of await countPoints(db, what, span)) {
    if (count > most) throw tooMany(count)
    const part = parts.at(-1)
    if (part && part.count + count <= most) {
      part.kinds.push(kind)
      part.count += count
    } else parts.push({ kinds: [kind], count })
  }
  for (const { kinds } of parts) yield await listPoints(db, { ...what, kinds }, span)
}

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()

/** What is told of every group, with its newest incidents. */
async function tell(db: Reader, { span }: GroupsRequest, groups: readonly PointRow[][]) {
  const shown = groups.map((group) => group.slice(-MOST_LISTED).map(({ id }) => id))
  const markers = new Map<string, IncidentMarker>()
  for (const marker of groups.length === 0 ? [] : await listMarkers(db, shown.flat(), span)) markers.set(marker.id, marker)
  return groups.map((own, n) => {
    const { x: xs, y: ys } = columnsOf(own)
    const middle = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / own.length
    const [x, y] = [middle(xs), middle(ys)]
    const mean = (of: (row: PointRow) => number) => own.reduce((sum, row) => sum + of(row), 0) / own.length
    const box = own.reduce<Bbox>(
      ([west, south, east, north], { lng, lat }) => [Math.min(west, lng), Math.min(south, lat), Math.max(east, lng), Math.max(north, lat)],
      [180, 90, -180, -90],
    )
    const incidents = shown[n]!.map((id) => markers.get(id))
      .filter((each) => each !== undefined)
      .reverse()
    return {
      kind: own[0]!.kind,
      unitCode: incidents[0]?.unitCode ?? '',
      count: own.length,
      from: iso(own[0]!.t),
      to: iso(own.at(-1)!.t),
      center: [mean(({ lng }) => lng), mean(({ lat }) => lat)] as [number, number],
      radius: own.reduce((most, _row, i) => Math.max(most, Math.hypot(xs[i]! - x, ys[i]! - y)), 0),
      bbox: box,
      incidents,
    }
  })
}

const head = ({ what, span, timeZone }: GroupsRequest, total: number, found: number) => ({
  unitCode: what.unitCode,
  timeZone,
  window: { from: span.from.toISOString(), to: span.to.toISOString() },
  total,
  empty: total === 0 ? ('nothing-reported' as const) : found === 0 ? ('nothing-found' as const) : null,
})

/**
 * The largest clusters. They are of one kind each, so a window with more than `most` incidents is looked at by parts. Throws `too-large`
 * when one kind alone is more.
 */
export async function findClusters(db: Reader, request: ClustersRequest, most = MOST_POINTS): Promise<Clusters> {
  const { metres, hours, minPts, limit } = request
  let [total, found, clustered] = [0, 0, 0]
  let largest: PointRow[][] = []
  for await (const rows of pointsByKinds(db, request, most)) {
    const groups = await analyse('clusters', { points: columnsOf(rows), options: { metres, seconds: hours * HOUR, minPts } })
    total += rows.length
    found += groups.length
    clustered += groups.reduce((sum, group) => sum + group.length, 0)
    const own = groups.map((group) => group.map((i) => rows[i]!))
    largest = [...largest, ...own].sort((a, b) => b.length - a.length || byTime(a[0]!, b[0]!)).slice(0, limit)
  }
  const results = (await tell(db, request, largest)).map((group, n) => {
    const of = (severity: Severity) => largest[n]!.filter((row) => row.severity === severity).length
    return { ...group, bySeverity: { red: of('red'), yellow: of('yellow'), green: of('green') } }
  })
  return { ...head(request, total, found), metres, hours, minPts, found, clustered, results }
}

/**
 * One page of repeats, the most often repeated first. They are of one kind each, so a window with more than `most` incidents is looked at
 * by parts. Throws `too-large` when one kind alone is more.
 */
export async function findRepeats(db: Reader, request: RepeatsRequest, most = MOST_POINTS): Promise<Repeats> {
  const { days, metres, limit, after, since = request.span.from } = request
  const isCounted = ({ t }: PointRow) => t >= since.getTime() / 1000
  let [total, found, repeated] = [0, 0, 0]
  let first: PointRow[][] = []
  for await (const rows of pointsByKinds(db, request, most)) {
    const all = await analyse('repeats', { points: columnsOf(rows), options: { metres, seconds: days * 24 * HOUR } })
    const groups = all.map((group) => group.map((i) => rows[i]!)).filter((group) => isCounted(group.at(-1)!))
    total += rows.length
    found += groups.length
    repeated += groups.reduce((sum, group) => sum + group.slice(1).filter(isCounted).length, 0)
    // No more are kept than the page can show.
    first = [...first, ...groups].sort((a, b) => b.length - a.length || b.at(-1)!.t - a.at(-1)!.t || compare(a, b)).slice(0, after + limit)
  }
  const results = (await tell(db, request, first.slice(after))).map((group) => {
    const inOrder = group.incidents.toReversed()
    const settledBefore = inOrder.filter(
      ({ reportedAt }, n) => n > 0 && inOrder.slice(0, n).some(({ closedAt }) => closedAt !== null && closedAt <= reportedAt),
    ).length
    return { ...group, settledBefore }
  })
  return { ...head(request, total, found), days, metres, found, repeated, next: after + limit < found ? after + limit : null, results }
}

/** As the store lists them. */
const byTime = (a: PointRow, b: PointRow): number => a.t - b.t || (a.id < b.id ? -1 : 1)

/** Groups of one size that end at one instant stand in the order of their last one's id. */
const compare = (a: readonly PointRow[], b: readonly PointRow[]): number => (a.at(-1)!.id < b.at(-1)!.id ? -1 : 1)
