import { describe, expect, it } from 'vitest'
import type { Action } from '#model/actions/action.ts'
import type { Coverage } from '#model/coverage.ts'
import type { Difference } from '#model/difference.ts'
import { plan } from '#model/replay.ts'
import { at } from '../../../fixtures/ascii-map.ts'
import { area, drawCoverage, expectSound, VILLAGE } from '../../../fixtures/leaves.ts'

const drawing = `
  AAB
  AAB
  CDD
`

function done(coverage: Coverage, action: Action): Difference {
  const answer = plan(coverage, action)
  if ('reason' in answer) throw new Error(answer.reason)
  coverage.apply(answer)
  expectSound(coverage)
  return answer
}

describe('merging', () => {
  it('drops the lines between and ends the others', () => {
    const coverage = drawCoverage(drawing)
    done(coverage, { type: 'merge', units: ['A', 'B', 'D'], keep: 'B' })
    expect([...coverage.leaves.keys()].sort()).toEqual(['B', 'C'])
    expect(area(coverage, 'B')).toBe(8)
  })

  it('refuses units that do not touch, or touch in a point only', () => {
    const coverage = drawCoverage(drawing)
    expect(plan(coverage, { type: 'merge', units: ['B', 'C'], keep: 'B' })).toEqual({ reason: 'not-neighbours', units: ['C'] })
    const corners = drawCoverage(`
      AB
      CD
    `)
    expect(plan(corners, { type: 'merge', units: ['A', 'D'], keep: 'A' })).toMatchObject({ reason: 'not-neighbours' })
    expect(plan(corners, { type: 'merge', units: ['A'], keep: 'A' })).toMatchObject({ reason: 'same-place' })
    expect(plan(corners, { type: 'merge', units: ['A', 'Z'], keep: 'A' })).toEqual({ reason: 'no-unit', units: ['Z'] })
  })

  it('refuses units of two villages', () => {
    const coverage = drawCoverage(drawing)
    done(coverage, { type: 'describe', unit: 'B', parentCode: '331004001002' })
    expect(plan(coverage, { type: 'merge', units: ['A', 'B'], keep: 'A' })).toMatchObject({ reason: 'other-parent' })
  })
})

describe('handing over', () => {
  it('gives the piece with the point to the neighbour', () => {
    const coverage = drawCoverage(drawing)
    done(coverage, { type: 'hand-over', unit: 'A', to: 'B', line: [at(1, 0), at(1, 4)], at: at(1.5, 2) })
    expect(area(coverage, 'A')).toBe(2)
    expect(area(coverage, 'B')).toBe(4)
  })

  it('gives a part that is cut off to the unit beside it', () => {
    const coverage = drawCoverage(`
      ABA
      CCC
    `)
    done(coverage, { type: 'hand-over', unit: 'A', to: 'C', at: at(2.5, 1.5) })
    expect(area(coverage, 'A')).toBe(1)
    expect(area(coverage, 'C')).toBe(4)
  })

  it('says why it cannot be', () => {
    const coverage = drawCoverage(drawing)
    const cut: [number, number][] = [at(1, 0), at(1, 4)]
    expect(plan(coverage, { type: 'hand-over', unit: 'A', to: 'B', line: cut, at: at(0.5, 2) })).toMatchObject({ reason: 'not-neighbours' })
    expect(plan(coverage, { type: 'hand-over', unit: 'A', to: 'B', line: cut, at: at(2.5, 2) })).toMatchObject({ reason: 'misses-unit' })
    expect(plan(coverage, { type: 'hand-over', unit: 'A', to: 'B', at: at(0.5, 2) })).toMatchObject({ reason: 'swallows-unit' })
    const short: [number, number][] = [at(1, 1.5), at(1, 2)]
    expect(plan(coverage, { type: 'hand-over', unit: 'A', to: 'B', line: short, at: at(0.5, 2) })).toMatchObject({
      reason: 'splits-nothing',
    })
  })
})

describe('cutting out', () => {
  const market = { id: 'n1', name: '市场', unitKind: 'dedicated' as const, parentCode: VILLAGE }
  const ring = (x: number, y: number, size: number): [number, number][] => [
    at(x, y),
    at(x + size, y),
    at(x + size, y + size),
    at(x, y + size),
  ]

  it('takes land from every unit under the ring, whichever way it is drawn', () => {
    for (const drawn of [ring(1.5, 0.5, 1), ring(1.5, 0.5, 1).reverse()]) {
      const coverage = drawCoverage(drawing)
      done(coverage, { type: 'cut-out', ring: drawn, unit: market })
      expect(area(coverage, 'n1')).toBe(1)
      expect(['A', 'B', 'D'].map((id) => area(coverage, id))).toEqual([3.75, 1.75, 1.5])
      expect(coverage.leaves.get('n1')).toMatchObject({ unitKind: 'dedicated', name: '市场' })
    }
  })

  it('may lie wholly inside one unit, and is clipped to the county', () => {
    const inside = drawCoverage(drawing)
    done(inside, { type: 'cut-out', ring: ring(0.5, 1.5, 1), unit: market })
    expect(inside.polygonsOf('A')[0]).toHaveLength(2)
    const clipped = drawCoverage(drawing)
    done(clipped, { type: 'cut-out', ring: ring(-0.5, 2.5, 1), unit: market })
    expect(area(clipped, 'n1')).toBe(0.25)
  })

  it('refuses bow-ties, rings beside the county, and rings that leave nothing of a unit', () => {
    const coverage = drawCoverage(drawing)
    const bowTie: [number, number][] = [at(0.5, 1.5), at(1.5, 2.5), at(1.5, 1.5), at(0.5, 2.5)]
    expect(plan(coverage, { type: 'cut-out', ring: bowTie, unit: market })).toMatchObject({ reason: 'crosses-itself' })
    expect(plan(coverage, { type: 'cut-out', ring: ring(9, 9, 1), unit: market })).toMatchObject({ reason: 'nothing-inside' })
    expect(plan(coverage, { type: 'cut-out', ring: ring(-1, -1, 2), unit: market })).toMatchObject({
      reason: 'swallows-unit',
      units: ['C'],
    })
    expect(plan(coverage, { type: 'cut-out', ring: ring(0.5, 1.5, 1), unit: { ...market, id: 'A' } })).toMatchObject({ reason: 'id-taken' })
    expect(plan(coverage, { type: 'cut-out', ring: [at(0, 1), at(1, 1), at(0, 1)], unit: market })).toMatchObject({
      reason: 'would-collapse',
    })
  })
})

describe('redrawing a border', () => {
  it('puts the new line in place of the stretch between its ends', () => {
    const coverage = drawCoverage(drawing)
    done(coverage, { type: 'redraw-border', units: ['A', 'B'], line: [at(2, 1), at(1.5, 2), at(2, 3)] })
    expect(area(coverage, 'A')).toBe(3.5)
    expect(area(coverage, 'B')).toBe(2.5)
  })

  it('takes ends anywhere on the border, in either direction', () => {
    const there = drawCoverage(drawing)
    done(there, { type: 'redraw-border', units: ['A', 'B'], line: [at(2, 1.25), at(2.5, 2), at(2, 2.75)] })
    const back = drawCoverage(drawing)
    done(back, { type: 'redraw-border', units: ['B', 'A'], line: [at(2, 2.75), at(2.5, 2), at(2, 1.25)] })
    expect(area(there, 'A')).toBe(4.375)
    expect(back.polygonsOf('A')).toEqual(there.polygonsOf('A'))
  })

  it('says why it cannot be', () => {
    const coverage = drawCoverage(drawing)
    const redraw = (units: [string, string], line: [number, number][]) => plan(coverage, { type: 'redraw-border', units, line })
    expect(redraw(['A', 'B'], [at(2, 1), at(1, 2), at(0.5, 2)])).toMatchObject({ reason: 'not-on-border' })
    expect(redraw(['B', 'C'], [at(2, 1), at(1, 2)])).toMatchObject({ reason: 'not-neighbours' })
    expect(redraw(['A', 'B'], [at(2, 1), at(-1, 2), at(2, 3)])).toMatchObject({ reason: 'crosses-border' })
    expect(redraw(['A', 'A'], [at(2, 1), at(2, 3)])).toMatchObject({ reason: 'not-neighbours' })
  })
})

describe('dividing anew', () => {
  const unit = (id: string) => ({ id, name: id, unitKind: 'general' as const, parentCode: VILLAGE })
  const box = (x: number, y: number, w: number, h: number): [number, number][][][] => [
    [[at(x, y), at(x + w, y), at(x + w, y + h), at(x, y + h), at(x, y)]],
  ]

  it('gives the land of the units to the polygons', () => {
    const coverage = drawCoverage(drawing)
    const answer = done(coverage, {
      type: 'divide',
      units: ['A', 'B'],
      into: [
        { unit: unit('A'), polygons: box(0, 2, 3, 1) },
        { unit: unit('n1'), polygons: box(0, 1, 3, 1) },
      ],
    })
    expect(answer.leaves.removed.map(({ id }) => id)).toEqual(['B'])
    expect(area(coverage, 'A')).toBe(3)
    expect([...coverage.neighboursOf('n1')].sort()).toEqual(['A', 'C', 'D'])
  })

  it('refuses what leaves land out, covers it twice or reaches beyond', () => {
    const coverage = drawCoverage(drawing)
    const divide = (...into: { unit: ReturnType<typeof unit>; polygons: [number, number][][][] }[]) =>
      plan(coverage, { type: 'divide', units: ['A', 'B'], into })
    expect(divide({ unit: unit('A'), polygons: box(0, 2, 3, 1) })).toMatchObject({ reason: 'does-not-cover' })
    expect(divide({ unit: unit('A'), polygons: box(0, 1, 3, 2) }, { unit: unit('B'), polygons: box(1, 1, 1, 1) })).toMatchObject({
      reason: 'does-not-cover',
    })
    expect(divide({ unit: unit('A'), polygons: box(0, 1, 3, 2) }, { unit: unit('C'), polygons: box(1, 1, 1, 1) })).toMatchObject({
      reason: 'id-taken',
    })
    expect(divide({ unit: unit('A'), polygons: [[[at(0, 0), at(1, 1), at(0, 0)]]] })).toMatchObject({ reason: 'crosses-itself' })
    expectSound(coverage)
  })
})

describe('describing and renumbering', () => {
  it('change facts, never borders', () => {
    const coverage = drawCoverage(drawing)
    const answer = done(coverage, { type: 'describe', unit: 'A', name: '东桥 01', unitKind: 'dedicated' })
    expect(answer.arcs).toEqual({ removed: [], added: [] })
    expect(coverage.leaves.get('A')).toMatchObject({ name: '东桥 01', unitKind: 'dedicated', parentCode: VILLAGE })
    expect(plan(coverage, { type: 'describe', unit: 'A', name: '东桥 01' })).toMatchObject({ reason: 'same-place' })
    done(coverage, { type: 'describe', unit: 'A', nameEn: 'Dongqiao 01' })
    expect(coverage.leaves.get('A')).toMatchObject({ name: '东桥 01', nameEn: 'Dongqiao 01' })
    done(coverage, { type: 'describe', unit: 'A', nameEn: null })
    expect(plan(coverage, { type: 'describe', unit: 'A', nameEn: null })).toMatchObject({ reason: 'same-place' })
    expect(plan(coverage, { type: 'describe', unit: 'A', parentCode: '331004001001001' })).toMatchObject({ reason: 'not-below-parent' })
    done(coverage, { type: 'renumber', parentCode: VILLAGE })
    expect([...coverage.leaves.values()].every(({ renumber }) => renumber)).toBe(true)
    expect(plan(coverage, { type: 'renumber', parentCode: '331004009' })).toMatchObject({ reason: 'no-unit' })
  })
})
