/** Splits a unit by a line: point after point, and done as soon as a point on a border makes two of one. */
import type { LeafId, Split } from '#model/actions/action.ts'
import type { Answer, Scene, Tool } from '../mode.ts'
import type { GridPoint } from '../plane.ts'
import { aimOf, EMPTY, extend, lineOf, pointSet, pointsOf, shorten, type Sketch, unitCrossed } from '../sketch.ts'

export interface SplitMode {
  tool: 'split'
  sketch: Sketch
  /** The line as it is splits something. */
  ready: boolean
  /** The pieces become units below the unit. */
  below: boolean
  /** Ids for the pieces; the same during one line, so that a trial and the deed agree. */
  newIds: readonly LeafId[]
}
/** A line that crosses a unit more often than this is drawn by accident. */
const PIECES = 20

const fresh = (scene: Scene): SplitMode => ({
  tool: 'split',
  sketch: EMPTY,
  ready: false,
  below: scene.below,
  newIds: Array.from({ length: PIECES }, () => scene.newId()),
})

/** The action of a line; the chosen unit when there is just one, otherwise the one that the line crosses most. */
export function splitBy(points: readonly GridPoint[], newIds: readonly LeafId[], { coverage, units, level }: Scene): Split | null {
  if (points.length < 2) return null
  const unit = units.length === 1 ? units[0]! : unitCrossed(coverage, points, level)
  return unit === null ? null : { type: 'split', unit, line: lineOf(points), newIds: [...newIds] }
}

function splitting({ newIds, below }: SplitMode, points: readonly GridPoint[], scene: Scene): Split | null {
  const action = splitBy(points, newIds, scene)
  return action && below ? { ...action, below } : action
}

function show(mode: SplitMode, scene: Scene): Answer<SplitMode> {
  const action = splitting(mode, pointsOf(mode.sketch), scene)
  const ready = action !== null && scene.refusalOf(action) === null
  return { mode: { ...mode, ready }, try: ready ? action : null }
}

function finish(mode: SplitMode, points: readonly GridPoint[], scene: Scene): Answer<SplitMode> {
  const action = splitting(mode, points, scene)
  return action
    ? { mode: fresh(scene), do: [action], choose: { units: [] } }
    : { mode: { ...mode, sketch: EMPTY, ready: false }, try: null }
}

export const split: Tool<SplitMode> = {
  start: fresh,
  step(mode, event, scene): Answer<SplitMode> {
    const at = pointSet(event)
    if (at) {
      const sketch = extend({ ...mode.sketch, cursor: null }, at)
      const action = splitting(mode, sketch.set, scene)
      const isOnBorder = event.type === 'place' || (event.type === 'click' && event.spot.snap !== null)
      if (isOnBorder && action && scene.refusalOf(action) === null) return finish(mode, sketch.set, scene)
      return show({ ...mode, sketch }, scene)
    }
    if (event.type === 'move') return show({ ...mode, sketch: { ...mode.sketch, cursor: event.spot.at } }, scene)
    if (event.type === 'double' || event.type === 'finish') return finish(mode, mode.sketch.set, scene)
    if (event.type === 'remove') return show({ ...mode, sketch: shorten(mode.sketch) }, scene)
    if (event.type === 'cancel') return { mode: { ...mode, sketch: EMPTY, ready: false }, try: null }
    return { mode }
  },
  aim: ({ sketch }) => aimOf(sketch),
  hint({ sketch, ready, below }) {
    if (ready) return below ? 'split-below-ready' : 'split-ready'
    return sketch.set.length > 0 ? 'split-on' : below ? 'split-below' : 'split-start'
  },
}
