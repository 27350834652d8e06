/**
 * What the address says of the heat: `?heat=density&from=2026-11-08&to=2026-11-15&…`. Times are those of the county's clock, so that a
 * link reads as the screen does. What is the default is left out; what cannot be understood is as if it were not there.
 */
import type { Level } from '#model/level.ts'
import { FILTER_NAMES, filterParts, type HeatFilter, readFilter } from './heat-filter.ts'
import { type Grain, type Span } from './heat-window.ts'
import { offsetMinutes } from './zone.ts'

/** Smooth density, square cells, units, and the map itself as it stood at an instant. */
export const PICTURES = ['density', 'cells', 'units', 'replay'] as const
export type Picture = (typeof PICTURES)[number]

export const UNIT_VALUES = ['count', 'perThousand', 'perKm2', 'overdue', 'change'] as const
export type UnitValue = (typeof UNIT_VALUES)[number]
export const UNIT_LEVELS = ['town', 'village', 'grid'] as const satisfies readonly Level[]
export type UnitLevel = (typeof UNIT_LEVELS)[number]

/** A strip is the year up to now, by days, or some weeks of it by hours. */
export interface HeatAddress {
  picture: Picture
  value: UnitValue
  level: UnitLevel
  /** Severe ones count more: see WEIGHTS. */
  weighted: boolean
  filter: HeatFilter
  grain: Grain
  /** Null: the default, the last seven whole days. */
  window: Span | null
  /** Instant of the replay; null: a day ago. */
  at: number | null
}

const NAMES = ['heat', 'by', 'level', 'weight', 'from', 'to', 'at', ...FILTER_NAMES] as const

export function readAddress(query: URLSearchParams, zone: string): HeatAddress {
  const known = <T extends string>(name: string, all: readonly T[]): T => all.find((each) => each === query.get(name)) ?? all[0]!
  const [from, to] = [parseLocal(query.get('from'), zone), parseLocal(query.get('to'), zone)]
  const window = from !== null && to !== null && from !== to ? { from: Math.min(from, to), to: Math.max(from, to) } : null
  const isShort = [query.get('from'), query.get('to')].some((text) => text !== null && text.includes('T'))
  return {
    picture: known('heat', PICTURES),
    value: known('by', UNIT_VALUES),
    level: known('level', ['grid', ...UNIT_LEVELS]),
    weighted: query.get('weight') === 'severity',
    filter: readFilter(query),
    grain: window && isShort ? 'hour' : 'day',
    window,
    at: parseLocal(query.get('at'), zone),
  }
}

/** Puts the heat into the parameters of an address, or takes it out of them (null). All others are left as they are. */
export function writeAddress(query: URLSearchParams, heat: HeatAddress | null, zone: string): void {
  for (const name of NAMES) query.delete(name)
  if (!heat) return
  const set = (name: string, value: string | null) => value !== null && query.set(name, value)
  const local = (at: number) => formatLocal(at, zone, heat.grain)
  set('heat', heat.picture)
  set('by', heat.value === 'count' ? null : heat.value)
  set('level', heat.level === 'grid' ? null : heat.level)
  set('weight', heat.weighted ? 'severity' : null)
  set('from', heat.window && local(heat.window.from))
  set('to', heat.window && local(heat.window.to))
  set('at', heat.at === null ? null : formatLocal(heat.at, zone, 'hour'))
  for (const [name, value] of Object.entries(filterParts(heat.filter))) set(name, value)
}

/** `2026-11-08`, or `2026-11-08T18` with hours (`T18:30` where a zone's hours do not begin at minute 0). */
export function formatLocal(at: number, zone: string, grain: Grain): string {
  const text = new Date(at + offsetMinutes(at, zone) * 60_000).toISOString()
  if (grain === 'day') return text.slice(0, 10)
  return text.slice(14, 16) === '00' ? text.slice(0, 13) : text.slice(0, 16)
}

/** Instant of a local time as `formatLocal` writes it; null for what is none, or lies outside of 1970…2199. */
export function parseLocal(text: string | null, zone: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2})(?::(\d{2}))?)?$/.exec(text ?? '')
  if (!match) return null
  const [year, month, day, hour, minute] = match.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, number, number]
  const clock = Date.UTC(year, month - 1, day, hour, minute)
  const sound = new Date(clock).getUTCDate() === day && month >= 1 && month <= 12 && hour < 24 && minute < 60
  if (!sound || year < 1970 || year > 2199) return null
  const guess = clock - offsetMinutes(clock, zone) * 60_000
  return clock - offsetMinutes(guess, zone) * 60_000
}
