/** The tools as pure functions: what an event of the hand leads to, on small maps. */
import { describe, expect, it } from 'vitest'
import { isRefusal } from '#model/actions/action.ts'
import type { Coverage } from '#model/coverage.ts'
import { fromGrid } from '#model/crs.ts'
import { plan } from '#model/replay.ts'
import type { HandEvent, Mode, Scene, Spot } from '../../../web/edit/mode.ts'
import type { GridPoint } from '../../../web/edit/plane.ts'
import { hintOf, startOf, step, type ToolName } from '../../../web/edit/tools.ts'
import { edgeNear, vertexNear } from '../../../web/edit/under.ts'
import { asciiCoverage, gridAt } from '../../fixtures/ascii-coverage.ts'

const at = (x: number, y: number) => gridAt(x, y) as GridPoint
const degrees = (x: number, y: number) => fromGrid(gridAt(x, y))
const cell = at(1, 0)[0] - at(0, 0)[0]
/** A hundred pixels in a cell. */
const scale = { x: 100 / cell, y: 100 / cell }
const REACH = 9

const sceneOf = (coverage: Coverage, units: string[] = []): Scene => {
  let made = 0
  const refusalOf: Scene['refusalOf'] = (action) => {
    const answer = plan(coverage, action)
    return isRefusal(answer) ? answer : null
  }
  return { coverage, scale, level: 'grid', below: false, units, arc: null, refusalOf, newId: () => `n${++made}`, newName: () => '新网格' }
}
const spot = ({ coverage }: Scene, x: number, y: number): Spot => {
  const point = at(x, y)
  const edge = edgeNear(coverage, point, scale, REACH, () => true)
  const handle = vertexNear(coverage, point, scale, REACH, () => true)
  const snap = handle ? { at: handle.at, to: 'vertex' as const } : edge ? { at: edge.at, to: 'edge' as const } : null
  return { point, at: snap?.at ?? point, snap, handle, edge, unit: coverage.leafAt(...point) }
}
/** Clicks one place after the other; answers the last answer. */
const click = (scene: Scene, tool: ToolName, ...places: [number, number][]) => {
  let mode: Mode = startOf(tool, scene)
  let answer = { mode } as ReturnType<typeof step>
  for (const [x, y] of places) {
    answer = step(mode, { type: 'click', spot: spot(scene, x, y), more: false }, scene)
    mode = answer.mode
  }
  return answer
}

const two = () =>
  asciiCoverage(`
AABB
AABB`)
const three = () =>
  asciiCoverage(`
AABB
CCCC`)

describe('select', () => {
  it('chooses one, adds with Shift, takes away what is chosen, and nothing outside', () => {
    const scene = sceneOf(two(), ['A'])
    const mode = startOf('select', scene)
    const on = (x: number, more: boolean) => step(mode, { type: 'click', spot: spot(scene, x, 1), more }, scene).choose
    expect(on(3, false)).toEqual({ units: ['B'] })
    expect(on(3, true)).toEqual({ units: ['A', 'B'] })
    expect(on(1, true)).toEqual({ units: [] })
    expect(on(9, false)).toEqual({ units: [] })
  })
})

describe('the border tool', () => {
  const scene = sceneOf(three())
  const drag = (from: [number, number], to: [number, number]) => {
    const pressed = step(startOf('border', scene), { type: 'press', spot: spot(scene, ...from) }, scene)
    const dragged = step(pressed.mode, { type: 'drag', spot: spot(scene, ...to) }, scene)
    return { pressed, dragged, dropped: step(dragged.mode, { type: 'drop', spot: spot(scene, ...to) }, scene) }
  }

  it('moves a junction with all its borders, tries on the way and does when it is let go', () => {
    const { pressed, dragged, dropped } = drag([2, 1], [2.3, 1.4])
    const action = { type: 'move-junction', from: degrees(2, 1), to: degrees(2.3, 1.4) }
    expect(pressed.hold).toBe(true)
    expect(dragged.try).toEqual(action)
    expect(dropped.do).toEqual([action])
    expect(dropped.mode).toMatchObject({ held: { at: at(2.3, 1.4) }, to: null })
  })

  it('keeps still what nothing was taken hold of, so that the map moves', () => {
    expect(step(startOf('border', scene), { type: 'press', spot: spot(scene, 1, 1.6) }, scene).hold).toBeUndefined()
  })

  it('gives up on Esc in mid-drag: nothing is tried any more, nothing was done', () => {
    const { dragged } = drag([2, 1], [2.3, 1.4])
    expect(step(dragged.mode, { type: 'cancel' }, scene)).toMatchObject({ mode: { held: null, to: null }, try: null })
  })

  it('lets a vertex go back to where it was when the move is refused', () => {
    expect(drag([2, 1], [2, 5]).dropped.refused).toMatchObject({ held: { at: at(2, 1) }, to: null })
  })

  it('chooses a border with its units, and sets a corner with a double click', () => {
    const chosen = step(startOf('border', scene), { type: 'click', spot: spot(scene, 1, 1.03), more: false }, scene)
    expect([...chosen.choose!.units].sort()).toEqual(['A', 'C'])
    const answer = step(chosen.mode, { type: 'double', spot: spot(scene, 1, 1.03) }, scene)
    expect(answer.do).toMatchObject([{ type: 'insert-vertex', at: degrees(1, 1) }])
  })

  it('nudges, places and removes the vertex in hand', () => {
    const held = click(scene, 'border', [2, 1]).mode
    const by = (event: HandEvent) => step(held, event, scene).do
    expect(by({ type: 'nudge', by: [0, 5] })).toMatchObject([{ type: 'move-junction', to: fromGrid([at(2, 1)[0], at(2, 1)[1] + 5]) }])
    expect(by({ type: 'place', at: at(2.2, 1.2) })).toMatchObject([{ to: degrees(2.2, 1.2) }])
    expect(by({ type: 'remove' })).toEqual([{ type: 'remove-vertex', at: degrees(2, 1) }])
  })

  it('says what is special about junctions on the outer border, and about that border', () => {
    expect(hintOf(click(scene, 'border', [0, 1]).mode)).toBe('border-slide')
    expect(hintOf(click(scene, 'border', [0, 0]).mode)).toBe('border-outline')
  })
})

describe('split', () => {
  it('is done by the click on the border that makes two of one', () => {
    const scene = sceneOf(two())
    const answer = click(scene, 'split', [1, 0], [1, 2])
    expect(answer.do).toMatchObject([{ type: 'split', unit: 'A', line: [degrees(1, 0), degrees(1, 2)] }])
    expect(answer.mode).toMatchObject({ sketch: { set: [] } })
  })

  it('goes on while nothing is split, and takes points back', () => {
    const scene = sceneOf(two())
    const { mode, do: done } = click(scene, 'split', [1, 0], [1, 1])
    expect(done).toBeUndefined()
    expect(hintOf(mode)).toBe('split-on')
    expect(step(mode, { type: 'remove' }, scene).mode).toMatchObject({ sketch: { set: [at(1, 0)] } })
    expect(step(mode, { type: 'cancel' }, scene)).toMatchObject({ mode: { sketch: { set: [] } }, try: null })
  })

  it('can be drawn with typed coordinates alone', () => {
    const scene = sceneOf(two())
    const first = step(startOf('split', scene), { type: 'place', at: at(3, 0) }, scene).mode
    expect(step(first, { type: 'place', at: at(3, 2) }, scene).do).toMatchObject([{ type: 'split', unit: 'B' }])
  })

  it('shows the pieces under the pointer with the ids that they will have', () => {
    const scene = sceneOf(two())
    const first = click(scene, 'split', [1, 0]).mode
    const moved = step(first, { type: 'move', spot: spot(scene, 1, 2) }, scene)
    const done = step(moved.mode, { type: 'click', spot: spot(scene, 1, 2), more: false }, scene)
    expect(moved.try).toEqual(done.do![0])
  })
})

describe('merge', () => {
  it('keeps the first and takes in neighbours, one at a click', () => {
    const scene = sceneOf(three())
    expect(click(scene, 'merge', [1, 1.5], [3, 1.5]).do).toEqual([{ type: 'merge', units: ['A', 'B'], keep: 'A' }])
  })

  it('begins with the unit that is chosen', () => {
    const scene = sceneOf(three(), ['C'])
    expect(click(scene, 'merge', [3, 1.5]).do).toEqual([{ type: 'merge', units: ['C', 'B'], keep: 'C' }])
  })
})

describe('hand over', () => {
  it('asks for a line, the piece and the neighbour that gets it', () => {
    const scene = sceneOf(two())
    const { mode } = click(scene, 'hand-over', [1, 0], [1, 2])
    expect(hintOf(mode)).toBe('hand-over-piece')
    const answer = click(scene, 'hand-over', [1, 0], [1, 2], [1.5, 1], [3, 1])
    expect(answer.do).toMatchObject([{ type: 'hand-over', unit: 'A', to: 'B', at: degrees(1.5, 1) }])
    expect(scene.refusalOf(answer.do![0]!)).toBeNull()
  })

  it('still asks for the neighbour when the piece has been said, though the line was ready', () => {
    const scene = sceneOf(two())
    let mode = startOf('hand-over', scene)
    for (const [x, y] of [
      [1, 0],
      [1, 2],
      [1.5, 1],
    ] as const) {
      // prettier-ignore
      mode = step(mode, { type: 'move', spot: spot(scene, x, y) }, scene).mode
      mode = step(mode, { type: 'click', spot: spot(scene, x, y), more: false }, scene).mode
    }
    expect(hintOf(mode)).toBe('hand-over-to')
  })
})

describe('cut out', () => {
  it('closes at the first point or on Enter, as a dedicated unit of the same parent', () => {
    const scene = sceneOf(two())
    const ring: [number, number][] = [[0.5, 0.5], [1.5, 0.5], [1.5, 1.5]] // prettier-ignore
    const wanted = { type: 'cut-out', ring: ring.map((each) => degrees(...each)), unit: { unitKind: 'dedicated', name: '新网格' } }
    expect(click(scene, 'cut-out', ...ring, [0.5, 0.5]).do).toMatchObject([wanted])
    const { mode } = click(scene, 'cut-out', ...ring)
    expect(step(mode, { type: 'finish' }, scene).do).toMatchObject([wanted])
  })
})

describe('redraw', () => {
  it('begins on a border only, and ends on the same one', () => {
    const scene = sceneOf(two())
    expect(click(scene, 'redraw', [1, 1]).mode).toMatchObject({ sketch: { set: [] } })
    const answer = click(scene, 'redraw', [2, 0.5], [2.5, 1], [2, 1.5])
    expect(answer.do).toMatchObject([{ type: 'redraw-border', units: ['A', 'B'] }])
    expect(scene.refusalOf(answer.do![0]!)).toBeNull()
  })
})

describe('straighten', () => {
  it('changes its tolerance by arrows and keeps to its ladder', () => {
    const scene = sceneOf(two())
    let mode = startOf('straighten', scene)
    for (let n = 0; n < 9; n++) mode = step(mode, { type: 'nudge', by: [0, 1] }, scene).mode
    expect(mode).toMatchObject({ tolerance: 100 })
    mode = step(mode, { type: 'nudge', by: [0, -1] }, scene).mode
    expect(mode).toMatchObject({ tolerance: 50 })
  })
})
