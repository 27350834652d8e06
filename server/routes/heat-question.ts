/** From a query of heat to what is counted: whose units, which clock, which window. What makes no sense is refused with what to do. */
import { can, type Permission } from '#model/access.ts'
import { countyOf, isWithin } from '#model/code.ts'
import { isWhole } from '#model/heat/dial.ts'
import { readDrawnPolygon } from '#model/heat/drawn-polygon.ts'
import type { HeatFilter } from '#model/heat/filter.ts'
import { clockOf } from '#model/heat/local-time.ts'
import { STATES } from '#model/incident.ts'
import { isOpen, type State } from '#model/incident.ts'
import { startOf } from '#model/time.ts'
import type { HeatFilterQuery } from '#contract/heat.ts'
import { Problem } from '#contract/problem.ts'
import type { Db } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { requireWithin } from '../middleware/jurisdiction.ts'
import { findCounty } from '../store/counties.ts'
import { findLatitude } from '../store/heat-counts.ts'
import type { Kinds } from '../store/kinds.ts'
import { createMemo } from './memo.ts'
import { unitFor } from './unit-for.ts'

/** Zone and place of a county hardly ever change. */
const COUNTY_MS = 10_000
/** Where a county has no outline yet: about the middle of the country. */
const SOME_LATITUDE = 30

export interface Ground {
  county: string
  timeZone: string
  latitude: number
}

export interface Asked {
  filter: HeatFilter
  ground: Ground
  /** Smallest number that this reader may see. */
  leastCount: number
}

export interface QuestionDeps {
  db: Db
  kinds: Kinds
  /** Code of the county a reader without a jurisdiction sees first. */
  county: string | undefined
  heatMinCount: number
}

export const wrong = (name: string, message: string): Problem =>
  new Problem('bad-request', `query/${name}: ${message}`, [{ where: `query/${name}`, message }])

/** Reads queries. Rejects with `outside-jurisdiction`, `not-found` where there is no such county, and `bad-request`. */
export function createQuestions({ db, kinds, county, heatMinCount }: QuestionDeps) {
  const grounds = createMemo<Ground>(COUNTY_MS)
  const classes = new Set(kinds.list.classes.map(({ code }) => code))

  const groundOf = (code: string): Promise<Ground> =>
    grounds.get(code, async () => {
      const found = await findCounty(db, code)
      if (!found) throw new Problem('not-found', `There is no county ${code}.`)
      return { county: code, timeZone: found.timeZone, latitude: (await findLatitude(db, code)) ?? SOME_LATITUDE }
    })

  const unitsOf = async (actor: Actor, permission: Permission, named: readonly string[] | undefined): Promise<string[]> => {
    if (!named) return [await unitFor(db, actor, permission, undefined, county)]
    for (const code of named) requireWithin(actor, permission, code)
    if (new Set(named.map(countyOf)).size > 1) throw wrong('unit', 'the units of one question lie in one county')
    // What lies within another one is there already.
    return [...new Set(named)].filter((code) => !named.some((other) => other !== code && isWithin(code, other)))
  }

  const statesOf = (named: HeatFilterQuery['state']): State[] | null =>
    named ? STATES.filter((state) => named.includes(state) || (named.includes('open') && isOpen(state))) : null

  return {
    /** `from` and `to` as they were written. */
    async read(
      actor: Actor,
      permission: Permission,
      query: HeatFilterQuery & { from?: string | undefined; to?: string | undefined },
    ): Promise<Asked> {
      const units = await unitsOf(actor, permission, query.unit)
      const ground = await groundOf(countyOf(units[0]!))
      const secondsOf = (moment: string | undefined) => {
        if (moment === undefined) return null
        const date = moment.length > 'YYYY-MM-DD'.length ? new Date(moment) : startOf(moment, ground.timeZone)
        return Math.floor(date.getTime() / 1000)
      }
      const [from, to] = [secondsOf(query.from), secondsOf(query.to)]
      if (from !== null && to !== null && from >= to) throw wrong('to', 'the window is empty: `to` must lie behind `from`')
      for (const code of query.kind ?? []) {
        if (!(code.length === 2 ? classes.has(code) : kinds.isKind(code)))
          throw wrong('kind', `${code} is no kind and no class of incident`)
      }
      const polygon = query.polygon ? readDrawnPolygon(query.polygon) : null
      if (polygon && 'reason' in polygon) throw wrong('polygon', polygon.reason)
      const filter: HeatFilter = {
        ...{ units, from, to, polygon },
        kinds: query.kind ?? null,
        severities: query.severity ?? null,
        states: statesOf(query.state),
        sources: query.source ?? null,
        box: (query.box as [number, number, number, number] | undefined) ?? null,
        dial: query.dial && !isWhole(query.dial) ? query.dial : null,
        clock: withClock(ground.timeZone, from, to),
      }
      return { filter, ground, leastCount: can(actor.role, 'incident.read') ? 1 : heatMinCount }
    },
  }
}

/** The clock of a window; of an open one, what is needed is found first: see `closeWindow`. */
const withClock = (zone: string, from: number | null, to: number | null): HeatFilter['clock'] =>
  from === null || to === null ? { starts: [-Infinity], offsets: [0] } : clockOf(zone, from, to)

/**
 * Where local time matters, an open window is closed around what there is; null when there is nothing. `extent` is asked for what
 * matches apart from the dial.
 */
export async function closeWindow(
  { filter, ground: { timeZone } }: Asked,
  extent: (filter: HeatFilter) => Promise<[number, number] | null>,
): Promise<HeatFilter | null> {
  if (filter.from !== null && filter.to !== null) return filter
  const found = await extent({ ...filter, dial: null })
  if (!found) return null
  const [from, to] = [filter.from ?? found[0], filter.to ?? found[1] + 1]
  return { ...filter, from, to, clock: clockOf(timeZone, from, to) }
}
