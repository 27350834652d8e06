import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ANYWHERE, cellBox, type Cube, CUBE_STEPS, decodeCube, encodeCube } from '../../../../server/model/heat/cube.ts'
import { gatherCells } from '../../../../server/model/heat/gather.ts'
import { CELL_SIZES, latticeOf } from '../../../../server/model/heat/lattice.ts'
import { createSums, stepAt } from '../../../../server/model/heat/window.ts'

const STEPS = 40
interface Item {
  column: number
  row: number
  step: number
  count: number
}
const item: fc.Arbitrary<Item> = fc.record({
  column: fc.oneof(fc.nat({ max: 8 }), fc.nat({ max: 5_000_000 })),
  row: fc.oneof(fc.nat({ max: 8 }), fc.nat({ max: 3_000_000 })),
  step: fc.nat({ max: STEPS - 1 }),
  count: fc.integer({ min: 1, max: 100_000 }),
})
const cubeOf = (items: readonly Item[], weighted: boolean): Cube => {
  const cells = gatherCells(
    {
      size: items.length,
      columns: Int32Array.from(items, ({ column }) => column),
      rows: Int32Array.from(items, ({ row }) => row),
      steps: Uint32Array.from(items, ({ step }) => step),
      counts: Uint32Array.from(items, ({ count }) => count),
      weights: weighted ? Uint32Array.from(items, ({ count }) => count * 5) : null,
    },
    STEPS,
  )
  return {
    ...cells,
    ...{ step: 'day', originX: 1_213_000_000, originY: -285_000_000, ...latticeOf(28, 200), width: 5_000_001, height: 3_000_001 },
    bounds: Float64Array.from({ length: STEPS + 1 }, (_, n) => -86_400 + n * 86_400 + (n > 20 ? 3600 : 0)),
    total: items.reduce((sum, { count }) => sum + count, 0),
    unplaced: 3,
    withheld: false,
  }
}
const cube = fc
  .tuple(fc.array(item, { maxLength: 60 }), fc.boolean())
  .map(([items, weighted]) => ({ items, cube: cubeOf(items, weighted) }))

describe('a heat cube', () => {
  it('comes back from its bytes as it was', () => {
    fc.assert(
      fc.property(cube, fc.constantFrom(...CUBE_STEPS), ({ cube: each }, step) => {
        expect(decodeCube(encodeCube({ ...each, step }))).toEqual({ ...each, step })
      }),
    )
  })

  it('keeps levels, and places that are anywhere', () => {
    const merged = { ...cubeOf([{ column: 4, row: 2, step: 1, count: 7 }, { column: 9, row: 2, step: 1, count: 5 }], true), levels: Uint8Array.of(2, ANYWHERE) } // prettier-ignore
    expect(decodeCube(encodeCube(merged))).toEqual(merged)
    const { cellX, cellY, originX, originY } = merged
    expect(cellBox(merged, 0)).toEqual([originX + 4 * cellX, originY + 2 * cellY, originX + 8 * cellX, originY + 6 * cellY])
    expect(cellBox(merged, 1)).toBeNull()
  })

  it('is refused when it is cut off, longer, of another layout, or anything else', () => {
    const bytes = encodeCube(cubeOf([{ column: 300, row: 2, step: 39, count: 1000 }], true))
    for (let length = 0; length < bytes.length; length++) expect(() => decodeCube(bytes.slice(0, length))).toThrow(RangeError)
    expect(() => decodeCube(Uint8Array.from([...bytes, 0]))).toThrow('follows')
    expect(() => decodeCube(bytes.with(4, 2))).toThrow('unknown layout 2')
    expect(() => decodeCube(bytes.with(6, 9))).toThrow('unknown step 9')
  })

  it('answers garbage with a RangeError or a cube, never with anything else', () => {
    const sound = encodeCube(cubeOf([{ column: 3, row: 2, step: 1, count: 9 }, { column: 3, row: 5, step: 1, count: 9 }], false)) // prettier-ignore
    fc.assert(
      fc.property(fc.nat({ max: sound.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        try {
          expect(decodeCube(sound.with(at, byte)).bounds.length).toBeGreaterThan(0)
        } catch (cause) {
          expect(cause).toBeInstanceOf(RangeError)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('windows of a cube', () => {
  it('are the sums of their steps, in each cell and in all', () => {
    fc.assert(
      fc.property(
        cube,
        fc.integer({ min: -3, max: STEPS + 3 }),
        fc.integer({ min: -3, max: STEPS + 3 }),
        ({ items, cube: each }, from, to) => {
          const sums = createSums(each)
          const inside = items.filter(({ step }) => step >= from && step < to)
          const sumOf = (some: readonly Item[]) => some.reduce((sum, { count }) => sum + count, 0)
          expect(sums.total(from, to)).toBe(sumOf(inside))
          const expected = Array.from(each.columns, (column, cell) =>
            sumOf(inside.filter((one) => one.column === column && one.row === each.rows[cell])),
          )
          const out = new Uint32Array(each.columns.length)
          expect(sums.window(from, to, 'counts', out)).toBe(out)
          expect([...out]).toEqual(expected)
          const factor = each.weights ? 5 : 1
          expect([...sums.window(from, to, 'weights')]).toEqual(expected.map((count) => count * factor))
          expect(sums.perStep.reduce((sum, count) => sum + count, 0)).toBe(each.total)
        },
      ),
    )
  })

  it('know the step of an instant, the first before the beginning and one too many after the end', () => {
    const bounds = Float64Array.of(10, 20, 40)
    expect([5, 10, 19, 20, 39, 40, 99].map((at) => stepAt({ bounds }, at))).toEqual([0, 0, 0, 1, 1, 2, 2])
  })
})

describe('a lattice', () => {
  it('has cells that nest, about as wide and high as they say', () => {
    const finest = latticeOf(28.4, 50)
    for (const metres of CELL_SIZES) {
      const { cellX, cellY } = latticeOf(28.4, metres)
      expect([cellX, cellY]).toEqual([(finest.cellX * metres) / 50, (finest.cellY * metres) / 50])
      expect((cellY / 1e7) * 111_195).toBeCloseTo(metres, -1)
      expect((cellX / 1e7) * 111_195 * Math.cos((28 * Math.PI) / 180)).toBeCloseTo(metres, -1)
    }
    expect(latticeOf(27.6, 50)).toEqual(finest)
    expect(latticeOf(-90, 50)).toEqual(latticeOf(80, 50))
  })
})
