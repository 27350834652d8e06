/** Merges a unit with the neighbours that are clicked after it, one at a click. */
import type { LeafId, Merge } from '#model/actions/action.ts'
import type { Answer, Scene, Tool } from '../mode.ts'
import { ANYWHERE } from '../mode.ts'

export interface MergeMode {
  tool: 'merge'
  /** The unit that stays. */
  keep: LeafId | null
  ready: boolean
}

const merging = (keep: LeafId, other: LeafId): Merge => ({ type: 'merge', units: [keep, other], keep })
const start = ({ units }: Scene): MergeMode => ({ tool: 'merge', keep: units.length === 1 ? units[0]! : null, ready: false })

export const merge: Tool<MergeMode> = {
  start,
  step(mode, event, scene): Answer<MergeMode> {
    if (event.type === 'cancel') return { mode: { ...mode, keep: null, ready: false }, try: null, choose: { units: [] } }
    if (event.type === 'finish' && mode.keep !== null && scene.units.length > 1)
      return { mode, do: [{ type: 'merge', units: [...scene.units], keep: mode.keep }], choose: { units: [mode.keep] } }
    if (event.type !== 'move' && event.type !== 'click') return { mode }
    const { unit } = event.spot
    if (mode.keep === null) {
      if (event.type === 'move' || unit === null) return { mode }
      return { mode: { ...mode, keep: unit }, choose: { units: [unit] } }
    }
    if (unit === null || unit === mode.keep) {
      // While a merge is shown, all of its land is the unit that stays.
      return event.type === 'move' ? { mode: { ...mode, ready: false }, try: null } : { mode }
    }
    const action = merging(mode.keep, unit)
    if (event.type === 'click') return { mode: { ...mode, ready: false }, do: [action], choose: { units: [mode.keep] } }
    const ready = scene.refusalOf(action) === null
    return { mode: { ...mode, ready }, try: ready ? action : null }
  },
  aim: () => ANYWHERE,
  hint: ({ keep, ready }) => (keep === null ? 'merge-first' : ready ? 'merge-ready' : 'merge-second'),
}
