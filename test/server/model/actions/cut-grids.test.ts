import { describe, expect, it } from 'vitest'
import type { Action } from '#model/actions/action.ts'
import { checkCoverage } from '#model/coverage-check.ts'
import { type Coverage, coverageOf } from '#model/coverage.ts'
import { type Difference, gridOf, type Leaf } from '#model/difference.ts'
import { plan, undo } from '#model/replay.ts'
import { asciiMap, at } from '../../../fixtures/ascii-map.ts'
import { area, expectSound, leafFor, polygonsIn, VILLAGE } from '../../../fixtures/leaves.ts'

const ONE = `${VILLAGE}001`
const TWO = `${VILLAGE}002`
const THREE = `${VILLAGE}003`

/** Grid ONE is cut into A, B and C, grid TWO into D and E; P (grid THREE) has none. */
const drawing = `
  AABDDP
  AABDDP
  CCCEEP
`
const BELOW: Record<string, string> = { A: ONE, B: ONE, C: ONE, D: TWO, E: TWO }

function cutCounty(): Coverage {
  const features = asciiMap(drawing).map(({ id, geometry }) => ({ id: id === 'P' ? THREE : id, geometry }))
  const factsFor = (letter: string): Partial<Leaf> =>
    BELOW[letter]
      ? { level: 'microgrid', parentCode: BELOW[letter], code: `${BELOW[letter]}0${1 + 'ABCDE'.indexOf(letter)}` }
      : { code: THREE }
  const above = [ONE, TWO].map((code) => ({ id: code, code, parentCode: VILLAGE, level: 'grid' as const, unitKind: 'general' as const, name: code.slice(-3), nameEn: null })) // prettier-ignore
  return coverageOf(checkCoverage(features).topology!, features.map(({ id }) => leafFor(id, factsFor(id))), above) // prettier-ignore
}

function done(coverage: Coverage, action: Action): Difference {
  const [before, leaves] = [polygonsIn(coverage), [...coverage.leaves.values()]]
  const answer = plan(coverage, action)
  if ('reason' in answer) throw new Error(answer.reason)
  coverage.apply(answer)
  expectSound(coverage)
  const after = polygonsIn(coverage)
  undo(coverage, [answer])
  expect(polygonsIn(coverage)).toEqual(before)
  expect(new Set(coverage.leaves.values())).toEqual(new Set(leaves))
  coverage.apply(answer)
  expect(polygonsIn(coverage)).toEqual(after)
  return answer
}

const gridsOf = (coverage: Coverage): Record<string, string[]> =>
  Object.fromEntries([...coverage.grids.keys()].sort().map((id) => [id, [...coverage.leavesOfGrid(id)].sort()]))

describe('a grid with micro-grids', () => {
  it('is split by a line that cuts the micro-grids it crosses; the larger part stays what it was', () => {
    const coverage = cutCounty()
    done(coverage, { type: 'split', unit: ONE, line: [at(1.6, -1), at(1.6, 4)], newIds: ['n1'] })
    expect(gridsOf(coverage)).toEqual({ [ONE]: ['A', 'C'], [TWO]: ['D', 'E'], n1: ['B', 'n1-1', 'n1-2'] })
    expect(coverage.leaves.get('n1-1')).toMatchObject({ name: 'A', level: 'microgrid', code: null, grid: 'n1' })
  })

  it('keeps its id for the larger piece, and new grids are named after it', () => {
    const coverage = cutCounty()
    done(coverage, { type: 'split', unit: ONE, line: [at(-1, 1), at(4, 1)], newIds: ['n1'] })
    expect(gridsOf(coverage)).toEqual({ [ONE]: ['A', 'B'], [TWO]: ['D', 'E'], n1: ['C'] })
    expect(coverage.grids.get('n1')).toMatchObject({ code: null, name: '001-2', parentCode: VILLAGE, level: 'grid' })
    expect(coverage.leaves.get('C')).toMatchObject({ parentCode: VILLAGE, grid: 'n1' })
    expect(plan(coverage, { type: 'split', unit: ONE, line: [at(-1, 1), at(4, 1)], newIds: ['n2'] })).toMatchObject({ reason: 'splits-nothing' }) // prettier-ignore
    expect(plan(coverage, { type: 'split', unit: ONE, line: [at(1, 0), at(1, 4)], newIds: ['n1'] })).toMatchObject({ reason: 'id-taken' })
  })

  it('merges with another one into a grid that has the micro-grids of both', () => {
    const coverage = cutCounty()
    const answer = done(coverage, { type: 'merge', units: [ONE, TWO], keep: ONE })
    expect(gridsOf(coverage)).toEqual({ [ONE]: ['A', 'B', 'C', 'D', 'E'] })
    expect(answer.arcs).toEqual({ removed: [], added: [] })
    expect(coverage.leaves.get('D')).toMatchObject({ parentCode: ONE })
  })

  it('merges with a grid that has none, which becomes a micro-grid of it, whichever stays', () => {
    const one = cutCounty()
    done(one, { type: 'merge', units: [TWO, THREE], keep: TWO })
    expect(gridsOf(one)[TWO]).toEqual(['331004001001002-1', 'D', 'E'])
    expect(area(one, '331004001001002-1')).toBe(3)
    const other = cutCounty()
    done(other, { type: 'merge', units: [TWO, THREE], keep: THREE })
    expect(gridsOf(other)).toEqual({ [ONE]: ['A', 'B', 'C'], [THREE]: [`${THREE}-1`, 'D', 'E'] })
    expect(other.grids.get(THREE)).toMatchObject({ code: THREE })
    expect(plan(other, { type: 'merge', units: ['A', THREE], keep: THREE })).toMatchObject({ reason: 'not-neighbours' })
    expect(plan(other, { type: 'merge', units: ['B', 'D'], keep: 'B' })).toMatchObject({ reason: 'other-parent' })
  })

  it('hands over whole micro-grids as they are, and what is cut off to the micro-grid beside it', () => {
    const coverage = cutCounty()
    done(coverage, { type: 'hand-over', unit: ONE, to: TWO, line: [at(2, -1), at(2, 4)], at: at(2.5, 2) })
    expect(gridsOf(coverage)).toEqual({ [ONE]: ['A', 'C'], [TWO]: ['B', 'D', 'E'] })
    expect(area(coverage, 'C')).toBe(2)
    expect(area(coverage, 'B') + area(coverage, 'E')).toBe(5)
  })

  it('hands a piece to a grid that has none, and takes one from it', () => {
    const gives = cutCounty()
    done(gives, { type: 'hand-over', unit: TWO, to: THREE, line: [at(-1, 1), at(9, 1)], at: at(4, 0.5) })
    expect(gridsOf(gives)[TWO]).toEqual(['D'])
    expect(area(gives, THREE)).toBe(5)
    const takes = cutCounty()
    done(takes, { type: 'hand-over', unit: THREE, to: TWO, line: [at(5.5, -1), at(5.5, 4)], at: at(5.2, 2) })
    expect(area(takes, 'D')).toBe(5.5)
    expect(gridsOf(takes)[TWO]).toEqual(['D', 'E'])
  })

  it('loses land to a grid cut out of it; a micro-grid that lies in it whole ends, the grid itself may not', () => {
    const coverage = cutCounty()
    const market = { id: 'n1', name: '市场', unitKind: 'dedicated' as const, parentCode: VILLAGE }
    const box = (x: number, y: number, w: number, h: number): [number, number][] => [at(x, y), at(x + w, y), at(x + w, y + h), at(x, y + h)]
    expect(plan(coverage, { type: 'cut-out', ring: box(-1, -1, 4, 5), unit: market })).toMatchObject({
      reason: 'swallows-unit',
      units: [ONE],
    })
    done(coverage, { type: 'cut-out', ring: box(1.5, 0.5, 1.5, 3), unit: market })
    expect(coverage.leaves.get('n1')).toMatchObject({ level: 'grid', parentCode: VILLAGE })
    expect(gridsOf(coverage)[ONE]).toEqual(['A', 'C'])
    const small = { ...market, id: 'n2', parentCode: TWO }
    done(coverage, { type: 'cut-out', ring: box(3.5, 1.5, 1, 1), unit: small })
    expect(coverage.leaves.get('n2')).toMatchObject({ level: 'microgrid', parentCode: TWO })
    expect(plan(coverage, { type: 'cut-out', ring: box(5.2, 1.5, 0.5, 1), unit: { ...small, id: 'n3', parentCode: THREE } })).toMatchObject({ reason: 'not-below-parent' }) // prettier-ignore
  })

  it('has its border redrawn past several micro-grids, whose borders follow', () => {
    const coverage = cutCounty()
    done(coverage, { type: 'redraw-border', units: [ONE, TWO], line: [at(3, 2.5), at(3.5, 1.5), at(3.5, 0.5), at(3, 0.5)] })
    expect(gridsOf(coverage)).toEqual({ [ONE]: ['A', 'B', 'C'], [TWO]: ['D', 'E'] })
    expect(area(coverage, 'B') + area(coverage, 'C')).toBe(5.75)
    expect(area(coverage, 'B')).toBeGreaterThan(2)
    expect(area(coverage, 'C')).toBe(3.25)
    const redraw = (line: [number, number][]) => plan(coverage, { type: 'redraw-border', units: [ONE, TWO], line })
    expect(redraw([at(3, 2.5), at(2.5, 4), at(3, 0.5)])).toMatchObject({ reason: 'crosses-border' })
    expect(redraw([at(0.5, 2.5), at(3, 0.5)])).toMatchObject({ reason: 'not-on-border' })
    expect(plan(coverage, { type: 'redraw-border', units: [ONE, THREE], line: [at(3, 2), at(4, 2)] })).toMatchObject({ reason: 'not-neighbours' }) // prettier-ignore
  })

  it('is renumbered, renamed and moved to another village with its micro-grids', () => {
    const coverage = cutCounty()
    done(coverage, { type: 'describe', unit: ONE, name: '东桥' })
    expect(coverage.grids.get(ONE)).toMatchObject({ name: '东桥' })
    done(coverage, { type: 'describe', unit: ONE, parentCode: '331004001002' })
    expect(coverage.leaves.get('A')).toMatchObject({ parentCode: '331004001002', grid: ONE })
    done(coverage, { type: 'describe', unit: ONE, parentCode: VILLAGE })
    expect(coverage.leaves.get('A')).toMatchObject({ parentCode: ONE, grid: undefined })
    done(coverage, { type: 'renumber', parentCode: VILLAGE })
    expect([...coverage.grids.values()].every(({ renumber }) => renumber)).toBe(true)
    expect(coverage.leaves.get(THREE)).toMatchObject({ renumber: true })
    expect(coverage.leaves.get('A')).toMatchObject({ parentCode: VILLAGE, grid: ONE, renumber: false })
    expect(plan(coverage, { type: 'renumber', parentCode: VILLAGE })).toMatchObject({ reason: 'no-unit' })
    done(coverage, { type: 'renumber', parentCode: TWO })
    expect(coverage.leaves.get('D')).toMatchObject({ renumber: true })
  })

  it('is divided anew, into grids or into micro-grids', () => {
    const whole = (coverage: Coverage, unit: string) => asciiPolygon(coverage, unit)
    const coverage = cutCounty()
    const general = { name: '新', unitKind: 'general' as const }
    done(coverage, {
      type: 'divide',
      units: [TWO],
      into: [{ unit: { ...general, id: TWO, parentCode: VILLAGE }, polygons: whole(coverage, TWO) }],
    })
    expect(gridsOf(coverage)).toEqual({ [ONE]: ['A', 'B', 'C'] })
    expect(coverage.leaves.get(TWO)).toMatchObject({ level: 'grid', code: TWO, parentCode: VILLAGE, name: '新' })
    const half = (x: number, w: number): [number, number][][][] => [[[at(x, 0), at(x + w, 0), at(x + w, 3), at(x, 3), at(x, 0)]]]
    const into = [half(3, 1), half(4, 1)].map((polygons, n) => ({ unit: { ...general, id: `n${n}`, parentCode: TWO }, polygons }))
    done(coverage, { type: 'divide', units: [TWO], into })
    expect(gridsOf(coverage)[TWO]).toEqual(['n0', 'n1'])
    expect(coverage.grids.get(TWO)).toMatchObject({ code: TWO, name: '新' })
    expect(coverage.leaves.get('n0')).toMatchObject({ level: 'microgrid', code: null })
  })
})

function asciiPolygon(coverage: Coverage, grid: string): [number, number][][][] {
  const polygons = coverage.union(coverage.leavesOfGrid(grid))
  const points = (ring: Int32Array) => Array.from({ length: ring.length / 2 + 1 }, (_, i) => [ring[(2 * i) % ring.length]! / 1e7, ring[(2 * i + 1) % ring.length]! / 1e7] as [number, number]) // prettier-ignore
  return polygons.map((rings) => rings.map(points))
}

describe('a unit that has nothing below it', () => {
  const TOWN = '331004001'
  function villages(): Coverage {
    const features = asciiMap(`
      VVW
      VVW
    `)
    const codes: Record<string, string> = { V: VILLAGE, W: '331004001002' }
    const named = features.map(({ id, geometry }) => ({ id: codes[id]!, geometry }))
    return coverageOf(checkCoverage(named).topology!, named.map(({ id }) => leafFor(id, { code: id, parentCode: TOWN, level: 'village' }))) // prettier-ignore
  }
  const half = (y: number): [number, number][][][] => [[[at(0, y), at(2, y), at(2, y + 1), at(0, y + 1), at(0, y)]]]
  const into = (parentCode: string) => [0, 1].map((y) => ({ unit: { id: `n${y}`, name: `n${y}`, unitKind: 'general' as const, parentCode }, polygons: half(y) })) // prettier-ignore

  it('is divided into units of the level below when they hang below it, otherwise into more of its kind', () => {
    const grids = villages()
    done(grids, { type: 'divide', units: [VILLAGE], into: into(VILLAGE) })
    expect([...grids.leaves.values()].map(({ id, level }) => `${id} ${level}`)).toEqual(['331004001002 village', 'n0 grid', 'n1 grid'])
    const more = villages()
    done(more, { type: 'divide', units: [VILLAGE], into: into(TOWN) })
    expect(more.leaves.get('n0')).toMatchObject({ level: 'village', parentCode: TOWN })
    const [lower, upper] = into(VILLAGE)
    const mixed = [lower!, { ...upper!, unit: { ...upper!.unit, id: VILLAGE, parentCode: TOWN } }]
    expect(plan(villages(), { type: 'divide', units: [VILLAGE], into: mixed })).toMatchObject({ reason: 'not-below-parent' })
  })

  it('is split into units below it on purpose only', () => {
    const line = [at(1, -1), at(1, 3)]
    const below = villages()
    done(below, { type: 'split', unit: VILLAGE, line, newIds: ['n1', 'n2'], below: true })
    expect(below.leaves.has(VILLAGE)).toBe(false)
    expect(['n1', 'n2'].map((id) => below.leaves.get(id))).toMatchObject([
      { level: 'grid', parentCode: VILLAGE },
      { level: 'grid', parentCode: VILLAGE },
    ])
    done(below, { type: 'split', unit: 'n1', line: [at(-1, 1), at(3, 1)], newIds: ['n3', 'n4'], below: true })
    expect(gridsOf(below)).toEqual({ n1: ['n3', 'n4'] })
    expect(gridOf(below.leaves.get('n3')!)).toBe('n1')
    expect(plan(below, { type: 'split', unit: 'n3', line, newIds: ['n5', 'n6'], below: true })).toMatchObject({
      reason: 'not-below-parent',
    })
    const beside = villages()
    done(beside, { type: 'split', unit: VILLAGE, line, newIds: ['n1'] })
    expect(beside.leaves.get('n1')).toMatchObject({ level: 'village', parentCode: TOWN })
    expect(plan(beside, { type: 'split', unit: 'n1', line: [at(-1, 1), at(3, 1)], newIds: ['n2', 'n3'], below: true })).toMatchObject({ reason: 'not-below-parent' }) // prettier-ignore
  })
})
