import type { Permission } from '#model/access.ts'
import { MINUS } from '../i18n/format.ts'
import { type Measure, MEASURES } from '../state/selection.svelte.ts'

const STEP = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })

/**
 * Labels of five classes from the lower bounds of classes 2…5: "0", "1", "2–3", "4–5", "6+" for whole numbers,
 * "<0.2", "0.2–0.5" … for ratios.
 */
export function classLabels(breaks: readonly [number, number, number, number], whole: boolean): string[] {
  const print = (n: number): string => STEP.format(n).replace('-', MINUS)
  const range = (from: number, to: number): string => (from === to ? print(from) : `${print(from)}–${print(to)}`)
  const bounds = [0, ...breaks]
  return bounds.map((from, i) => {
    const next = bounds[i + 1]
    if (next === undefined) return `${print(from)}+`
    if (whole) return range(from, next - 1)
    return i === 0 ? `<${print(next)}` : `${print(from)}–${print(next)}`
  })
}

/**
 * What a reader may colour the live map by, and the ways into the past: the measures of the moment and the replay are made of single
 * incidents, heat of counts.
 */
export function measuresFor(may: (permission: Permission) => boolean): (Measure | 'density' | 'replay')[] {
  const [lists, counts] = [may('incident.read'), may('summary.read')]
  return [...(lists ? MEASURES : []), ...(counts ? (['density'] as const) : []), ...(lists && counts ? (['replay'] as const) : [])]
}
