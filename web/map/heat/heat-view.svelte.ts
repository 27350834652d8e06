/** What the heat's state looks like: the field and its bands, units and their classes, and what is marked on the map. */
import type { Position } from '#contract/geojson.ts'
import type { UnitSummary } from '#contract/unit.ts'
import type { Cube } from '#model/heat/cube.ts'
import { GRID } from '#model/crs.ts'
import { stepAt } from '#model/heat/window.ts'
import type { Catalogue } from '../../state/catalogue.svelte.ts'
import type { Heat, Shown } from '../../state/heat.svelte.ts'
import { CORNERS_AT_MOST, crossesItself } from '../../state/heat-filter.ts'
import { HeatUnitsAtRest } from '../../state/heat-units-at-rest.svelte.ts'
import { lengthOf, type Span } from '../../state/heat-window.ts'
import type { HeatPicture } from './heat-layer.ts'
import { mergedAt, type MergedCell, mergedCells } from './merged-cells.ts'
import { fullestWindow, HeatPainter, sigmaFor } from './painter.ts'
import { unitBounds, unitClasses, type UnitCounts } from './unit-classes.ts'

export type Box = readonly [west: number, south: number, east: number, north: number]
export type Picked = { what: 'cell'; box: Box; metres: number } | { what: 'unit'; code: string }

/** Pixels of the map to a metre stand in `cell`, which is nine of them. */
const PIXELS_OF_CELL = 9
const NO_CLASSES: ReadonlyMap<string, number> = new Map()

export class HeatView {
  picked = $state.raw<Picked | null>(null)
  /** Corners of the polygon that is being drawn; null while none is. */
  drawn = $state.raw<readonly Position[] | null>(null)

  /** Where a county's units and days are too many for one answer. */
  private readonly atRest = new HeatUnitsAtRest()
  private readonly lateAtRest = new HeatUnitsAtRest()
  private readonly heat: Heat
  private readonly catalogue: Catalogue
  private readonly shown: Shown
  private readonly colours: 6 | 7

  /** Radius of the smoothing, metres: of the filter, the window's length and the map's zoom, never of where the window stands. */
  readonly sigma: number = $derived.by(() => {
    const { drawn } = this.heat.data
    if (!drawn) return 0
    const { range, grain, cell } = drawn.request
    const perWindow = (drawn.sums.cube.total * lengthOf(this.heat.window, grain)) / lengthOf(range, grain)
    const km2 = (this.catalogue.units.get(this.shown.unit)?.areaM2 ?? 1e8) / 1e6
    return sigmaFor(perWindow, km2, cell / PIXELS_OF_CELL)
  })
  /** Of which windows units must be counted. */
  get unitSpans(): Span[] {
    return [this.heat.window, this.heat.before, this.heat.range]
  }
  /** Steps of the cube [from, to) that the window holds. */
  private readonly steps: readonly [number, number] | null = $derived.by(() => {
    const { drawn } = this.heat.data
    const { from, to } = this.heat.window
    return drawn ? [stepAt(drawn.sums.cube, from / 1000), stepAt(drawn.sums.cube, to / 1000)] : null
  })
  private readonly painter: HeatPainter | null = $derived.by(() => {
    const { data, picture } = this.heat
    if (!data.drawn || (picture !== 'density' && picture !== 'cells')) return null
    const look = picture === 'density' ? 'bands' : 'cells'
    return new HeatPainter(data.drawn.sums, { look, weighted: data.drawn.request.weighted, sigma: this.sigma, colours: this.colours })
  })
  readonly picture: HeatPicture | null = $derived.by(() => (this.steps && this.painter ? this.painter.paint(...this.steps) : null))
  /** Of the cells, those that stand for more than themselves. */
  readonly merged: readonly MergedCell[] = $derived.by(() => {
    const { data, picture } = this.heat
    return data.drawn && this.steps && picture === 'cells' ? mergedCells(data.drawn.sums, ...this.steps) : []
  })

  private readonly unitCounts: UnitCounts | null = $derived.by(() => {
    const { set } = this.heat.data
    const { picture, level, value, query } = this.heat
    if (picture !== 'units' || !set || set.request.level !== level) return null
    const units = set.units ?? this.atRest.of(query, level, this.unitSpans, false)
    const overdue = value !== 'overdue' ? null : (set.overdue ?? this.lateAtRest.of(query, level, [this.heat.window], true))
    return units && { units, overdue, coloured: colouredAt(this.catalogue, this.shown.unit, level) }
  })
  /** Lower bounds of the bands, or of the classes 2…5 of the units. */
  readonly bounds: readonly number[] = $derived.by(() => {
    const { window, range, grain, value } = this.heat
    if (this.unitCounts) return unitBounds(value, this.unitCounts, range, this.shareOfFullest(lengthOf(window, grain)))
    return this.picture?.bounds ?? []
  })
  readonly classes: ReadonlyMap<string, number> = $derived.by(() => {
    const { window, before, value } = this.heat
    return this.unitCounts ? unitClasses(value, this.unitCounts, this.bounds, window, before) : NO_CLASSES
  })

  /** Incidents of the window that the cells hold: what has a place. */
  readonly placed: number | null = $derived.by(() => (this.steps ? this.heat.data.drawn!.sums.total(...this.steps) : null))
  readonly pickedBox: Box | null = $derived(this.picked?.what === 'cell' ? this.picked.box : null)
  readonly area: readonly Position[] = $derived.by(() => this.drawn ?? this.heat.filter.area)
  readonly isDrawing: boolean = $derived(this.drawn !== null)

  /** `colours`: of the theme's ramp. */
  constructor(heat: Heat, catalogue: Catalogue, shown: Shown, colours: 6 | 7) {
    this.heat = heat
    this.catalogue = catalogue
    this.shown = shown
    this.colours = colours
  }

  /** How much of the whole range the fullest window of so many steps has. */
  private shareOfFullest(steps: number): number {
    const { sums } = this.heat.data.set!
    return sums.total(...fullestWindow(sums, steps)) / Math.max(1, sums.total(0, sums.perStep.length))
  }

  /** A click on the map: a corner while somebody draws, otherwise what is there. `code`: the finest unit under it, '' outside. */
  pick(place: Position, code: string): void {
    if (this.drawn) {
      if (this.drawn.length < CORNERS_AT_MOST) this.drawn = [...this.drawn, place]
      return
    }
    const { set } = this.heat.data
    if (this.heat.picture === 'units') {
      const own = this.unitCounts?.coloured.find((unit) => code !== '' && code.startsWith(unit.code))
      this.picked = own ? { what: 'unit', code: own.code } : null
    } else if (set && code.startsWith(this.shown.unit))
      this.picked = cellAround(set.sums.cube, place, this.heat.picture === 'cells' ? 0 : this.sigma, this.merged)
    else this.picked = null
  }

  /** Asks for what one answer did not hold; called when the window has come to rest. */
  countUnits(): void {
    const { picture, level, value, query, window, data } = this.heat
    if (picture !== 'units' || !data.set || data.set.request.level !== level) return
    if (!data.set.units) void this.atRest.ask(query, level, this.unitSpans, false)
    if (value === 'overdue' && !data.set.overdue) void this.lateAtRest.ask(query, level, [window], true)
  }

  startDrawing(): void {
    this.picked = null
    this.drawn = []
  }
  /** Why the drawn polygon cannot be used; null when it can. */
  get drawnFault(): 'few' | 'crossing' | null {
    if (!this.drawn || this.drawn.length < 3) return 'few'
    return crossesItself(this.drawn) ? 'crossing' : null
  }
  /** Takes it as the filter, where it is one. */
  finishDrawing(): void {
    if (this.drawn && this.drawnFault === null) this.heat.narrow({ area: this.drawn })
    this.drawn = null
  }
  stopDrawing(): void {
    this.drawn = null
  }
}

/** Units of a level inside `within`, and leaves above it: every place has one. */
export function colouredAt(catalogue: Pick<Catalogue, 'units'>, within: string, level: UnitSummary['level']): UnitSummary[] {
  const all = [...catalogue.units.values()].filter(({ code }) => code.startsWith(within))
  const ofLevel = all.filter((unit) => unit.level === level)
  const parents = new Set(ofLevel.flatMap(({ code }) => [6, 9, 12].map((length) => code.slice(0, length))))
  return [...ofLevel, ...all.filter((unit) => unit.isLeaf && unit.code.length < (ofLevel[0]?.code.length ?? 15) && !parents.has(unit.code))]
}

/** The cell at a place, or, where the picture is smooth, the block of cells around it that is about as wide as the smoothing. */
function cellAround(cube: Cube, [lng, lat]: Position, sigma: number, merged: readonly MergedCell[]): Picked {
  const [x, y] = [Math.round(lng * GRID), Math.round(lat * GRID)]
  const larger = mergedAt(merged, x, y)
  if (larger) return { what: 'cell', ...larger }
  const side = Math.max(1, Math.round(sigma / cube.metres))
  const column = Math.floor((x - cube.originX) / cube.cellX - (side - 1) / 2)
  const row = Math.floor((y - cube.originY) / cube.cellY - (side - 1) / 2)
  const [west, south] = [cube.originX + column * cube.cellX, cube.originY + row * cube.cellY]
  return { what: 'cell', box: [west, south, west + side * cube.cellX, south + side * cube.cellY], metres: side * cube.metres }
}
