/**
 * The heat and the replay: which picture, which window of time, which incidents. All of it stands in the address, so that a link restores
 * it. The window moves without a question to the server; what is drawn and counted comes from HeatData.
 */
import type { CellSize } from '#model/heat/lattice.ts'
import type { Clock } from './clock.svelte.ts'
import { type HeatAddress, type Picture, readAddress, type UnitLevel, type UnitValue, writeAddress } from './heat-address.ts'
import { HeatData } from './heat-data.svelte.ts'
import { type HeatFilter, queryOf } from './heat-filter.ts'
import { before, type Grain, HOUR, movedTo, resized, type Span, stepFrom, stepped, weeksAway, windowOf, yearBefore } from './heat-window.ts'
import { nextDay, startOfDay } from './zone.ts'

/** The strip by days shows so many, today the last. */
const STRIP_DAYS = 365
/** The strip by hours. */
const STRIP_HOURS_DAYS = 28
const FIRST_WINDOW_DAYS = 7
/** Steps of the window in a second while it plays. */
export const SPEEDS = [1, 2, 4, 8] as const
export type Speed = (typeof SPEEDS)[number]
/** An address that changes with every step of a play would be refused by the browser. */
const WRITE_AFTER_MS = 250
/** Cells of about so many pixels. */
const CELL_PX = 9
const CELLS: readonly CellSize[] = [50, 100, 200, 400, 800, 1600]

/** Cells that stand for themselves are twice as wide as those that are smoothed away. */
export const coarser = (cell: CellSize): CellSize => CELLS[Math.min(CELLS.indexOf(cell) + 1, CELLS.length - 1)]!

/** The unit that the page is about. */
export interface Shown {
  readonly unit: string
}

export class Heat {
  picture = $state<Picture>('density')
  value = $state<UnitValue>('count')
  level = $state<UnitLevel>('grid')
  weighted = $state(false)
  filter = $state.raw<HeatFilter>(null!)
  grain = $state<Grain>('day')
  window = $state.raw<Span>(null!)
  /** Instant of the replay. */
  at = $state(0)
  playing = $state(false)
  speed = $state<Speed>(2)
  /** Metres of ground in a pixel of the map, in steps, so that zooming a little asks for nothing. */
  cell = $state<CellSize>(200)
  /** The strip: all that the window can stand on. */
  readonly range: Span = $derived.by(() => this.rangeOf(this.grain, this.hoursAround))
  /** First instant of the county's present day: a number, so that the strip stays the same object all day. */
  private readonly today: number = $derived.by(() => startOfDay(this.clock.now.getTime(), this.clock.zone))
  readonly data = new HeatData()

  /** Around which instant the strip by hours lies. */
  private hoursAround = $state(0)
  private readonly clock: Clock
  private readonly shown: Shown
  private readonly isKind: (code: string) => boolean
  private timer: ReturnType<typeof setTimeout> | undefined

  /** `isKind`: whether a class or kind of an address is known here; others are not asked for. */
  constructor(clock: Clock, shown: Shown, isKind: (code: string) => boolean = () => true) {
    this.clock = clock
    this.shown = shown
    this.isKind = isKind
    this.read()
  }

  get zone(): string {
    return this.clock.zone
  }

  /** Which unit and which filter the server is asked for. */
  get query() {
    return queryOf(this.filter, this.shown.unit)
  }

  /** The window right before, and the same weekdays 52 weeks earlier. */
  get before(): Span {
    return before(this.window, this.grain, this.zone)
  }
  get yearBefore(): Span {
    return yearBefore(this.window, this.zone)
  }

  /** True where the window ends in the past: then nothing on the screen is of now. */
  get isPast(): boolean {
    return this.window.to <= this.clock.now.getTime()
  }

  show(picture: Picture): void {
    this.picture = picture
    this.playing = false
    this.write()
  }
  showUnits(value: UnitValue, level: UnitLevel): void {
    ;[this.value, this.level] = [value, level]
    this.write()
  }
  weigh(weighted: boolean): void {
    this.weighted = weighted
    this.write()
  }
  narrow(change: Partial<HeatFilter>): void {
    this.filter = { ...this.filter, ...change }
    this.write()
  }

  /** Two instants in either order become the window. */
  choose(a: number, b: number): void {
    this.put(windowOf(a, b, this.range, this.grain, this.zone))
  }
  moveTo(from: number): void {
    this.put(movedTo(this.window, from, this.range, this.grain, this.zone))
  }
  resize(end: 'from' | 'to', at: number): void {
    this.put(resized(this.window, end, at, this.range, this.grain, this.zone))
  }
  /** Answers whether the window could go on. */
  step(count: number): boolean {
    const { from } = this.window
    this.put(stepped(this.window, count, this.range, this.grain, this.zone))
    return this.window.from !== from
  }
  /** To the same weekdays so many weeks away, where the strip reaches there. */
  jumpWeeks(weeks: number): void {
    const there = weeksAway(this.window, weeks, this.range, this.grain, this.zone)
    if (there) this.put(there)
  }

  /** The strip by hours around the window, or by days; the window stays where it can. */
  setGrain(grain: Grain): void {
    if (grain === this.grain) return
    const { from, to } = this.window
    this.playing = false
    this.hoursAround = (from + to) / 2
    this.grain = grain
    const end = grain === 'hour' ? Math.min(to, from + 24 * HOUR) : to
    this.put(windowOf(from, end, this.range, grain, this.zone))
    // A window that stays the same is told otherwise by hours than by days.
    this.writeSoon()
  }

  /** At the strip's end it begins anew. */
  play(playing: boolean): void {
    if (playing && this.picture !== 'replay' && this.window.to >= this.range.to) this.moveTo(this.range.from)
    this.playing = playing
  }
  setSpeed(speed: Speed): void {
    this.speed = speed
  }

  rewindTo(at: number): void {
    this.at = Math.max(this.range.from, Math.min(at, this.clock.now.getTime()))
    this.writeSoon()
  }

  /** Cells that suit the map's zoom, and a wall of any height. */
  suit(metresPerPixel: number): void {
    const wanted = metresPerPixel * CELL_PX
    this.cell = CELLS.findLast((size) => size <= wanted) ?? CELLS[0]!
  }

  /** Everything again from the address. */
  read(): void {
    const { window, at, ...rest } = readAddress(new URLSearchParams(location.search), this.zone)
    Object.assign(this, { picture: rest.picture, value: rest.value, level: rest.level, weighted: rest.weighted })
    this.filter = { ...rest.filter, kinds: rest.filter.kinds.filter(this.isKind) }
    const today = this.today
    this.hoursAround = window ? (window.from + window.to) / 2 : today
    this.grain = rest.grain
    const wanted = window ?? { from: stepFrom(today, -FIRST_WINDOW_DAYS, 'day', this.zone), to: today }
    this.window = windowOf(wanted.from, wanted.to, this.range, this.grain, this.zone)
    this.at = Math.max(this.range.from, Math.min(at ?? this.clock.now.getTime() - 24 * HOUR, this.clock.now.getTime()))
  }

  /** Nothing is played or fetched any more. */
  stop(): void {
    this.playing = false
    clearTimeout(this.timer)
    this.data.stop()
  }

  /** Out of the address: back to the present. */
  leave(): void {
    this.stop()
    this.replace(null)
  }

  private rangeOf(grain: Grain, around: number): Span {
    const end = nextDay(this.today, this.zone)
    const whole = { from: stepFrom(end, -STRIP_DAYS, 'day', this.zone), to: end }
    if (grain === 'day') return whole
    const half = stepFrom(startOfDay(around, this.zone), STRIP_HOURS_DAYS / 2, 'day', this.zone)
    const to = Math.max(stepFrom(whole.from, STRIP_HOURS_DAYS, 'day', this.zone), Math.min(half, end))
    return { from: stepFrom(to, -STRIP_HOURS_DAYS, 'day', this.zone), to }
  }

  private put(window: Span): void {
    if (window.from === this.window.from && window.to === this.window.to) return
    this.window = window
    this.writeSoon()
  }

  private writeSoon(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.write(), WRITE_AFTER_MS)
  }

  private write(): void {
    clearTimeout(this.timer)
    const { picture, value, level, weighted, filter, grain, window, at } = this
    this.replace({ picture, value, level, weighted, filter, grain, window, at: picture === 'replay' ? at : null })
  }

  private replace(heat: HeatAddress | null): void {
    const query = new URLSearchParams(location.search)
    writeAddress(query, heat, this.zone)
    history.replaceState(history.state, '', location.pathname + (query.size ? `?${query}` : ''))
  }
}
