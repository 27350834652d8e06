import { describe, expect, it, vi } from 'vitest'
import type { Action } from '#model/actions/action.ts'
import { Balance } from '#model/balance.ts'
import { buildingsOf } from '#model/buildings.ts'
import { fromGrid } from '#model/crs.ts'
import { plan } from '#model/replay.ts'
import type { planAside } from '../../../web/edit/aside.ts'
import { Edits } from '../../../web/state/workbench-edits.svelte.ts'
import { asciiCoverage, gridAt } from '../../fixtures/ascii-coverage.ts'
import { VILLAGE } from '../../fixtures/leaves.ts'

const place = (x: number, y: number) => fromGrid(gridAt(x, y))
const drawing = `
AABBCC
AABBCC`
const houses = buildingsOf(
  [
    [0.5, 1, 100],
    [1.6, 1, 40],
    [3, 1, 300],
    [5, 1, 300],
  ].map(([x, y, households]) => ({ location: place(x!, y!), households: households!, residents: 3 * households! })),
)
const TARGETS = { minHouseholds: 120, maxHouseholds: 320, exempt: [], minWidth: 10, clearance: 3 }
/** The border of A and B bends to (1.5, 1), so that the house at (1.6, 1) changes hands. */
const bend: Action = { type: 'insert-vertex', edge: [place(2, 0), place(2, 2)], at: place(1.2, 1) }

const setUp = () => {
  const [coverage, today] = [asciiCoverage(drawing), asciiCoverage(drawing)]
  const edits = new Edits()
  const told: number[] = []
  edits.onsettle = (actions) => told.push(actions.length)
  const balance = new Balance(coverage, houses)
  edits.begin({ coverage, balance, today, balanceToday: new Balance(today, houses), targets: TARGETS }, VILLAGE, () => null)
  const row = (id: string) => edits.rows.find((each) => each.id === id)
  return { edits, row, told }
}

describe('what follows the pointer', () => {
  it('is the balance of the touched units, while the others keep their rows', () => {
    const { edits, row } = setUp()
    const untouched = row('C')
    expect(row('A')).toMatchObject({ households: 140, before: 140, target: 'within', isTouched: false })
    edits.try(bend)
    expect(row('A')).toMatchObject({ households: 100, before: 140, target: 'below', isTouched: true })
    expect(row('B')).toMatchObject({ households: 340, target: 'above' })
    expect(row('C')).toBe(untouched)
    expect(edits.moved).toMatchObject({ households: 40, residents: 120 })
    expect(edits.moved!.areaM2).toBeGreaterThan(1000)
    edits.try(null)
    expect(row('A')).toMatchObject({ households: 140, isTouched: false })
  })

  it('says which units changed since a tick, trials included', () => {
    const { edits } = setUp()
    const { tick } = edits
    edits.try(bend)
    expect(edits.changesSince(tick)).toEqual(new Set(['A', 'B']))
    expect(edits.changesSince(edits.tick)).toEqual(new Set())
    expect(edits.changesSince(-1)).toBe('all')
    const later = edits.tick
    edits.pause()
    edits.try(null)
    expect(edits.changesSince(later)).toEqual(new Set(['A', 'B']))
  })

  it('tells of steps, not of trials', () => {
    const { edits, told } = setUp()
    edits.try(bend)
    expect(told).toEqual([])
    edits.do([bend])
    edits.undo()
    edits.redo()
    expect(told).toEqual([1, 0, 1])
    expect(edits.moved).toMatchObject({ households: 40 })
  })

  it('keeps the chosen border chosen while it changes, and drops units that are gone', () => {
    const { edits } = setUp()
    const [arc] = [...edits.coverage.arcsOf('A')].filter(({ left, right }) => left === 'B' || right === 'B')
    edits.choose(['A', 'B'], arc!.id)
    edits.do([bend])
    const heir = edits.coverage.arcs.get(edits.chosen.arc!)!
    expect(new Set([heir.left, heir.right])).toEqual(new Set(['A', 'B']))
    expect(heir.points.length).toBe(arc!.points.length + 2)
    edits.do([{ type: 'merge', units: ['A', 'B'], keep: 'A' }])
    expect(edits.chosen).toEqual({ units: ['A'], arc: null })
  })

  it('starts again from the base with other actions, and tells which are refused', () => {
    const { edits, row } = setUp()
    edits.do([bend])
    const dropped = edits.replay([{ type: 'merge', units: ['A', 'C'], keep: 'A' }, bend])
    expect(dropped).toMatchObject([{ denial: { reason: 'not-neighbours' } }])
    expect(edits.actions).toEqual([bend])
    expect(row('A')).toMatchObject({ households: 100 })
  })

  it('works a large action out aside, and does it as any other; a small one at once', async () => {
    const { edits, told } = setUp()
    const asked: Action[] = []
    const aside: typeof planAside = async (coverage, action) => {
      asked.push(action)
      expect(edits.working).toBe(true)
      return plan(coverage, action)
    }
    const ring = Array.from({ length: 5000 }, (_, n): [number, number] => {
      const angle = (2 * Math.PI * n) / 5000
      return place(3 + 0.8 * Math.cos(angle), 1 + 0.8 * Math.sin(angle))
    })
    const park: Action = { type: 'cut-out', ring, unit: { id: 'n1', name: '公园', unitKind: 'dedicated', parentCode: VILLAGE } }
    expect(await edits.doAside(park, aside)).toBeNull()
    expect(await edits.doAside(bend, aside)).toBeNull()
    expect(asked).toEqual([park])
    expect(told).toEqual([1, 2])
    expect(edits.working).toBe(false)
    expect(edits.rows.map(({ id }) => id)).toContain('n1')
    const [put, land] = [edits.rows, (id: string) => JSON.stringify(edits.coverage.polygonsOf(id).map((rings) => rings.map((ring) => [...ring])))] // prettier-ignore
    const round = land('n1')
    edits.undo()
    // The small step on top goes at once, the large one below it a slice at a time.
    expect([told, edits.working]).toEqual([[1, 2, 1], false])
    edits.undo()
    expect(edits.working).toBe(true)
    await vi.waitUntil(() => !edits.working)
    expect([told.at(-1), edits.changing, edits.coverage.leaves.has('n1')]).toEqual([0, false, false])
    expect(edits.rows.map(({ id, households }) => [id, households])).toEqual(setUp().edits.rows.map(({ id, households }) => [id, households])) // prettier-ignore
    edits.redo()
    await vi.waitUntil(() => !edits.working)
    edits.redo()
    expect(edits.rows).toEqual(put)
    expect(land('n1')).toBe(round)
    told.splice(2)
    expect(await edits.doAside({ ...park, unit: { ...park.unit, id: 'n2' } }, aside)).toMatchObject({ reason: 'swallows-unit' })
    expect(told).toEqual([1, 2])
  })

  it('may change again when the worker has failed', async () => {
    const { edits } = setUp()
    const ring = Array.from({ length: 5000 }, (_, n) => place(3 + n / 1e5, 1))
    const action: Action = { type: 'cut-out', ring, unit: { id: 'n1', name: 'x', unitKind: 'dedicated', parentCode: VILLAGE } }
    await expect(edits.doAside(action, () => Promise.reject(new Error('out of memory')))).rejects.toThrow('out of memory')
    expect([edits.working, edits.canUndo]).toEqual([false, false])
  })
})
