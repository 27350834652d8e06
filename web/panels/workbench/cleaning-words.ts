/** What cleaning did to an imported cover, and what it leaves to a person, in the planner's words. */
import type { ENCODINGS } from '#contract/transfer.ts'
import type { Datum } from '#model/crs.ts'
import type { Break, BREAKS } from '#model/cleaning/dirty-rings.ts'
import type { Cleaning, Fault, Settled } from '#model/cleaning/clean.ts'
import { count, decimal } from '../../i18n/format.ts'
import { t } from '../../i18n/i18n.ts'

/** The account of a cleaning without its polygons. */
export type CleaningAccount = Omit<Cleaning, 'units' | 'faults'> & {
  /** False while something forbids that the result is used. */
  isSound: boolean
  faults: Omit<Fault, 'polygons'>[]
}

/** How a file is to be read; what is empty is left to the file itself. */
export interface FileReading {
  encoding: Encoding | ''
  datum: Datum | ''
  crs: string
  layer: string
  /** Metres. */
  tolerance: number
  /** By the key of a place: the id of the unit that gets it, `leave` or `cut`. */
  decisions: Record<string, string>
}
type Encoding = (typeof ENCODINGS)[number]

/** Square metres as people read them: m² below a hectare, then km². */
export const areaWords = (areaM2: number): string =>
  areaM2 < 10_000 ? `${decimal(areaM2, areaM2 < 10 && areaM2 >= 0.05 ? 1 : 0)}\u00a0m²` : `${decimal(areaM2 / 1e6, 3)}\u00a0km²`

export interface BreakGroup {
  kind: (typeof BREAKS)[number]
  /** How many units, and how often in all. */
  units: number
  times: number
  first: Break
}

/** By kind, in the order in which they first came. */
export function breakGroups(breaks: readonly Break[]): BreakGroup[] {
  const groups = new Map<string, BreakGroup & { ids: Set<string> }>()
  for (const each of breaks) {
    let group = groups.get(each.kind)
    if (!group) groups.set(each.kind, (group = { kind: each.kind, units: 0, times: 0, first: each, ids: new Set() }))
    group.ids.add(each.id)
    group.units = group.ids.size
    group.times += each.count
  }
  return [...groups.values()]
}

/** What may become of a place that is too wide to be mended in silence: the units that it may go to, or none of them. */
export const choicesOf = ({ kind, ids }: Pick<Fault, 'kind' | 'ids'>): string[] =>
  kind === 'gap' ? [...ids, 'leave'] : kind === 'overhang' ? ['cut'] : [...ids]

/** "缝隙，3.1 m 宽，214 m²" */
export const spotWords = ({ kind, widthM, areaM2 }: Pick<Settled, 'kind' | 'widthM' | 'areaM2'>): string =>
  t(`workbench.clean.spot.${kind}`, { width: decimal(widthM, widthM < 10 ? 1 : 0), area: areaWords(areaM2) })

export interface SliverSum {
  kind: Settled['kind']
  number: number
  areaM2: number
}

/** Slivers by kind: how many, and how much land. */
export function sliverSums(settled: readonly Settled[]): SliverSum[] {
  const sums = new Map<string, SliverSum>()
  for (const { kind, key, areaM2 } of settled) {
    if (key !== null) continue
    const sum = sums.get(kind)
    if (sum) {
      sum.number++
      sum.areaM2 += areaM2
    } else sums.set(kind, { kind, number: 1, areaM2 })
  }
  return [...sums.values()]
}

/** Whether anything at all was found. */
export const foundNothing = (account: CleaningAccount): boolean => {
  const { unchanged, movedVertices, breaks, settled, faults, lost, unsound } = account
  const isAsItWas = unchanged || (movedVertices === 0 && breaks.length === 0 && settled.length === 0)
  return isAsItWas && faults.length === 0 && lost.length === 0 && unsound.length === 0
}

/** "3 处" for counts in the report. */
export const places = (number: number): string => t('workbench.clean.places', { count: number, shown: count(number) })
