import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CellGraph, buildGraphs } from '#model/partition/cell-graph.ts'
import { buildCells } from '#model/partition/cells.ts'
import { bitsAround, Pieces } from '#model/partition/pieces.ts'
import { peopledInput, randomInput } from '../../../fixtures/random-redivision.ts'

/** Joined cells that can be reached from one within its unit, without c. */
function reach(graph: CellGraph, label: ArrayLike<number>, from: number, c: number): number {
  const seen = new Set([from])
  for (const d of seen) {
    for (let i = graph.start[d]!; i < graph.start[d + 1]!; i++) {
      const e = graph.neighbour[i]!
      if (graph.joins[i] && e !== c && label[e] === label[c]) seen.add(e)
    }
  }
  return seen.size
}

/** A lattice of so many columns, cells joined to those beside, above and below. */
function lattice(columns: number, rows: number): CellGraph {
  const neighbour: number[] = []
  const start = [0]
  for (let c = 0; c < columns * rows; c++) {
    const [i, j] = [c % columns, Math.floor(c / columns)]
    if (i > 0) neighbour.push(c - 1)
    if (i < columns - 1) neighbour.push(c + 1)
    if (j > 0) neighbour.push(c - columns)
    if (j < rows - 1) neighbour.push(c + columns)
    start.push(neighbour.length)
  }
  const borders = { start: Int32Array.from(start), neighbour: Int32Array.from(neighbour), joins: new Uint8Array(neighbour.length).fill(1) }
  return { ...borders, around: bitsAround(borders) } as CellGraph
}

describe('the pieces of a unit', () => {
  it('stay one whenever that is said, whatever the cells', () => {
    fc.assert(
      fc.property(fc.oneof(randomInput, peopledInput), fc.integer({ min: 1, max: 3 }), (input, units) => {
        for (const graph of buildGraphs(buildCells(input), input.villages, input.targets.min)) {
          const label = graph.old.map((leaf) => leaf % units)
          const pieces = new Pieces(graph, label)
          const { of } = pieces.all()
          for (let c = 0; c < label.length; c++) {
            if (!pieces.staysWhole(c)) continue
            const piece = of.filter((each) => each === of[c]).length
            const beside = graph.neighbour
              .subarray(graph.start[c], graph.start[c + 1])
              .find((d, n) => graph.joins[graph.start[c]! + n] === 1 && label[d] === label[c])!
            expect(reach(graph, label, beside, c)).toBe(piece - 1)
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  it('are seen at a cell of many neighbours, and round another unit', () => {
    const ring = new Pieces(lattice(3, 3), Int32Array.from([0, 0, 0, 0, 1, 0, 0, 0, 0]))
    expect([0, 1, 2, 3, 5].map((c) => ring.staysWhole(c))).toEqual([true, true, true, true, true])
    const bow = new Pieces(lattice(3, 3), Int32Array.from([0, 0, 0, 0, 1, 0, 0, 1, 1]))
    expect([0, 1, 2, 3, 5, 6].map((c) => bow.staysWhole(c))).toEqual([false, false, false, false, true, true])
    expect(bow.all()).toEqual({ of: Int32Array.from([0, 0, 0, 0, 1, 0, 0, 1, 1]), unit: [0, 1] })
  })

  it.each([31, 32, 33, 70])('are told about the hub of a wheel with %i spokes, with a rim and without', (spokes) => {
    const rim = (c: number, by: number) => 1 + ((c - 1 + by + spokes) % spokes)
    const wheel = (hasRim: boolean): CellGraph => {
      const lists = Array.from({ length: spokes + 1 }, (_, c) =>
        c === 0 ? Array.from({ length: spokes }, (_, n) => n + 1) : hasRim ? [0, rim(c, 1), rim(c, -1)] : [0],
      )
      const start = lists.reduce<number[]>((sums, list) => [...sums, sums.at(-1)! + list.length], [0])
      const neighbour = Int32Array.from(lists.flat())
      const borders = { start: Int32Array.from(start), neighbour, joins: new Uint8Array(neighbour.length).fill(1) }
      return { ...borders, around: bitsAround(borders) } as CellGraph
    }
    const all = new Int32Array(spokes + 1)
    expect(new Pieces(wheel(false), all).staysWhole(0)).toBe(false)
    expect(new Pieces(wheel(true), all).staysWhole(0)).toBe(spokes <= 32)
    expect(new Pieces(wheel(true), all).staysWhole(1)).toBe(true)
  })
})
