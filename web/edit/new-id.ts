/** Ids of units that a plan makes. */
import type { LeafId } from '#model/actions/action.ts'

/** Unique among the plans of a county, whoever makes them: two planners' new units never meet in one id. */
export const newId = (): LeafId =>
  `n${crypto.getRandomValues(new Uint32Array(2)).reduce((text, each) => text + each.toString(36).padStart(7, '0'), '')}`
