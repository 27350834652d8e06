/** How many households a grid has: 300–500 as a rule, about one in eight far off, few or none where nobody lives. */
import type { GridPlan } from './divide.ts'
import type { Random } from './random.ts'

const FAR_OFF = 0.06
/** A place of its own has homes only where the terrain holds some. */
const LIVED_MASS = 15

/** `mass[g]`: what the terrain holds there; the order of the grids by it decides who is off the rule. */
export function countHouseholds(grids: readonly GridPlan[], mass: Float64Array, random: Random): number[] {
  const general = grids.flatMap(({ use }, g) => (use === 'general' ? [g] : [])).sort((a, b) => (mass[a] as number) - (mass[b] as number))
  const median = mass[general[general.length >> 1] as number] as number
  const low = Math.round(general.length * FAR_OFF)
  const households = grids.map(({ use }, g) =>
    use === 'place' && random.chance(0.6) && (mass[g] as number) > LIVED_MASS ? random.between(8, 120) : 0,
  )
  general.forEach((g, rank) => {
    const usual = Math.round(400 * Math.sqrt((mass[g] as number) / median)) + random.between(-25, 25)
    if (rank < low) households[g] = 150 + Math.floor((149 * rank) / low)
    else if (rank >= general.length - low) {
      const up = (rank - (general.length - low) + 1) / low
      households[g] = 501 + Math.floor(399 * up * up * up)
    } else households[g] = Math.max(302 + random.below(12), Math.min(498 - random.below(12), usual))
  })
  return households
}
