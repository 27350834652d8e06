/** What numbers alone say about dividing a village: whether it can be, what comes nearest, and how few households must move. */
import type { Impossible, Targets } from './redivision.ts'

/** Numbers of units that the households of a village allow, fewest first; empty when there is none. */
export function possibleCounts(households: number, { min, max }: Targets): number[] {
  const [fewest, most] = [Math.max(1, Math.ceil(households / max)), Math.floor(households / min)]
  return fewest > most ? [] : Array.from({ length: most - fewest + 1 }, (_, i) => fewest + i)
}

/** Why there is no division in range as far as numbers tell, or null. `largest`: households of the fullest cell. */
export function whyImpossible(households: number, largest: number, targets: Targets): Impossible | null {
  const reason =
    households === 0
      ? 'no-household'
      : households < targets.min
        ? 'too-few'
        : largest > targets.max
          ? 'one-building'
          : possibleCounts(households, targets).length === 0
            ? 'between'
            : null
  return reason && { reason, households, nearest: nearestDivision(households, targets) }
}

/** The number of equal units that is out of range by least, fewer rather than more. */
export function nearestDivision(households: number, { min, max }: Targets): Impossible['nearest'] {
  const most = Math.max(1, Math.ceil(households / min))
  let best = { units: 1, off: Infinity }
  for (let units = Math.max(1, Math.floor(households / max)); units <= most; units++) {
    const off = Math.max(0, Math.ceil(households / units) - max, min - Math.floor(households / units))
    if (off < best.off) best = { units, off }
  }
  return { units: best.units, smallest: Math.floor(households / best.units), largest: Math.ceil(households / best.units) }
}

/**
 * The fewest households that any division in range moves, by counting alone: what is over the range must leave, what is under
 * it must be filled or end, a new unit must be filled. Infinity when no number of units is possible.
 */
export function fewestMoved(today: readonly number[], { min, max }: Targets): number {
  const sorted = [...today].sort((a, b) => a - b)
  const total = sorted.reduce((sum, h) => sum + h, 0)
  let best = Infinity
  for (const count of possibleCounts(total, { min, max })) {
    for (let ended = 0; ended <= sorted.length; ended++) {
      const fresh = count - sorted.length + ended
      if (fresh < 0) continue
      const kept = sorted.slice(ended)
      const leaves = kept.reduce((sum, h) => sum + Math.max(0, h - max), 0) + sorted.slice(0, ended).reduce((sum, h) => sum + h, 0)
      const comes = kept.reduce((sum, h) => sum + Math.max(0, min - h), 0) + fresh * min
      best = Math.min(best, Math.max(leaves, comes))
    }
  }
  return best
}
