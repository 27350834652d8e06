import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ANYWHERE } from '../../../../server/model/heat/cube.ts'
import { gatherCells } from '../../../../server/model/heat/gather.ts'
import { mergeSmallCells, mergeSmallGroups } from '../../../../server/model/heat/small-numbers.ts'

type Item = [column: number, row: number, step: number, count: number]
const cellsOf = (items: readonly Item[], steps: number) =>
  gatherCells(
    {
      size: items.length,
      columns: Int32Array.from(items, ([column]) => column),
      rows: Int32Array.from(items, ([, row]) => row),
      steps: Uint32Array.from(items, ([, , step]) => step),
      counts: Uint32Array.from(items, ([, , , count]) => count),
      weights: null,
    },
    steps,
  )
const shown = ({ cells }: ReturnType<typeof mergeSmallCells>): number[][] =>
  Array.from(cells.columns, (column, cell) => [column, cells.rows[cell]!, cells.levels![cell]!, ...cells.counts.slice(cells.starts[cell], cells.starts[cell + 1])]) // prettier-ignore

describe('small cells', () => {
  it('are merged with their neighbours until they are large enough', () => {
    const merged = mergeSmallCells(cellsOf([[4, 4, 0, 2], [5, 5, 0, 3], [6, 4, 0, 9]], 1), 1, 5) // prettier-ignore
    expect(shown(merged)).toEqual([
      [4, 4, 1, 5],
      [6, 4, 0, 9],
    ])
    expect(merged.withheld).toBe(false)
  })

  it('take the smallest that is shown with them where nothing else is near', () => {
    expect(shown(mergeSmallCells(cellsOf([[0, 0, 0, 1], [900, 0, 0, 7], [2000, 0, 0, 20]], 1), 1, 5))).toEqual([[2000, 0, 0, 20], [2000, 0, ANYWHERE, 8]]) // prettier-ignore
  })

  it('are left out, and that is said, where a step has too few in all', () => {
    const merged = mergeSmallCells(cellsOf([[0, 0, 0, 4], [0, 0, 1, 6]], 2), 2, 5) // prettier-ignore
    expect(shown(merged)).toEqual([[0, 0, 0, 6]])
    expect(merged.withheld).toBe(true)
  })

  it('never show less than the least number, and never lose what a step has enough of', () => {
    const item = fc.tuple(...[40, 40, 3].map((max) => fc.nat({ max })), fc.integer({ min: 1, max: 9 })) as unknown as fc.Arbitrary<Item>
    fc.assert(
      fc.property(fc.array(item, { maxLength: 80 }), fc.integer({ min: 2, max: 12 }), (items, least) => {
        const { cells, withheld } = mergeSmallCells(cellsOf(items, 4), 4, least)
        for (const count of cells.counts) expect(count).toBeGreaterThanOrEqual(least)
        const totals = [0, 1, 2, 3].map((step) => items.filter((each) => each[2] === step).reduce((sum, each) => sum + each[3], 0))
        const kept = [0, 1, 2, 3].map((step) => cells.counts.reduce((sum, count, n) => sum + (cells.steps[n] === step ? count : 0), 0))
        expect(kept).toEqual(totals.map((total) => (total >= least ? total : 0)))
        expect(withheld).toBe(totals.some((total) => total > 0 && total < least))
      }),
    )
  })
})

describe('small groups', () => {
  const never = () => false
  const parent = (place: number, value: string | number) => (place === 0 && String(value).length > 1 ? String(value).slice(0, -1) : null)

  it('are merged upward, the last place first', () => {
    const groups = [
      { key: ['aa', 'x'], count: 3 },
      { key: ['aa', 'y'], count: 3 },
      { key: ['ab', 'x'], count: 2 },
      { key: ['ac', 'x'], count: 4 },
      { key: ['b', 'x'], count: 50 },
    ]
    expect(mergeSmallGroups(groups, 5, parent, never)).toEqual({
      groups: [
        { key: ['b', 'x'], count: 50 },
        { key: ['aa', null], count: 6, merged: true },
        { key: ['a', null], count: 6, merged: true },
      ],
      withheld: false,
    })
  })

  it('never show less than the least number, nor lose anything where there is enough', () => {
    const group = fc.record({
      key: fc.tuple(fc.constantFrom('aa', 'ab', 'b', 'ccc'), fc.constantFrom('x', 'y')),
      count: fc.integer({ min: 1, max: 9 }),
    })
    fc.assert(
      fc.property(fc.uniqueArray(group, { selector: ({ key }) => key.join() }), fc.integer({ min: 2, max: 12 }), (groups, least) => {
        const merged = mergeSmallGroups(groups, least, parent, never)
        const total = groups.reduce((sum, { count }) => sum + count, 0)
        for (const { count } of merged.groups) expect(count).toBeGreaterThanOrEqual(least)
        expect(merged.groups.reduce((sum, { count }) => sum + count, 0)).toBe(total >= least ? total : 0)
        expect(merged.withheld).toBe(total > 0 && total < least)
      }),
    )
  })

  it('keep the number of a step of time, whatever is counted apart beside it', () => {
    const groups = [
      { key: ['aa', 1], count: 3 },
      { key: ['b', 1], count: 4 },
      { key: ['aa', 2], count: 9 },
    ]
    expect(mergeSmallGroups(groups, 5, parent, (place) => place === 1).groups).toEqual([
      { key: [null, 1], count: 7, merged: true },
      { key: ['aa', 2], count: 9 },
    ])
  })

  it('and small cells tell the same of each step: all of it, or nothing', () => {
    const item = fc.tuple(...[40, 40, 3].map((max) => fc.nat({ max })), fc.integer({ min: 1, max: 9 })) as unknown as fc.Arbitrary<Item>
    fc.assert(
      fc.property(fc.array(item, { maxLength: 60 }), fc.integer({ min: 2, max: 12 }), (items, least) => {
        const steps = [0, 1, 2, 3]
        const { cells } = mergeSmallCells(cellsOf(items, 4), 4, least)
        const inCells = steps.map((step) => cells.counts.reduce((sum, count, n) => sum + (cells.steps[n] === step ? count : 0), 0))
        const counts = new Map<string, number>()
        for (const [column, , step, count] of items) counts.set(`${column} ${step}`, (counts.get(`${column} ${step}`) ?? 0) + count)
        const groups = [...counts].map(([key, count]) => ({ key: key.split(' '), count }))
        const merged = mergeSmallGroups(groups, least, () => null, (place) => place === 1) // prettier-ignore
        const inGroups = steps.map((step) => merged.groups.reduce((sum, { key, count }) => sum + (key[1] === String(step) ? count : 0), 0))
        expect(inGroups).toEqual(inCells)
      }),
    )
  })
})
