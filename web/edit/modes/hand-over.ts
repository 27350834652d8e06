/** Hands a piece over: a line cuts it off, a click says which piece, another to which neighbour. */
import type { HandOver, LeafId } from '#model/actions/action.ts'
import type { Answer, HandEvent, Scene, Tool } from '../mode.ts'
import { type GridPoint, toLngLat } from '../plane.ts'
import { aimOf, EMPTY, extend, lineOf, pointSet, pointsOf, shorten, type Sketch } from '../sketch.ts'
import { splitBy } from './split.ts'

export interface HandOverMode {
  tool: 'hand-over'
  sketch: Sketch
  /** line: being drawn; piece: it cuts, say which side; to: say who gets it. */
  stage: 'line' | 'piece' | 'to'
  unit: LeafId | null
  /** A point of the piece. */
  at: GridPoint | null
  ready: boolean
}
const START: HandOverMode = { tool: 'hand-over', sketch: EMPTY, stage: 'line', unit: null, at: null, ready: false }
/** Only tried, never done: the pieces as they would lie. */
const TRIAL_IDS = Array.from({ length: 20 }, (_, n) => `piece-${n}`)

const splitOf = (points: readonly GridPoint[], scene: Scene) => {
  const action = splitBy(points, TRIAL_IDS, scene)
  return action && scene.refusalOf(action) === null ? action : null
}

const handing = ({ sketch, unit, at }: HandOverMode, to: LeafId): HandOver => ({
  type: 'hand-over',
  unit: unit!,
  to,
  line: lineOf(sketch.set),
  at: toLngLat(at!),
})

function draw(mode: HandOverMode, event: HandEvent, scene: Scene): Answer<HandOverMode> {
  const at = pointSet(event)
  let { sketch } = mode
  if (at) sketch = extend({ ...sketch, cursor: null }, at)
  else if (event.type === 'move') sketch = { ...sketch, cursor: event.spot.at }
  else if (event.type === 'remove') sketch = shorten(sketch)
  else if (event.type !== 'finish' && event.type !== 'double') return { mode }
  const isEnd = event.type === 'finish' || event.type === 'double' || event.type === 'place' || (event.type === 'click' && event.spot.snap)
  const action = splitOf(isEnd ? sketch.set : pointsOf(sketch), scene)
  if (isEnd && action) {
    return { mode: { ...mode, sketch: { ...sketch, cursor: null }, stage: 'piece', unit: action.unit, ready: false }, try: action }
  }
  return { mode: { ...mode, sketch, ready: action !== null }, try: action }
}

export const handOver: Tool<HandOverMode> = {
  start: () => START,
  step(mode, event, scene): Answer<HandOverMode> {
    if (event.type === 'cancel') return { mode: START, try: null }
    if (mode.stage === 'line') return draw(mode, event, scene)
    if (event.type === 'remove') {
      if (mode.stage === 'to') return { mode: { ...mode, stage: 'piece', at: null, ready: false }, try: splitOf(mode.sketch.set, scene) }
      return draw({ ...START, sketch: mode.sketch }, event, scene)
    }
    if (event.type !== 'click' && event.type !== 'move') return { mode }
    const { unit, point } = event.spot
    if (mode.stage === 'piece') {
      if (event.type === 'move') return { mode }
      return unit === mode.unit ? { mode: { ...mode, stage: 'to', at: point }, choose: { units: [mode.unit!] } } : { mode }
    }
    if (unit === null || unit === mode.unit) return { mode: { ...mode, ready: false } }
    const action = handing(mode, unit)
    if (event.type === 'click') return { mode: START, do: [action], choose: { units: [mode.unit!, unit] } }
    const ready = scene.refusalOf(action) === null
    return ready ? { mode: { ...mode, ready }, try: action } : { mode: { ...mode, ready } }
  },
  aim: ({ sketch }) => aimOf(sketch),
  hint({ stage, sketch, ready }) {
    if (stage === 'piece') return 'hand-over-piece'
    if (stage === 'to') return ready ? 'hand-over-ready' : 'hand-over-to'
    return sketch.set.length > 0 ? 'hand-over-on' : 'hand-over-start'
  },
}
