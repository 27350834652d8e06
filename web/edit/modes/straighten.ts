/** Straightens the border under the pointer: corners that hardly bend it go. The arrows up and down say how much that is. */
import type { Straighten } from '#model/actions/action.ts'
import { ANYWHERE, type Answer, type Scene, type Tool } from '../mode.ts'
import { toLngLat } from '../plane.ts'
import type { Edge } from '../under.ts'

export interface StraightenMode {
  tool: 'straighten'
  /** Metres. */
  tolerance: number
  edge: Edge['edge'] | null
  ready: boolean
}
const LADDER = [1, 2, 5, 10, 20, 50, 100] as const
const FIRST = 10

const straightening = ({ tolerance }: StraightenMode, [a, b]: Edge['edge']): Straighten => ({
  type: 'straighten',
  edge: [toLngLat(a), toLngLat(b)],
  tolerance,
})

function show(mode: StraightenMode, scene: Scene): Answer<StraightenMode> {
  const action = mode.edge && straightening(mode, mode.edge)
  const ready = action !== null && scene.refusalOf(action) === null
  return { mode: { ...mode, ready }, try: ready ? action : null }
}

export const straighten: Tool<StraightenMode> = {
  start: () => ({ tool: 'straighten', tolerance: FIRST, edge: null, ready: false }),
  step(mode, event, scene): Answer<StraightenMode> {
    if (event.type === 'cancel') return { mode: { ...mode, edge: null, ready: false }, try: null }
    if (event.type === 'move') return show({ ...mode, edge: event.spot.edge?.edge ?? null }, scene)
    if (event.type === 'nudge') {
      const at = LADDER.indexOf(mode.tolerance as (typeof LADDER)[number]) + Math.sign(event.by[1])
      return show({ ...mode, tolerance: LADDER[Math.max(0, Math.min(LADDER.length - 1, at))]! }, scene)
    }
    const edge = event.type === 'click' ? (event.spot.edge?.edge ?? null) : event.type === 'finish' ? mode.edge : null
    return edge ? { mode: { ...mode, edge: null, ready: false }, do: [straightening(mode, edge)] } : { mode }
  },
  aim: () => ANYWHERE,
  hint: ({ ready }) => (ready ? 'straighten-ready' : 'straighten'),
}
