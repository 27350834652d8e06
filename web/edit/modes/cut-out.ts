/** Cuts a dedicated unit out of what lies inside a ring: a school, a market, a park. */
import type { CutOut, LeafId } from '#model/actions/action.ts'
import type { Answer, Scene, Tool } from '../mode.ts'
import { distance, type GridPoint } from '../plane.ts'
import { aimOf, EMPTY, extend, lineOf, pointSet, pointsOf, shorten, type Sketch, unitCrossed } from '../sketch.ts'
import { factsOf } from '../unit-level.ts'

export interface CutOutMode {
  tool: 'cut-out'
  sketch: Sketch
  id: LeafId
  /** The next click closes the ring. */
  closing: boolean
}
/** How near a click on the first point must be to close the ring, px. */
const CLOSE_PX = 10

const fresh = (scene: Scene): CutOutMode => ({ tool: 'cut-out', sketch: EMPTY, id: scene.newId(), closing: false })

function cutting(points: readonly GridPoint[], id: LeafId, { coverage, level, newName }: Scene): CutOut | null {
  if (points.length < 3) return null
  const around = unitCrossed(coverage, [...points, points[0]!], level)
  if (around === null) return null
  const { grid, parentCode } = factsOf(coverage, around)!
  return { type: 'cut-out', ring: lineOf(points), unit: { id, name: newName(), unitKind: 'dedicated', parentCode: grid ?? parentCode } }
}

function show(mode: CutOutMode, scene: Scene): Answer<CutOutMode> {
  const action = cutting(pointsOf(mode.sketch), mode.id, scene)
  return { mode, try: action && scene.refusalOf(action) === null ? action : null }
}

function finish(mode: CutOutMode, scene: Scene): Answer<CutOutMode> {
  const action = cutting(mode.sketch.set, mode.id, scene)
  return action ? { mode: fresh(scene), do: [action], choose: { units: [mode.id] } } : { mode }
}

const closes = ({ sketch: { set } }: CutOutMode, at: GridPoint, { scale }: Scene): boolean =>
  set.length > 2 && distance(set[0]!, at, scale) <= CLOSE_PX

export const cutOut: Tool<CutOutMode> = {
  start: fresh,
  step(mode, event, scene): Answer<CutOutMode> {
    const at = pointSet(event)
    if (at) {
      if (closes(mode, at, scene)) return finish(mode, scene)
      return show({ ...mode, sketch: extend({ ...mode.sketch, cursor: null }, at) }, scene)
    }
    if (event.type === 'move') {
      const closing = closes(mode, event.spot.at, scene)
      return show({ ...mode, closing, sketch: { ...mode.sketch, cursor: closing ? null : event.spot.at } }, scene)
    }
    if (event.type === 'double' || event.type === 'finish') return finish(mode, scene)
    if (event.type === 'remove') return show({ ...mode, sketch: shorten(mode.sketch) }, scene)
    if (event.type === 'cancel') return { mode: { ...mode, sketch: EMPTY, closing: false }, try: null }
    return { mode }
  },
  aim: ({ sketch }) => aimOf(sketch),
  hint: ({ sketch, closing }) => (closing ? 'cut-out-close' : sketch.set.length > 0 ? 'cut-out-on' : 'cut-out-start'),
}
