/** Heat: cubes, counts, the incidents behind them, replay. */
import { createHash } from 'node:crypto'
import { Router } from 'express'
import type { Dimension } from '#model/heat/groups.ts'
import { isTime, sortGroups, valueAbove } from '#model/heat/groups.ts'
import type { CubeStep } from '#model/heat/cube.ts'
import type { HeatFilter } from '#model/heat/filter.ts'
import { type Bin, binLabel, boundsOf } from '#model/heat/local-time.ts'
import { replay } from '#model/heat/replay.ts'
import { type Group, mergeSmallGroups } from '#model/heat/small-numbers.ts'
import { endpoints } from '#contract/endpoints.ts'
import {
  type Aggregates,
  type AggregatesQuery,
  CUBE_TYPE,
  type GroupKey,
  type Grouping,
  type HeatIncidents,
  MOST_CUBE_BYTES,
  MOST_GROUPS,
  MOST_REPLAY_MS,
  MOST_REPLAYED,
  MOST_STEPS,
  type Replay,
  SOURCE_HEADER,
} from '#contract/heat.ts'
import { Problem } from '#contract/problem.ts'
import type { Heat } from '../heat/heat.ts'
import { sendPacked } from '../middleware/packed.ts'
import { listFiltered, listReplayed, listReplayedSteps } from '../store/heat-incidents.ts'
import type { CountOptions } from '../store/heat-counts.ts'
import { instantOf } from './as-of.ts'
import { type Asked, closeWindow, createQuestions, type QuestionDeps, wrong } from './heat-question.ts'
import { createPackedMemo } from './packed-memo.ts'
import { serve } from './serve.ts'
import { unitFor } from './unit-for.ts'

const DAY_S = 86_400
/** Cubes that were sent, in all encodings. */
const KEPT_BYTES = 32 * 1024 * 1024
/** An incident hardly ever takes more steps. */
const STEPS_EACH = 20

export interface HeatRouteDeps extends QuestionDeps {
  heat: Heat
  now?: () => Date
}

export function heatRoutes({ heat, now = () => new Date(), ...deps }: HeatRouteDeps): Router {
  const router = Router()
  const { db, county } = deps
  const questions = createQuestions(deps)
  const packed = createPackedMemo(KEPT_BYTES)

  serve(router, endpoints.heatCube, async ({ actor, query, req, res }) => {
    const { filter, ground, leastCount } = await questions.read(actor, 'summary.read', query)
    const step = query.step ?? stepFor(filter)
    const bounds = binsOf(filter, step, 'step')
    const question = {
      ...{ step, bounds, leastCount, latitude: ground.latitude, metres: query.cell ?? null, mostBytes: MOST_CUBE_BYTES },
      weighted: query.weight === 'severity',
    }
    const { answer, source } = await heat.cube(filter, question)
    if (answer.bytes === null) {
      const way = answer.fits === null ? 'a shorter window or a coarser step' : `cell=${answer.fits}, a coarser step or a shorter window`
      throw new Problem('too-large', `This cube would have ${answer.size} bytes, more than ${MOST_CUBE_BYTES}. Take ${way}.`)
    }
    const bytes = Buffer.from(answer.bytes.buffer)
    const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 27)
    res.set({ ETag: `"${hash}"`, 'Cache-Control': 'private, no-cache', [SOURCE_HEADER]: source })
    if (req.fresh) return { status: 304 }
    res.type(CUBE_TYPE)
    await sendPacked(req, res, await packed.get(hash, () => Promise.resolve(bytes)))
  })

  serve(router, endpoints.aggregates, async ({ actor, query }) => {
    const asked = await questions.read(actor, 'summary.read', query)
    const options = optionsOf(query, asked, actor.unitCode, now())
    const by = query.by ?? []
    const filter = by.some(needsClock) || asked.filter.dial ? await closeWindow(asked, (open) => heat.extent(open, options)) : asked.filter
    const dimensions = filter ? by.map((each) => dimensionOf(each, filter, query)) : []
    const found = filter ? await heat.groups(filter, dimensions, options) : { answer: [], source: 'database' as const }
    if (found.answer.length > MOST_GROUPS) {
      throw new Problem('too-large', `There are ${found.answer.length} groups, more than ${MOST_GROUPS}. Count fewer things apart.`)
    }
    const body = compose(asked, options, found.answer, by, dimensions, filter)
    return { body, headers: { 'Cache-Control': 'private, no-cache', [SOURCE_HEADER]: found.source } }
  })

  serve(router, endpoints.heatIncidents, async ({ actor, query }) => {
    const asked = await questions.read(actor, 'incident.read', query)
    const filter = asked.filter.dial ? await closeWindow(asked, (open) => heat.extent(open)) : asked.filter
    const [micros, id] = query.after?.split('_') ?? []
    const after = id === undefined ? null : { micros: Number(micros), id }
    const rows = filter ? await listFiltered(db.reader, filter, after, query.limit + 1) : []
    const page = rows.slice(0, query.limit)
    const last = rows.length > query.limit ? page.at(-1)!.key : null
    const next = last && `${last.micros}_${last.id}`
    const body: HeatIncidents = { incidents: page.map(({ incident }) => incident), next }
    return { body, headers: { 'Cache-Control': 'no-store' } }
  })

  serve(router, endpoints.heatReplay, async ({ actor, query }) => {
    const unitCode = await unitFor(db, actor, 'incident.read', query.unit, county)
    const at = new Date(query.at)
    const until = query.until === undefined ? at : new Date(query.until)
    if (at > now()) throw wrong('at', 'lies in the future')
    if (until < at) throw wrong('until', 'must not lie before `at`')
    if (until.getTime() - at.getTime() > MOST_REPLAY_MS)
      throw wrong('until', `lies more than ${MOST_REPLAY_MS / (DAY_S * 1000)} days after \`at\``)
    const rows = await listReplayed(db.reader, unitCode, at, until, MOST_REPLAYED + 1)
    const steps = await listReplayedSteps(db.reader, unitCode, at, until, STEPS_EACH * MOST_REPLAYED + 1)
    if (rows.length > MOST_REPLAYED || steps.length > STEPS_EACH * MOST_REPLAYED) {
      throw new Problem('too-large', `More than ${MOST_REPLAYED} incidents were open. Replay a shorter time or a smaller unit.`)
    }
    const markers = new Map(rows.map(({ marker }) => [marker.id, marker]))
    const stood = replay(rows.map(({ marker: { id, severity }, ...times }) => ({ id, severity, ...times })), steps, at) // prettier-ignore
    const show = ({ id, dueAt, closedAt, ...then }: (typeof stood.open)[number]) => ({
      ...markers.get(id)!,
      ...then,
      dueAt: dueAt?.toISOString() ?? null,
      closedAt: closedAt?.toISOString() ?? null,
    })
    const body: Replay = {
      at: at.toISOString(),
      until: query.until === undefined ? null : until.toISOString(),
      incidents: stood.open.map(show),
      changes: stood.changes.map(({ at: when, standing }) => ({ at: when.toISOString(), incident: show(standing) })),
    }
    return { body, headers: { 'Cache-Control': 'private, no-cache' } }
  })

  serve(router, endpoints.heatCheck, async () => ({ body: await heat.check(), headers: { 'Cache-Control': 'no-store' } }))

  return router
}

/** The step that a window is fit for when nobody says. */
function stepFor({ from, to }: HeatFilter): CubeStep {
  const days = (to! - from!) / DAY_S
  return days <= 31 ? 'hour' : days <= 3 * 366 ? 'day' : 'week'
}

const BINS: readonly string[] = ['hour', 'day', 'week', 'month'] satisfies Bin[]
const isBin = (grouping: Grouping): grouping is Bin => BINS.includes(grouping)
const needsClock = (grouping: Grouping): boolean => isBin(grouping) || grouping === 'weekday' || grouping === 'hourOfDay'

function binsOf({ from, to, clock }: HeatFilter, bin: Bin, name: string): Float64Array {
  const bounds = boundsOf(bin, from!, to!, clock, MOST_STEPS)
  if (bounds) return bounds
  const coarser = BINS.slice(BINS.indexOf(bin) + 1)
  throw wrong(name, `more than ${MOST_STEPS} of ${bin}: take ${coarser.length > 0 ? `${coarser.join(' or ')}, or ` : ''}a shorter window`)
}

function dimensionOf(by: Grouping, filter: HeatFilter, { level }: AggregatesQuery): Dimension {
  if (by === 'unit') return { by, level }
  return isBin(by) ? { by: 'bin', bounds: binsOf(filter, by, 'by') } : { by }
}

function optionsOf(query: AggregatesQuery, { ground }: Asked, jurisdiction: string, now: Date): CountOptions {
  if (query.boundaries === 'asOf' && query.asOf === undefined) throw wrong('boundaries', 'say `asOf` too')
  if (query.overdue && query.asOf !== undefined) throw wrong('overdue', 'deadlines of another time are not kept: leave `asOf` out')
  const at = query.asOf === undefined ? null : new Date(instantOf(query.asOf, ground.timeZone))
  return { then: at && { at, boundaries: query.boundaries, jurisdiction }, overdueAt: query.overdue ? now : null }
}

function compose(
  { filter: { units, from, to }, ground: { timeZone }, leastCount }: Asked,
  { then }: CountOptions,
  counted: readonly Group[],
  by: readonly Grouping[],
  dimensions: readonly Dimension[],
  filter: HeatFilter | null,
): Aggregates {
  const above = (place: number, value: string | number) => valueAbove(dimensions[place]!, value)
  const isTimeAt = (place: number) => isTime(dimensions[place]!)
  const { groups, withheld } =
    leastCount > 1 ? mergeSmallGroups(counted, leastCount, above, isTimeAt) : { groups: [...counted], withheld: false }
  const label = (place: number, value: string | number | null) => {
    const dimension = dimensions[place]!
    return dimension.by === 'bin' && value !== null ? binLabel(by[place] as Bin, dimension.bounds[Number(value)]!, filter!.clock) : value
  }
  const iso = (seconds: number | null) => (seconds === null ? null : new Date(seconds * 1000).toISOString())
  return {
    ...{ unitCodes: [...units], timeZone, from: iso(from), to: iso(to), asOf: then?.at.toISOString() ?? null },
    total: groups.reduce((sum, { count }) => sum + count, 0),
    groups: sortGroups(groups)
      .filter(({ count }) => count > 0)
      .map(({ key, count, merged }) => ({
        key: Object.fromEntries(by.map((name, place) => [name, label(place, key[place]!)])) as GroupKey,
        count,
        ...(merged && { merged }),
      })),
    ...(leastCount > 1 && { leastCount }),
    ...(withheld && { withheld }),
  }
}
