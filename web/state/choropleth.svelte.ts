/**
 * The colouring of grids by a measure in five classes. The breaks are chosen from fixed ladders by the data and then stand still, so that
 * a colour means the same all day: they are chosen anew only for another measure, another unit, or a new day.
 */
import { createContext } from 'svelte'
import type { UnitSummary } from '#contract/unit.ts'
import { codeAt } from '#model/code.ts'
import type { Catalogue } from './catalogue.svelte.ts'
import type { Incidents } from './incidents.svelte.ts'
import type { Measure, Selection } from './selection.svelte.ts'

/** Lower bounds of classes 2…5; class 1 is all below. */
export type Breaks = readonly [number, number, number, number]

const COUNT_LADDERS: readonly Breaks[] = [
  [1, 2, 3, 4],
  [1, 2, 4, 6],
  [2, 4, 7, 11],
  [3, 6, 11, 16],
  [5, 10, 20, 40],
  [10, 25, 50, 100],
  [50, 100, 200, 400],
]
const RATIO_LADDERS: readonly Breaks[] = [
  [0.2, 0.5, 1, 2],
  [0.5, 1, 2, 4],
  [1, 2, 5, 10],
  [5, 10, 20, 40],
  [10, 25, 50, 100],
]
/** The share of units that the top class should not exceed. */
const TOP_SHARE = 0.03

/** The first ladder whose top class holds at most 3 % of the values; the coarsest when none does. */
export function breaksFor(values: readonly number[], measure: Measure): Breaks {
  const ladders = measure === 'perThousand' ? RATIO_LADDERS : COUNT_LADDERS
  const fits = (ladder: Breaks) => values.filter((value) => value >= ladder[3]).length <= values.length * TOP_SHARE
  return ladders.find(fits) ?? ladders[ladders.length - 1]!
}

/** 1…5; 0 when there is no value. */
export function classOf(value: number | null, breaks: Breaks): number {
  if (value === null) return 0
  return 1 + breaks.filter((bound) => value >= bound).length
}

export class Choropleth {
  breaks = $state.raw<Breaks>(COUNT_LADDERS[0]!)
  /** Class 0…5 by unit code, for every coloured unit. */
  classes = $state.raw<ReadonlyMap<string, number>>(new Map())

  private readonly catalogue: Catalogue
  private readonly incidents: Incidents
  private readonly selection: Selection
  private chosenFor = ''

  constructor(catalogue: Catalogue, incidents: Incidents, selection: Selection) {
    this.catalogue = catalogue
    this.incidents = incidents
    this.selection = selection
  }

  /** Values and classes anew. `now`: for deadlines; `day`: any text that changes when the breaks may. Called every second. */
  refresh(now: Date, day: string): void {
    const { measure, unit } = this.selection
    const grids = [...this.catalogue.units.values()].filter(isColoured)
    const values = new Map(grids.map((grid) => [grid.code, null as number | null]))
    const overdue = measure === 'overdue' && this.incidents.loaded ? this.overdueByGrid(now) : null
    for (const grid of grids) values.set(grid.code, overdue ? (overdue.get(grid.code) ?? 0) : this.valueOf(grid, measure))
    const chosenFor = `${measure}|${unit}|${day}|${this.catalogue.version}|${this.incidents.loaded}`
    if (chosenFor !== this.chosenFor) {
      this.chosenFor = chosenFor
      const within = [...values].flatMap(([code, value]) => (code.startsWith(unit) && value !== null ? [value] : []))
      this.breaks = breaksFor(within.length > 0 ? within : [...values.values()].filter((value) => value !== null), measure)
    }
    const classes = new Map([...values].map(([code, value]) => [code, classOf(value, this.breaks)]))
    if (!same(classes, this.classes)) this.classes = classes
  }

  /** None before the incidents are read, and for whoever may not read them. */
  private valueOf(grid: UnitSummary, measure: Measure): number | null {
    if (!this.incidents.loaded) return null
    const open = this.incidents.openIn(grid.code).total
    if (measure !== 'perThousand') return open
    return grid.residents ? (open * 1000) / grid.residents : null
  }

  private overdueByGrid(now: Date): Map<string, number> {
    const counts = new Map<string, number>()
    for (const { unitCode } of this.incidents.overdue(now)) {
      const coloured = codeAt(unitCode, 'grid') ?? unitCode
      counts.set(coloured, (counts.get(coloured) ?? 0) + 1)
    }
    return counts
  }
}

/** Grids, and coarser units that were never divided into grids. */
const isColoured = ({ level, isLeaf }: UnitSummary): boolean => level === 'grid' || (isLeaf && level !== 'microgrid')

const same = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean =>
  a.size === b.size && [...a].every(([code, value]) => b.get(code) === value)

export const [getChoropleth, setChoropleth] = createContext<Choropleth>()
