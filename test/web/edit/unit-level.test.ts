/** A grid that is cut into micro-grids as one unit of the hand, and its micro-grids as units of their own. */
import { describe, expect, it } from 'vitest'
import { isRefusal } from '#model/actions/action.ts'
import { fromGrid } from '#model/crs.ts'
import { plan } from '#model/replay.ts'
import type { Scene, Spot } from '../../../web/edit/mode.ts'
import type { GridPoint } from '../../../web/edit/plane.ts'
import { hintOf, startOf, step, type ToolName } from '../../../web/edit/tools.ts'
import { edgeNear, vertexNear } from '../../../web/edit/under.ts'
import { atLevel, factsOf, isBorderAt, landOf, leavesOf, type UnitLevel, unitOver } from '../../../web/edit/unit-level.ts'
import { gridAt } from '../../fixtures/ascii-coverage.ts'
import { codedCoverage } from '../../fixtures/coded-coverage.ts'

const VILLAGE = '331004001001'
const [ONE, C] = [`${VILLAGE}001`, `${VILLAGE}002`]
const [A, B] = [`${ONE}01`, `${ONE}02`]
/** The grid ONE has the micro-grids A and B; the grid C has none. */
const county = () =>
  codedCoverage(
    `
    AABBCC
    AABBCC
  `,
    { A, B, C },
  )

const at = (x: number, y: number) => gridAt(x, y) as GridPoint
const degrees = (x: number, y: number) => fromGrid(gridAt(x, y))
const scale = { x: 100 / (at(1, 0)[0] - at(0, 0)[0]), y: 100 / (at(1, 0)[0] - at(0, 0)[0]) }
const REACH = 9

const sceneOf = (level: UnitLevel, more: Partial<Scene> = {}): Scene => {
  const coverage = county()
  let made = 0
  const refusalOf: Scene['refusalOf'] = (action) => {
    const answer = plan(coverage, action)
    return isRefusal(answer) ? answer : null
  }
  return { coverage, scale, level, below: false, units: [], arc: null, refusalOf, newId: () => `n${++made}`, newName: () => '新', ...more }
}
const spot = ({ coverage, level }: Scene, x: number, y: number): Spot => {
  const point = at(x, y)
  const offers = (arc: Parameters<typeof isBorderAt>[1]) => isBorderAt(coverage, arc, level)
  const edge = edgeNear(coverage, point, scale, REACH, offers)
  const handle = vertexNear(coverage, point, scale, REACH, offers)
  const snap = handle ? { at: handle.at, to: 'vertex' as const } : edge ? { at: edge.at, to: 'edge' as const } : null
  const leaf = coverage.leafAt(...point)
  return { point, at: snap?.at ?? point, snap, handle, edge, unit: leaf && unitOver(coverage, leaf, level) }
}
const click = (scene: Scene, tool: ToolName, ...places: [number, number][]) => {
  let answer = { mode: startOf(tool, scene) } as ReturnType<typeof step>
  for (const [x, y] of places) answer = step(answer.mode, { type: 'click', spot: spot(scene, x, y), more: false }, scene)
  return answer
}
/** What a tool does, which the model must be able to do. */
const deed = (scene: Scene, tool: ToolName, ...places: [number, number][]) => {
  const [action] = click(scene, tool, ...places).do ?? []
  expect(action && scene.refusalOf(action)).toBeNull()
  return action
}

describe('a unit of a level', () => {
  it('is the cut grid or its micro-grid; other grids are themselves at either', () => {
    const coverage = county()
    expect([A, B, C].map((id) => unitOver(coverage, id, 'grid'))).toEqual([ONE, ONE, C])
    expect([A, B, C].map((id) => unitOver(coverage, id, 'microgrid'))).toEqual([A, B, C])
    expect([ONE, A, 'x'].map((id) => factsOf(coverage, id)?.level)).toEqual(['grid', 'microgrid', undefined])
    expect([leavesOf(coverage, ONE), leavesOf(coverage, C), leavesOf(coverage, 'x')]).toEqual([new Set([A, B]), new Set([C]), new Set()])
    expect(landOf(coverage, ONE)).toEqual(coverage.union(new Set([A, B])))
  })

  it('has borders with other units only', () => {
    const coverage = county()
    const between = (level: UnitLevel) =>
      [...coverage.arcs.values()].filter(
        (arc) => [arc.left, arc.right].includes(A) && [arc.left, arc.right].includes(B) && isBorderAt(coverage, arc, level),
      )
    expect(between('grid')).toEqual([])
    expect(between('microgrid')).toHaveLength(1)
  })

  it('stays chosen as what it is at the other level', () => {
    const coverage = county()
    expect(atLevel(coverage, [A, C, B], 'grid')).toEqual([ONE, C])
    expect(atLevel(coverage, [ONE, C], 'microgrid')).toEqual([A, B, C])
  })
})

describe('the tools on a whole cut grid', () => {
  it('choose it', () => {
    expect(click(sceneOf('grid'), 'select', [3, 1]).choose).toEqual({ units: [ONE] })
    expect(click(sceneOf('microgrid'), 'select', [3, 1]).choose).toEqual({ units: [B] })
  })

  it('split it where they would split a micro-grid', () => {
    expect(deed(sceneOf('grid'), 'split', [0, 1], [4, 1])).toMatchObject({ type: 'split', unit: ONE })
    expect(deed(sceneOf('microgrid', { units: [A] }), 'split', [0, 1], [2, 1])).toMatchObject({ type: 'split', unit: A })
  })

  it('merge it', () => {
    expect(deed(sceneOf('grid'), 'merge', [5, 1], [1, 1])).toEqual({ type: 'merge', units: [C, ONE], keep: C })
    expect(deed(sceneOf('microgrid'), 'merge', [1, 1], [3, 1])).toEqual({ type: 'merge', units: [A, B], keep: A })
  })

  it('hand a piece of it over', () => {
    const action = deed(sceneOf('grid'), 'hand-over', [3, 0], [3, 2], [3.5, 1], [5, 1])
    expect(action).toMatchObject({ type: 'hand-over', unit: ONE, to: C })
  })

  it('cut a grid out beside it, or a micro-grid out within it', () => {
    const ring: [number, number][] = [[0.5, 0.5], [1.5, 0.5], [1.5, 1.5], [0.5, 0.5]] // prettier-ignore
    expect(deed(sceneOf('grid'), 'cut-out', ...ring)).toMatchObject({ unit: { parentCode: VILLAGE } })
    expect(deed(sceneOf('microgrid'), 'cut-out', ...ring)).toMatchObject({ unit: { parentCode: ONE } })
  })

  it('redraw its border, and take that in hand, but not the borders within', () => {
    const scene = sceneOf('grid')
    expect(deed(scene, 'redraw', [4, 0.4], [3.6, 1], [4, 1.6])).toMatchObject({ type: 'redraw-border', units: [ONE, C] })
    expect(click(scene, 'border', [4, 1]).choose).toMatchObject({ units: expect.arrayContaining([ONE, C]) })
    expect(click(scene, 'border', [2, 1]).choose).toEqual({ units: [ONE] })
    expect(click(sceneOf('microgrid'), 'border', [2, 1]).choose).toMatchObject({ units: expect.arrayContaining([A, B]) })
  })
})

describe('a split into the level below', () => {
  it('makes micro-grids of a grid, and says so', () => {
    const scene = sceneOf('grid', { below: true })
    expect(hintOf(startOf('split', scene))).toBe('split-below')
    expect(deed(scene, 'split', [5, 0], [5, 2])).toMatchObject({
      type: 'split',
      unit: C,
      line: [degrees(5, 0), degrees(5, 2)],
      below: true,
    })
  })

  it('cannot be done to a grid that has some', () => {
    const answer = click(sceneOf('grid', { below: true }), 'split', [0, 1], [4, 1])
    expect(answer).toMatchObject({ mode: { ready: false }, try: null })
    expect(answer.do).toBeUndefined()
  })
})
