import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkCoverage, checkPolygons } from '#model/coverage-check.ts'
import { checkLeaves, matchEdges } from '#model/matched-edges.ts'
import type { GridPolygons } from '#model/rings.ts'
import { borders, mergeBy, toGridPolygons, type Topology } from '#model/topology.ts'
import { asciiMap } from '../../fixtures/ascii-map.ts'

/** Sound leaves with their outline, as they are stored. */
const stored = (drawing: string): { leaves: { id: string; polygons: GridPolygons }[]; outline: GridPolygons } => {
  const { topology } = checkCoverage(asciiMap(drawing))
  const merged = (keyOf: (id: string) => string) => [...mergeBy(topology!, keyOf)]
  return {
    leaves: merged((id) => id).map(([id, polygons]) => ({ id, polygons: toGridPolygons(topology!, polygons) })),
    outline: toGridPolygons(topology!, merged(() => 'all')[0]![1]),
  }
}
/** Every edge with what lies on its sides, and how many lines there are. */
const edgesOf = (topology: Topology) => {
  const edges = borders(topology).flatMap(({ left, right, line }) =>
    line.slice(1).map((to, i) => {
      const from = line[i]!
      const isForward = from[0] < to[0] || (from[0] === to[0] && from[1] < to[1])
      return String(isForward ? [left, right, from, to] : [right, left, to, from])
    }),
  )
  return { lines: topology.arcs.length, edges: edges.sort() }
}

const DRAWINGS = ['A', 'AB', 'AAB\nCCB', 'AAAA\nABBA\nAAAA', 'AB\nBA', 'A.B\n...\nCCC', 'AAAA\nADBA\nACCA\nAAAA', 'ABC\nDEF\nGHI']
const drawing = fc
  .array(fc.array(fc.constantFrom('A', 'B', 'C', 'D', '.'), { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 4 })
  .map((rows) => rows.map((row) => row.join('')).join('\n'))
  .filter((text) => /[A-D]/.test(text))

describe('leaves whose edges match', () => {
  it.each(DRAWINGS)('have the lines that the full check finds: %j', (text) => {
    const { leaves, outline } = stored(text)
    expect(edgesOf(matchEdges(leaves, outline)!)).toEqual(edgesOf(checkPolygons(leaves).topology!))
  })

  it('give back their polygons, whatever they are', () => {
    fc.assert(
      fc.property(drawing, (text) => {
        if (!checkCoverage(asciiMap(text)).topology) return
        const { leaves, outline } = stored(text)
        const topology = matchEdges(leaves, outline)!
        const again = new Map([...mergeBy(topology, (id) => id)].map(([id, polygons]) => [id, toGridPolygons(topology, polygons)]))
        expect(again).toEqual(new Map(leaves.map(({ id, polygons }) => [id, polygons])))
      }),
    )
  })

  it('are told from those with a gap, an overlap, or a corner that a neighbour lacks', () => {
    const { leaves, outline } = stored('ABC\nDEF\nGHI')
    const without = (id: string) => leaves.filter((each) => each.id !== id)
    expect(matchEdges(without('E'), outline)).toBeNull()
    expect(matchEdges(without('A'), outline)).toBeNull()
    expect(matchEdges([...leaves, { id: 'again', polygons: leaves[4]!.polygons }], outline)).toBeNull()
    const [first] = leaves[0]!.polygons[0]!
    const [x, y, toX, toY] = first!
    const more = Int32Array.from([x!, y!, (x! + toX!) / 2, (y! + toY!) / 2, ...first!.subarray(2)])
    expect(matchEdges([{ id: 'A', polygons: [[more]] }, ...without('A')], outline)).toBeNull()
    expect(matchEdges(leaves, [])).toBeNull()
  })

  it('are checked in full where they do not match', () => {
    const { leaves, outline } = stored('ABC\nDEF\nGHI')
    expect(checkLeaves(leaves, outline).topology).not.toBeNull()
    expect(checkLeaves(leaves, []).topology).not.toBeNull()
    expect(checkLeaves(leaves.filter(({ id }) => id !== 'E'), outline).faults).toMatchObject([{ kind: 'gap' }]) // prettier-ignore
  })
})
