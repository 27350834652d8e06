/** Proposals beside each other: the figures that are compared, which of them is best, and what a village's impossibility means. */
import type { Figures, Preset, Proposal, RedivisionOptions, Weights } from '#model/partition/redivision.ts'
import { count, decimal, percentDigits } from '../../i18n/format.ts'

/** 甲 乙 丙 … in Chinese, A B C … in English. */
export const attemptName = (n: number, lang: 'zh' | 'en'): string => (lang === 'zh' ? '甲乙丙丁戊己庚辛壬癸' : 'ABCDEFGHIJ')[n % 10]!

export const FIGURE_ROWS = ['units', 'inRange', 'spread', 'moved', 'compactness', 'along', 'unitsChanged', 'posts'] as const
export type FigureRow = (typeof FIGURE_ROWS)[number]

/** Share of the inner borders along roads and rivers; null where no lines are given or nothing is inside. */
const alongOf = ({ alongLinesM, innerBorderM }: Figures): number | null => (innerBorderM > 0 ? alongLinesM / innerBorderM : null)

/** Posts of units that end or get other land; null where nobody told. */
export function postsTouched({ villages }: Proposal, postsOf: (unit: string) => number | null): number | null {
  let sum: number | null = null
  for (const { units, ended } of villages) {
    const ids = [...ended, ...units.filter(({ changed, isNew }) => changed && !isNew).map(({ id }) => id)]
    for (const id of ids) {
      const posts = postsOf(id)
      if (posts !== null) sum = (sum ?? 0) + posts
    }
  }
  return sum
}

/** What is compared in a row: the greater or the smaller is the better; null where it says nothing. */
export function valueOf(figures: Figures, posts: number | null, row: FigureRow): number | null {
  if (row === 'along') return alongOf(figures)
  if (row === 'posts') return posts
  if (row === 'inRange') return figures.units > 0 ? figures.inRange / figures.units : null
  return figures[row]
}

const BETTER: Readonly<Record<FigureRow, 'more' | 'less' | null>> = {
  units: null,
  inRange: 'more',
  spread: 'less',
  moved: 'less',
  compactness: 'more',
  along: 'more',
  unitsChanged: 'less',
  posts: 'less',
}

/** Which of the values is best; none when they are all the same. */
export function bestOf(values: readonly (number | null)[], row: FigureRow): boolean[] {
  const known = values.filter((value) => value !== null)
  const better = BETTER[row]
  if (better === null || known.length < 2 || new Set(known).size === 1) return values.map(() => false)
  const best = better === 'more' ? Math.max(...known) : Math.min(...known)
  return values.map((value) => value === best)
}

/** As the table writes it. */
export function wordOf(figures: Figures, posts: number | null, row: FigureRow): string {
  if (row === 'inRange') return `${count(figures.inRange)} / ${count(figures.units)}`
  const value = valueOf(figures, posts, row)
  if (value === null) return '—'
  if (row === 'along') return `${percentDigits(value).replace(/\.\d$/, '')}\u00a0%`
  return row === 'compactness' ? decimal(value, 2) : count(Math.round(value))
}

export const WEIGHTS = ['balance', 'compactness', 'moved', 'hamlets', 'lines'] as const satisfies readonly (keyof Weights)[]
/** Places of a slider: a quarter to four times the preset's own weight, in steps of √2. */
export const SLIDER = { min: -4, max: 4 } as const
export const factorOf = (place: number): number => 2 ** (place / 2)

/** What the form chooses. */
export interface Wish {
  preset: Preset
  /** By slider's place, 0 the preset's own. */
  places: Readonly<Record<(typeof WEIGHTS)[number], number>>
  seed: number
  scope: string
}

/** What the search is told; weights at their own places are not named, so that a preset stays the preset. */
export function optionsOf({ preset, places, seed }: Wish): RedivisionOptions & { seed: number } {
  const moved = WEIGHTS.filter((name) => places[name] !== 0)
  return { preset, seed, ...(moved.length > 0 ? { weights: Object.fromEntries(moved.map((name) => [name, factorOf(places[name])])) } : {}) }
}
