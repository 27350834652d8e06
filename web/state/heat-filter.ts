/** Which incidents count: nothing chosen in a line means all of it. What is chosen stands in a fixed order, so that equal filters are equal texts. */
import type { Position } from '#contract/geojson.ts'
import { type Dial, dialText, EVERY_HOUR, isWhole, readDial } from '#model/heat/dial.ts'
import { SEVERITIES, type Severity, SOURCES, type Source, STATES, type State } from '#model/incident.ts'

export const STATE_CHOICES = ['open', ...STATES] as const
export type StateChoice = State | 'open'

export interface HeatFilter {
  /** Two digits: a class; four: a kind. */
  kinds: readonly string[]
  severities: readonly Severity[]
  /** `open`: all but closed and cancelled. */
  states: readonly StateChoice[]
  sources: readonly Source[]
  /** Corners of a drawn polygon, not closed; empty: none. */
  area: readonly Position[]
  dial: Dial
}

export const EVERYTHING: HeatFilter = { kinds: [], severities: [], states: [], sources: [], area: [], dial: EVERY_HOUR }

/** Corners of the drawn polygon: more would not fit in an address. */
export const CORNERS_AT_MOST = 40
const DIGITS = 5

export const FILTER_NAMES = ['kind', 'severity', 'state', 'source', 'area', 'dial'] as const

/** What the address says of a filter: each parameter, or null when it is left out. */
export function filterParts(filter: HeatFilter): Record<(typeof FILTER_NAMES)[number], string | null> {
  const list = (values: readonly string[]) => (values.length > 0 ? values.join(',') : null)
  return {
    kind: list(filter.kinds),
    severity: list(filter.severities),
    state: list(filter.states),
    source: list(filter.sources),
    area: areaText(filter.area),
    dial: isWhole(filter.dial) ? null : dialText(filter.dial),
  }
}

/** Reads the same back; whatever is not known is left out, and a filter of unknown values only filters nothing. */
export function readFilter(query: URLSearchParams): HeatFilter {
  const list = (name: string) => (query.get(name) ?? '').split(',').filter(Boolean)
  const known = <T extends string>(name: string, all: readonly T[]) => all.filter((each) => list(name).includes(each))
  return {
    kinds: [...new Set(list('kind').filter((code) => /^\d{2}(\d{2})?$/.test(code)))].sort(),
    severities: known('severity', SEVERITIES),
    states: known('state', STATE_CHOICES),
    sources: known('source', SOURCES),
    area: readArea(query.get('area')),
    dial: readDial(query.get('dial') ?? '') ?? EVERY_HOUR,
  }
}

/** The filter as the server's reads take it. */
export function queryOf(filter: HeatFilter, unit: string) {
  const list = (values: readonly string[]) => (values.length > 0 ? values.join(',') : undefined)
  return {
    unit,
    kind: list(filter.kinds),
    severity: list(filter.severities),
    state: list(filter.states),
    source: list(filter.sources),
    polygon: filter.area.length >= 3 ? filter.area.flat().join(',') : undefined,
    dial: isWhole(filter.dial) ? undefined : dialText(filter.dial),
  }
}
export type FilterQuery = ReturnType<typeof queryOf>

/** With a value more, or one less when it was there; in the order of `all`, where that is given. */
export function toggled<T extends string>(chosen: readonly T[], value: T, all?: readonly T[]): T[] {
  const next = chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value]
  return all ? all.filter((each) => next.includes(each)) : next.sort()
}

/** `lng,lat;lng,lat;…` with five decimals, a metre. */
export const areaText = (area: readonly Position[]): string | null =>
  area.length < 3 ? null : area.map((corner) => corner.map((n) => Number(n.toFixed(DIGITS))).join(',')).join(';')

function readArea(text: string | null): Position[] {
  const corners = (text ?? '').split(';').map((corner) => corner.split(',').map(Number))
  const sound = corners.every(([lng, lat]) => Math.abs(lng!) <= 180 && Math.abs(lat!) <= 90) && corners.every(({ length }) => length === 2)
  return sound && corners.length >= 3 && corners.length <= CORNERS_AT_MOST && !crossesItself(corners as Position[])
    ? (corners as Position[])
    : []
}

/** True when two edges of the ring meet that are not neighbours. Corners [lng, lat], not closed. */
export function crossesItself(ring: readonly Position[]): boolean {
  const edges = ring.map((corner, n) => [corner, ring[(n + 1) % ring.length]!] as const)
  return edges.some(([a, b], n) => edges.some(([c, d], m) => m > n + 1 && !(n === 0 && m === edges.length - 1) && doCross(a, b, c, d)))
}

const side = (a: Position, b: Position, p: Position): number => Math.sign((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]))
const doCross = (a: Position, b: Position, c: Position, d: Position): boolean =>
  side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b)
