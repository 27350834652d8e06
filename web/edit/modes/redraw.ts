/** Draws a shared border anew: from a point of it to another, and the line takes the place of what lay between. */
import type { LeafId, RedrawBorder } from '#model/actions/action.ts'
import type { Answer, Scene, Tool } from '../mode.ts'
import type { GridPoint } from '../plane.ts'
import { aimOf, EMPTY, extend, lineOf, pointSet, pointsOf, shorten, type Sketch } from '../sketch.ts'
import { pairsAt } from '../under.ts'

export interface RedrawMode {
  tool: 'redraw'
  sketch: Sketch
  ready: boolean
}
const START: RedrawMode = { tool: 'redraw', sketch: EMPTY, ready: false }

/** The action of a line whose ends lie on one border; null while they do not. */
function redrawing(points: readonly GridPoint[], { coverage, scale, level, refusalOf }: Scene): RedrawBorder | null {
  if (points.length < 2) return null
  const ends = new Set(pairsAt(coverage, points.at(-1)!, scale, level).map(String))
  const line = lineOf(points)
  const actions = pairsAt(coverage, points[0]!, scale, level)
    .filter((pair) => ends.has(String(pair)))
    .map((units: [LeafId, LeafId]): RedrawBorder => ({ type: 'redraw-border', units, line }))
  return actions.find((action) => refusalOf(action) === null) ?? actions[0] ?? null
}

function show(mode: RedrawMode, scene: Scene): Answer<RedrawMode> {
  const action = redrawing(pointsOf(mode.sketch), scene)
  const ready = action !== null && scene.refusalOf(action) === null
  return { mode: { ...mode, ready }, try: ready ? action : null }
}

export const redraw: Tool<RedrawMode> = {
  start: () => START,
  step(mode, event, scene): Answer<RedrawMode> {
    const at = pointSet(event)
    if (at) {
      // A border begins on a border.
      if (mode.sketch.set.length === 0 && pairsAt(scene.coverage, at, scene.scale, scene.level).length === 0) return { mode }
      const sketch = extend({ ...mode.sketch, cursor: null }, at)
      const action = redrawing(sketch.set, scene)
      if (action) return { mode: START, do: [action], choose: { units: action.units } }
      return show({ ...mode, sketch }, scene)
    }
    if (event.type === 'move') return show({ ...mode, sketch: { ...mode.sketch, cursor: event.spot.at } }, scene)
    if (event.type === 'remove') return show({ ...mode, sketch: shorten(mode.sketch) }, scene)
    if (event.type === 'cancel') return { mode: START, try: null }
    return { mode }
  },
  aim: ({ sketch }) => aimOf(sketch),
  hint: ({ sketch, ready }) => (ready ? 'redraw-ready' : sketch.set.length > 0 ? 'redraw-on' : 'redraw-start'),
}
