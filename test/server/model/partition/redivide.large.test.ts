import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkPolygons } from '#model/coverage-check.ts'
import type { Divide } from '#model/actions/action.ts'
import { coverageOf } from '#model/coverage.ts'
import type { Leaf } from '#model/difference.ts'
import { area2, sideOfPolygon } from '#model/exact.ts'
import { toDivide } from '#model/partition/divide-action.ts'
import { prepare, Redivision } from '#model/partition/redivide.ts'
import { PRESETS, type Proposal, type RedivisionInput, type RedivisionOptions } from '#model/partition/redivision.ts'
import { replay } from '#model/replay.ts'
import { canonical, type GridPolygons } from '#model/rings.ts'
import { demoTown } from '../../../fixtures/demo-town.ts'
import { peopledInput, randomInput } from '../../../fixtures/random-redivision.ts'

const propose = (input: RedivisionInput, options: RedivisionOptions): Proposal => {
  const run = new Redivision(prepare(input), options)
  while (run.step().phase !== 'done');
  return run.proposal()
}
const unitsOf = (proposal: Proposal) => proposal.villages.flatMap(({ units }) => units)
const leavesOf = ({ villages }: RedivisionInput) => villages.flatMap(({ leaves }) => leaves)
const areaOf = (polygons: GridPolygons) => polygons.flat().reduce((sum, ring) => sum + area2(ring), 0)
const edgesOf = (polygons: GridPolygons) => polygons.flat().reduce((sum, ring) => sum + ring.length / 2, 0)
const holds = (polygons: GridPolygons, x: number, y: number) => polygons.some((rings) => sideOfPolygon(x, y, rings) >= 0)

/** What must hold of every proposal, whatever it was asked for. */
function expectSound(input: RedivisionInput, proposal: Proposal): void {
  const units = unitsOf(proposal)
  expect(new Set(units.map(({ id }) => id)).size).toBe(units.length)
  expect(checkPolygons(units).faults).toEqual([])
  for (const [v, { leaves }] of input.villages.entries()) {
    const { units: own, ended } = proposal.villages[v]!
    const ids = leaves.map(({ id }) => id)
    expect([...own.filter(({ isNew }) => !isNew).map(({ id }) => id), ...ended].sort()).toEqual(ids.sort())
    // Nodes on the village's border may lie half a grid unit beside the old line.
    const [before, after] = [leaves, own].map((list) => list.reduce((sum, { polygons }) => sum + areaOf(polygons), 0))
    const reach = own.reduce((sum, { polygons }) => sum + edgesOf(polygons), 0) * 40_000
    expect(Math.abs(after! - before!)).toBeLessThanOrEqual(2 * reach)
    const { x, y, households } = input.buildings
    for (let i = 0; i < x.length; i++) {
      // Within a centimetre or two of a border, rounding decides.
      if (!leaves.some(({ polygons }) => polygons.some((rings) => sideOfPolygon(x[i]!, y[i]!, rings) > 0))) continue
      expect(own.some(({ polygons }) => holds(polygons, x[i]!, y[i]!)) || isAtEdge(own.map((u) => u.polygons), x[i]!, y[i]!)).toBe(true) // prettier-ignore
    }
    expect(own.reduce((sum, unit) => sum + unit.households, 0)).toBeLessThanOrEqual(Array.from(households).reduce((a, b) => a + b, 0))
  }
}

function isAtEdge(shapes: GridPolygons[], x: number, y: number): boolean {
  return shapes.flat(2).some((ring) => {
    for (let i = 0; i < ring.length; i += 2) {
      const j = (i + 2) % ring.length
      const [dx, dy] = [ring[j]! - ring[i]!, ring[j + 1]! - ring[i + 1]!]
      const t = Math.max(0, Math.min(1, ((x - ring[i]!) * dx + (y - ring[i + 1]!) * dy) / (dx * dx + dy * dy)))
      if (Math.hypot(ring[i]! + t * dx - x, ring[i + 1]! + t * dy - y) <= 2) return true
    }
    return false
  })
}

describe('a re-division', () => {
  it('gives today’s borders back vertex for vertex while nothing has moved', () => {
    fc.assert(
      fc.property(randomInput, (input) => {
        const run = new Redivision(prepare(input), { preset: 'compact' })
        const back = new Map(unitsOf(run.proposal()).map(({ id, polygons }) => [id, polygons]))
        for (const { id, polygons } of leavesOf(input)) expect(back.get(id)).toEqual(canonical(polygons))
      }),
      { numRuns: 60 },
    )
  })

  it('covers every village without gap or overlap, loses no building and keeps what is not to be divided', () => {
    fc.assert(
      fc.property(fc.oneof(randomInput, peopledInput), fc.constantFrom(...PRESETS), fc.integer(), (input, preset, seed) => {
        const proposal = propose(input, { preset, seed, iterations: 0.1 })
        expectSound(input, proposal)
        const byId = new Map(unitsOf(proposal).map((unit) => [unit.id, unit]))
        for (const { id, unitKind } of leavesOf(input)) if (unitKind !== 'general') expect(byId.get(id)!.changed).toBe(false)
        for (const { impossible, units } of proposal.villages) {
          const general = units.filter(({ unitKind }) => unitKind === 'general')
          if (impossible || general.length === 0) continue
          for (const { households } of general) expect(households >= 60 && households <= 120).toBe(true)
        }
      }),
      { numRuns: 40 },
    )
  }, 120_000)

  it('is the same for the same seed', () => {
    fc.assert(
      fc.property(fc.oneof(randomInput, peopledInput), fc.constantFrom(...PRESETS), fc.integer(), (input, preset, seed) => {
        const options = { preset, seed, iterations: 0.1 }
        expect(propose(input, options)).toEqual(propose(input, options))
      }),
      { numRuns: 10 },
    )
  }, 120_000)
})

describe('a re-division of the demo county', () => {
  const targets = { min: 300, max: 500 }
  let input: RedivisionInput
  beforeAll(() => {
    input = demoTown('331004103')
  }, 120_000)

  it('repairs a town: every unit in range where that is possible, in one piece, few households moved, most units untouched', () => {
    const proposal = propose(input, { preset: 'repair', seed: 1 })
    expectSound(input, proposal)
    const { figures } = proposal
    for (const { units, impossible } of proposal.villages) {
      for (const { households, polygons, unitKind } of units) {
        if (unitKind !== 'general' || impossible) continue
        expect(households >= targets.min && households <= targets.max).toBe(true)
        expect(polygons).toHaveLength(1)
      }
    }
    expect(figures.moved).toBeGreaterThan(0)
    expect(figures.moved).toBeGreaterThanOrEqual(figures.movedAtLeast)
    expect(figures.moved / figures.movedAtLeast).toBeLessThan(1.25)
    expect(figures.validUntouched / figures.validBefore).toBeGreaterThanOrEqual(0.75)
  }, 120_000)

  it('has a plan in range before it has a good one, and gives the best so far at any time', () => {
    const run = new Redivision(prepare(input), { preset: 'mix', seed: 3 })
    let progress = run.step()
    while (progress.phase === 'cells') progress = run.step()
    expect(progress).toMatchObject({ phase: 'first', solved: progress.solvable })
    const first = run.proposal()
    expectSound(input, first)
    while (run.step().phase !== 'done');
    const last = run.proposal()
    expectSound(input, last)
    expect(last.figures.compactness).toBeGreaterThan(0.55)
  }, 120_000)

  it.each(['repair', 'compact'] as const)(
    'becomes actions that a plan takes: %s',
    (preset) => {
      const proposal = propose(input, { preset, seed: 1, iterations: 0.2 })
      const leaves = input.villages.flatMap((village) => village.leaves.map((leaf) => ({ ...leaf, parentCode: village.code })))
      const coverage = coverageOf(
        checkPolygons(leaves).topology!,
        leaves.map(({ id, unitKind, parentCode }): Leaf => {
          return { id, code: id, parentCode, level: 'grid', unitKind, name: id, nameEn: null, renumber: false }
        }),
      )
      const actions: Divide[] = []
      for (const village of proposal.villages) {
        const action = toDivide(village, ({ id }) => ({ id, name: id }))
        expect(action === null).toBe(village.figures.unitsChanged === 0)
        if (action) actions.push(action)
      }
      expect(actions.length).toBeGreaterThan(0)
      expect(replay(coverage, actions).refused).toEqual([])
      const units = [...coverage.leaves.keys()].map((id) => ({ id, polygons: coverage.polygonsOf(id) }))
      expect(units.map(({ id }) => id).sort()).toEqual(unitsOf(proposal).map(({ id }) => id).sort()) // prettier-ignore
      expect(checkPolygons(units).faults).toEqual([])
    },
    120_000,
  )
})
