/**
 * What the heat is drawn and counted from, fetched for one filter and range and then asked for nothing while the window moves. The parts
 * are swapped together, so that picture and numbers never speak of different filters; a part whose question has not changed is kept.
 */
import { endpoints } from '#contract/endpoints.ts'
import type { Aggregates } from '#contract/heat.ts'
import { decodeCube } from '#model/heat/cube.ts'
import type { CellSize } from '#model/heat/lattice.ts'
import { createSums, type CubeSums } from '#model/heat/window.ts'
import { ApiProblem, call, callForBytes } from '../api/client.ts'
import type { UnitLevel } from './heat-address.ts'
import type { FilterQuery } from './heat-filter.ts'
import { isMerged, Series, WeekHours } from './heat-series.ts'
import { type Grain, lengthOf, type Span, stepFrom, yearBefore } from './heat-window.ts'

export interface HeatRequest {
  query: FilterQuery
  range: Span
  grain: Grain
  zone: string
  cell: CellSize
  weighted: boolean
  /** Counts by unit of this level too. */
  level: UnitLevel | null
  /** And of those, what is open and late now. */
  overdue: boolean
}

export interface HeatSet {
  request: HeatRequest
  sums: CubeSums
  series: Series
  week: WeekHours
  /** All classes together, 52 weeks earlier. */
  yearAgo: Series
  /** By unit; null where that was not asked for, is too much for one answer, or has days that are withheld. */
  units: Series | null
  overdue: Series | null
  /** Small numbers were merged upward or left out. */
  isMerged: boolean
  leastCount: number | null
}

const SIZES: readonly CellSize[] = [50, 100, 200, 400, 800, 1600, 3200, 6400]
const isTooLarge = (error: unknown): boolean => error instanceof ApiProblem && error.code === 'too-large'

const iso = (at: number): string => new Date(at).toISOString()

interface Part {
  value: Promise<unknown>
  running: AbortController
}

export class HeatData {
  set = $state.raw<HeatSet | null>(null)
  /** What the map draws: the set's cube; before there is any set, a cube that came ahead of the numbers beside it. */
  drawn = $state.raw<Pick<HeatSet, 'request' | 'sums'> | null>(null)
  loading = $state(false)
  error = $state.raw<Error | null>(null)

  private parts = new Map<string, Part>()
  private asked: HeatRequest | null = null

  /** Loads what the request needs and is not there. The last request wins; a failure stands in `error` until one succeeds. */
  async load(request: HeatRequest): Promise<void> {
    this.asked = request
    this.loading = true
    const [set, error] = await this.gather(request).then(
      (value) => [value, null] as const,
      (reason: Error) => [null, reason] as const,
    )
    if (this.asked !== request) return
    if (set) this.set = this.drawn = set
    this.error = error
    this.loading = false
  }

  retry(): void {
    if (this.asked) void this.load({ ...this.asked })
  }

  /** Nothing is waited for any more. */
  stop(): void {
    this.asked = null
    for (const { running } of this.parts.values()) running.abort()
    this.parts.clear()
  }

  private async gather(request: HeatRequest): Promise<HeatSet> {
    const { query, range, grain, zone, cell, weighted, level, overdue } = request
    const early: Span = { from: stepFrom(range.from, -lengthOf(range, grain), grain, zone), to: range.to }
    const lastYear = yearBefore(range, zone)
    const [kept, parts] = [this.parts, new Map<string, Part>()]
    this.parts = parts
    const part = <T>(name: string, ask: (signal: AbortSignal) => Promise<T>): Promise<T> => {
      const key = `${name} ${JSON.stringify([query, range, grain])}`
      const running = kept.get(key)?.running ?? new AbortController()
      const value = (kept.get(key)?.value as Promise<T> | undefined) ?? ask(running.signal)
      parts.set(key, { value, running })
      // What failed is asked for anew the next time.
      value.catch(() => parts.get(key)?.value === value && parts.delete(key))
      return value
    }
    const count = (signal: AbortSignal, by: string, { from, to }: Span, more: { level?: UnitLevel; overdue?: 'true' } = {}) =>
      call(endpoints.aggregates, { query: { ...query, by, from: iso(from), to: iso(to), ...more }, signal })
    const counts = (name: string, by: 'class' | 'unit' | null, span: Span, more?: { level?: UnitLevel; overdue?: 'true' }) =>
      part(name, async (signal) => {
        const answer = await count(signal, by === null ? grain : `${by},${grain}`, span, more)
        return { answer, series: new Series(answer, span, grain, zone, by) }
      })
    const wanted = Promise.all([
      part(`cube ${cell} ${weighted}`, (signal) => this.cube(request, signal)).then((sums) => this.drawFirst(request, sums)),
      counts('classes', 'class', early),
      part('week', async (signal) => new WeekHours(await count(signal, 'day,hourOfDay', range), range, zone)),
      counts('year', null, lastYear),
      level === null ? null : counts(`units ${level}`, 'unit', early, { level }).catch(noneIfTooLarge),
      level === null || !overdue ? null : counts(`overdue ${level}`, 'unit', range, { level, overdue: 'true' }).catch(noneIfTooLarge),
    ])
    for (const [key, { running }] of kept) if (!parts.has(key)) running.abort()
    const [sums, classes, week, yearAgo, units, late] = await wanted
    return {
      request,
      sums,
      series: classes.series,
      week,
      yearAgo: yearAgo.series,
      units: wholeSeries(units),
      overdue: wholeSeries(late),
      isMerged: sums.cube.levels !== null || sums.cube.withheld || isMerged(classes.answer),
      leastCount: classes.answer.leastCount ?? null,
    }
  }

  private drawFirst(request: HeatRequest, sums: CubeSums): CubeSums {
    if (!this.set && this.asked === request) this.drawn = { request, sums }
    return sums
  }

  /** Cells as fine as asked for, or as fine as one answer holds. */
  private async cube({ query, range, grain, cell, weighted }: HeatRequest, signal: AbortSignal): Promise<CubeSums> {
    const window = { ...query, from: iso(range.from), to: iso(range.to), step: grain, weight: weighted ? 'severity' : 'none' } as const
    for (const size of SIZES.filter((each) => each >= cell)) {
      try {
        const bytes = await callForBytes(endpoints.heatCube, { query: { ...window, cell: `${size}` }, signal })
        return createSums(decodeCube(new Uint8Array(bytes)))
      } catch (error) {
        if (!isTooLarge(error) || size === SIZES.at(-1)) throw error
      }
    }
    throw new RangeError(`no cells of ${cell} m`)
  }
}

const wholeSeries = (part: { answer: Aggregates; series: Series } | null): Series | null =>
  part && !isMerged(part.answer) ? part.series : null

const noneIfTooLarge = (error: unknown): null => {
  if (isTooLarge(error)) return null
  throw error
}
