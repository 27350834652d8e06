import { describe, expect, it } from 'vitest'
import { toDivide } from '#model/partition/divide-action.ts'
import { prepare, Redivision } from '#model/partition/redivide.ts'
import { PRESETS, type Proposal, type RedivisionInput, type RedivisionOptions, type VillageProposal } from '#model/partition/redivision.ts'
import type { GridPolygons } from '#model/rings.ts'
import { findingsOf } from '../../../fixtures/proposal-findings.ts'

const WEST = 1_213_000_000
const SOUTH = 285_000_000
const SIDE = 60_000

const rectangle = (x0: number, y0: number, x1: number, y1: number): GridPolygons => [
  [Int32Array.from([x0, y0, x1, y0, x1, y1, x0, y1], (value, i) => value + (i % 2 === 0 ? WEST : SOUTH))],
]

/** A square village of two leaves, the border at `border`, with buildings of these households in a lattice of 12 × 12. */
function village(border: number, householdsAt: (i: number, j: number) => number, lines: Int32Array[] = []): RedivisionInput {
  const places = Array.from({ length: 144 }, (_, n) => [n % 12, Math.floor(n / 12)] as const)
  return {
    villages: [
      {
        code: '331004001001',
        leaves: [
          { id: 'west', unitKind: 'general', polygons: rectangle(0, 0, border, SIDE) },
          { id: 'east', unitKind: 'general', polygons: rectangle(border, 0, SIDE, SIDE) },
        ],
      },
    ],
    buildings: {
      // Slightly off the lattice, so that no four cells meet in a point.
      x: Int32Array.from(places, ([i, j]) => WEST + 2500 + 5000 * i + ((i * 37 + j * 101) % 400)),
      y: Int32Array.from(places, ([i, j]) => SOUTH + 2500 + 5000 * j + ((i * 71 + j * 13) % 400)),
      households: Int32Array.from(places, ([i, j]) => householdsAt(i, j)),
      residents: Int32Array.from(places, ([i, j]) => 2 * householdsAt(i, j)),
    },
    lines,
    targets: { min: 300, max: 500 },
  }
}

function propose(input: RedivisionInput, options: RedivisionOptions): Proposal {
  const run = new Redivision(prepare(input), options)
  while (run.step().phase !== 'done');
  return run.proposal()
}

describe('a village', () => {
  it('is left as it is by a repair when all is in range', () => {
    const { villages, figures } = propose(village(30_000, () => 5), { preset: 'repair' }) // prettier-ignore
    expect(villages[0]!.units.map(({ id, changed, households, residents }) => [id, changed, households, residents])).toEqual([
      ['west', false, 360, 720],
      ['east', false, 360, 720],
    ])
    expect(figures).toMatchObject({ inRange: 2, units: 2, moved: 0, movedAtLeast: 0, validUntouched: 2, unitsChanged: 0 })
  })

  it('hands over no more than it must', () => {
    const { villages, figures } = propose(village(50_000, () => 5), { preset: 'repair' }) // prettier-ignore
    expect(villages[0]!.units.map(({ id, isNew }) => [id, isNew])).toEqual([['west', false], ['east', false]]) // prettier-ignore
    expect(figures.inRange).toBe(2)
    // 600 and 120: 180 must go, and a building holds five.
    expect(figures.movedAtLeast).toBe(180)
    expect(figures.moved).toBeLessThanOrEqual(190)
    expect(figures.unitsChanged).toBe(2)
  })

  it('gets another unit where there are too many households for two, and loses one where there are too few', () => {
    const more = propose(village(30_000, () => 9), { preset: 'keep' }) // prettier-ignore
    expect(more.figures).toMatchObject({ units: 3, inRange: 3 })
    expect(more.villages[0]!.units.filter(({ isNew }) => isNew).map(({ id }) => id)).toEqual(['n1'])
    const fewer = propose(village(50_000, () => 3), { preset: 'keep' }) // prettier-ignore
    expect(fewer.figures).toMatchObject({ units: 1, inRange: 1 })
    expect(fewer.villages[0]!.ended).toEqual(['east'])
  })

  it.each([
    ['between', 4, { units: 2, smallest: 288, largest: 288 }],
    ['too-few', 1, { units: 1, smallest: 144, largest: 144 }],
    ['no-household', 0, { units: 1, smallest: 0, largest: 0 }],
  ] as const)('stays and says why when it cannot be divided: %s', (reason, households, nearest) => {
    const { villages } = propose(
      village(30_000, () => households),
      { preset: 'compact' },
    )
    expect(villages[0]!.impossible).toMatchObject({ reason, nearest })
    expect(villages[0]!.units.every(({ changed }) => !changed)).toBe(true)
  })

  it('comes as near as it can where one building holds too many', () => {
    const tower = (i: number, j: number) => (i === 1 && j === 1 ? 700 : 5)
    const { villages } = propose(village(30_000, tower), { preset: 'keep' }) // prettier-ignore
    expect(villages[0]!.impossible?.reason).toBe('one-building')
    expect(villages[0]!.units.reduce((sum, { households }) => sum + households, 0)).toBe(700 + 143 * 5)
  })

  it('draws borders along a road where there is one', () => {
    const road = Int32Array.from([-1000, 31_111, 61_000, 29_777], (value, i) => value + (i % 2 === 0 ? WEST : SOUTH))
    const input = village(52_000, () => 5, [road])
    const { figures, villages } = propose(input, { preset: 'compact', weights: { lines: 40, moved: 0 } })
    expect(figures.inRange).toBe(2)
    expect(figures.alongLinesM / figures.innerBorderM).toBeGreaterThan(0.6)
    expect(villages[0]!.units.every(({ polygons }) => polygons.length === 1)).toBe(true)
  })
})

/** The same village without any unit below it. */
function undivided(householdsAt: (i: number, j: number) => number, more: GridPolygons = []): RedivisionInput {
  const input = village(30_000, householdsAt)
  const leaf = { id: '331004001001', unitKind: 'general' as const, polygons: [...rectangle(0, 0, SIDE, SIDE), ...more] }
  return { ...input, villages: [{ code: '331004001001', leaves: [leaf], isUndivided: true }] }
}

describe('a village without units', () => {
  it.each(PRESETS)('gets as many as its households ask for, all new, and nobody moves: %s', (preset) => {
    const { villages, figures } = propose(undivided((i) => (i < 6 ? 9 : 6)), { preset, seed: 2 }) // prettier-ignore
    const [{ units, ended, divided }] = villages as [VillageProposal]
    expect([ended, divided]).toEqual([[], '331004001001'])
    expect(units.every(({ isNew, changed, polygons }) => isNew && changed && polygons.length === 1)).toBe(true)
    expect([3, 2]).toContain(units.length)
    expect(figures).toMatchObject({
      units: units.length,
      inRange: units.length,
      households: 1080,
      moved: 0,
      movedAtLeast: 0,
      validBefore: 0,
    })
    expect(
      findingsOf(
        undivided((i) => (i < 6 ? 9 : 6)),
        { villages, figures },
      ),
    ).toEqual([])
  })

  it('gets one of all its land when it has households for one', () => {
    const { villages } = propose(undivided(() => 3), { preset: 'repair' }) // prettier-ignore
    expect(villages[0]!.units.map(({ id, isNew, households }) => [id, isNew, households])).toEqual([['n1', true, 432]])
    expect(villages[0]!.units[0]!.polygons).toEqual(rectangle(0, 0, SIDE, SIDE))
    expect(toDivide(villages[0]!, ({ id }) => ({ id, name: id }))!.units).toEqual(['331004001001'])
  })

  it('stays as it is and says why where it cannot be divided', () => {
    const { villages, figures } = propose(undivided(() => 4), { preset: 'keep' }) // prettier-ignore
    expect(villages[0]).toMatchObject({ impossible: { reason: 'between', households: 576 }, ended: [] })
    expect(villages[0]!.units.map(({ id, isNew, changed }) => [id, isNew, changed])).toEqual([['331004001001', false, false]])
    expect(toDivide(villages[0]!, ({ id }) => ({ id, name: id }))).toBeNull()
    expect(figures).toMatchObject({ moved: 0, unitsChanged: 0, unitsPossible: 0 })
  })

  it('may have its island in a unit with land elsewhere', () => {
    const island = rectangle(SIDE + 9000, 20_000, SIDE + 16_000, 31_000)
    const input = undivided(() => 5, island)
    const { villages, figures } = propose(input, { preset: 'mix' })
    expect(figures).toMatchObject({ units: 2, inRange: 2 })
    expect(villages[0]!.units.map(({ polygons }) => polygons.length).sort()).toEqual([1, 2])
    expect(findingsOf(input, { villages, figures })).toEqual([])
  })
})
