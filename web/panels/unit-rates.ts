import type { Summary } from '#contract/summary.ts'

type Child = Summary['children'][number]

/** Units with a rate, best first; then those in which nothing was old enough to be judged. */
export const byShare = (children: readonly Child[]): Child[] =>
  children.toSorted((a, b) => (b.share ?? -1) - (a.share ?? -1) || (a.code < b.code ? -1 : 1))

/** Range of the dots' axis: a little beyond the least and the best, never past 100 %. Shares in 0…1. */
export function dotRange(children: readonly Child[], whole: number | null): [low: number, high: number] {
  const shares = children.flatMap((each) => (each.share === null ? [] : [each.share]))
  if (whole !== null) shares.push(whole)
  if (shares.length === 0) return [0, 1]
  const low = Math.floor(Math.min(...shares) * 100 - 0.5) / 100
  const high = Math.min(1, Math.ceil(Math.max(...shares) * 100 + 0.5) / 100)
  return [Math.max(0, low), high]
}
