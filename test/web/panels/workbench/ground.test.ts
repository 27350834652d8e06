/*
 *      village 001        village 002
 *   +--------+--------+--------+--------+
 *   |   a    |   b    |   c    |   d    |
 *   +--------+--------+--------+--------+     each .01° wide and high
 */
import { describe, expect, it } from 'vitest'
import { Balance } from '#model/balance.ts'
import { Buildings } from '#model/buildings.ts'
import { type CoverageFeature, checkCoverage } from '#model/coverage-check.ts'
import { type Coverage, coverageOf } from '#model/coverage.ts'
import { type Difference, type Leaf, netDifference } from '#model/difference.ts'
import type { Figures, ProposedUnit, VillageProposal } from '#model/partition/redivision.ts'
import { isRefusal } from '#model/actions/action.ts'
import { prepare, Redivision } from '#model/partition/redivide.ts'
import { plan, replay } from '#model/replay.ts'
import { validate } from '#model/validations/validate.ts'
import { actionsOf, inputOf, isOvertaken, villagesIn } from '../../../../web/panels/workbench/division-input.ts'
import { fileNameOf } from '../../../../web/panels/workbench/export-file.ts'
import { extentOf, sharedBorder } from '../../../../web/panels/workbench/places-of-units.ts'

const TOWN = '331004100'
const [V1, V2] = [`${TOWN}201`, `${TOWN}202`]
const square = (column: number): CoverageFeature['geometry'] => {
  const [x, y, s] = [121 + column / 100, 28, 0.01]
  const [east, north] = [Math.round((x + s) * 1e7) / 1e7, y + s]
  return { type: 'Polygon', coordinates: [[[x, y], [east, y], [east, north], [x, north], [x, y]]] } // prettier-ignore
}
const leaf = (id: string, name: string, parentCode: string, more: Partial<Leaf> = {}): Leaf => ({
  ...{ id, code: null, parentCode, level: 'grid', unitKind: 'general', name, nameEn: null, renumber: false },
  ...more,
})
const LEAVES = [
  leaf('a', '东桥 01', V1),
  leaf('b', '东桥 02', V1),
  leaf('c', '长里 01', V2),
  leaf('d', '工业园', V2, { unitKind: 'dedicated' }),
]
function coverage(leaves: readonly Leaf[] = LEAVES): Coverage {
  const { topology } = checkCoverage(leaves.map(({ id }, column) => ({ id, geometry: square(column) })))
  return coverageOf(topology!, leaves)
}
const targets = { minHouseholds: 300, maxHouseholds: 500, exempt: ['dedicated' as const], minWidth: 10, clearance: 3 }
const buildings = {
  x: Int32Array.of(1_210_050_000),
  y: Int32Array.of(280_050_000),
  households: Uint16Array.of(12),
  residents: Uint16Array.of(30),
}

describe('the ground of a re-division', () => {
  it('is the villages of the scope, exempt units with their land kept', () => {
    const kinds = (scope: string) =>
      villagesIn(coverage(), scope, targets).map(({ code, leaves }) => [code, leaves.map(({ id, unitKind }) => `${id} ${unitKind}`)])
    expect(kinds(TOWN)).toEqual([
      [V1, ['a general', 'b general']],
      [V2, ['c general', 'd dedicated']],
    ])
    expect(kinds(V1)).toHaveLength(1)
  })
  it('keeps micro-grids as they are, and leaves out villages with nothing to divide', () => {
    const leaves = [
      leaf('a', '东桥 01', V1),
      leaf('b', '微 01', V1, { level: 'microgrid' }),
      leaf('c', '微 02', V2, { level: 'microgrid' }),
    ]
    expect(villagesIn(coverage(leaves), TOWN, targets).map(({ leaves: of }) => of.map(({ unitKind }) => unitKind))).toEqual([
      ['general', 'dedicated'],
    ])
  })
  it('has roads and rivers on the grid, and the target of the configuration', () => {
    const line = { type: 'Feature', id: 1, geometry: { type: 'LineString', coordinates: [[121, 28], [121.01, 28.01]] }, properties: { lineKind: 'road', name: null } } // prettier-ignore
    const lines = { type: 'FeatureCollection', features: [line] } as Parameters<typeof inputOf>[0]['lines']
    const input = inputOf({ coverage: coverage(), buildings, lines, targets }, TOWN)
    expect([...input.lines![0]!]).toEqual([1_210_000_000, 280_000_000, 1_210_100_000, 280_100_000])
    expect(input).toMatchObject({ targets: { min: 300, max: 500 }, minWidth: 10, clearance: 3 })
  })
})

describe('a proposal that is adopted', () => {
  const half = (id: string, west: number, east: number, isNew: boolean): ProposedUnit => {
    const [x0, x1, y0, y1] = [1_210_000_000 + west * 100_000, 1_210_000_000 + east * 100_000, 280_000_000, 280_100_000]
    return {
      id,
      isNew,
      changed: true,
      unitKind: 'general',
      polygons: [[Int32Array.from([x0, y0, x1, y0, x1, y1, x0, y1])]],
      households: 1,
      residents: 1,
    }
  }
  const figures = {} as Figures
  const village: VillageProposal = { code: V1, units: [half('a', 0, 0.5, false), half('b', 1.5, 2, false), half('n1', 0.5, 1.5, true)], ended: [], inPieces: [], impossible: null, figures } // prettier-ignore
  const naming = (on: Coverage) => ({ coverage: on, villageName: () => '东桥', newId: () => 'n7' })

  it('is an action that the plan’s coverage takes', () => {
    const on = coverage()
    const [action, ...more] = actionsOf({ villages: [village], figures }, new Set([V1]), naming(on))
    expect(more).toEqual([])
    expect(action!.into.map(({ unit }) => [unit.id, unit.name])).toEqual([
      ['a', '东桥 01'],
      ['b', '东桥 02'],
      ['n7', '东桥 03'],
    ])
    const difference = plan(on, action!)
    expect(isRefusal(difference)).toBe(false)
  })
  it('is overtaken when a unit that it takes land from has ended, unless its own division is what ended it', () => {
    const [proposal, on] = [{ villages: [village], figures }, coverage()]
    expect(isOvertaken(proposal, new Set(), on)).toBe(false)
    on.apply(plan(on, { type: 'merge', units: ['a', 'b'], keep: 'a' }) as Difference)
    expect(isOvertaken(proposal, new Set(), on)).toBe(true)
    expect(isOvertaken(proposal, new Set([V1]), on)).toBe(false)
  })
  it('leaves out villages that are not to be taken', () => {
    expect(actionsOf({ villages: [village], figures }, new Set([V2]), naming(coverage()))).toEqual([])
  })
  it('names new units after their village where none has a number', () => {
    const leaves = [leaf('a', '老街', V1), leaf('b', '新街', V1)]
    const [action] = actionsOf({ villages: [village], figures }, new Set([V1]), naming(coverage(leaves)))
    expect(action!.into.at(-1)!.unit.name).toBe('东桥 01')
  })
})

describe('a village without grids', () => {
  const places = Array.from({ length: 100 }, (_, n) => [1_210_004_000 + (n % 10) * 9700, 280_005_000 + Math.floor(n / 10) * 9900] as const)
  const lived = {
    x: Int32Array.from(places, ([x]) => x),
    y: Int32Array.from(places, ([, y]) => y),
    households: Uint16Array.from(places, () => 8),
    residents: Uint16Array.from(places, () => 20),
  }
  const on = () =>
    coverage([
      leaf(V1, '东桥村', TOWN, { code: V1, level: 'village' }),
      leaf('b', '长里 01', V2),
      leaf('c', '长里 02', V2),
      leaf('n3', '新村', TOWN, { level: 'village' }),
    ])

  it('is divided as it stands; one that is new in the plan has no code yet for grids to hang below', () => {
    const found = villagesIn(on(), TOWN, targets).map(({ code, leaves, isUndivided }) => [
      code,
      leaves.map(({ id }) => id),
      isUndivided ?? false,
    ])
    expect(found).toEqual([
      [V1, [V1], true],
      [V2, ['b', 'c'], false],
    ])
    expect(villagesIn(on(), V1, targets)).toHaveLength(1)
  })
  it('has its grids when the proposal is adopted, as a server replays it', () => {
    const plan = on()
    const run = new Redivision(prepare(inputOf({ coverage: plan, buildings: lived, lines: null, targets }, V1)), {
      preset: 'mix',
      iterations: 0.3,
    })
    while (run.step().phase !== 'done');
    let last = 0
    const naming = { coverage: plan, villageName: () => '东桥村', newId: () => `p${++last}` }
    const { differences, refused } = replay(plan, actionsOf(run.proposal(), new Set([V1]), naming))
    expect(refused).toEqual([])
    const grids = [...plan.leaves.values()].filter(({ parentCode }) => parentCode === V1)
    expect(grids.map(({ name, level, code }) => [name, level, code])).toEqual([
      ['东桥村 01', 'grid', null],
      ['东桥村 02', 'grid', null],
    ])
    expect(plan.leaves.has(V1)).toBe(false)
    // Another proposal for the village comes too late now.
    expect([new Set([V1]), new Set<string>()].map((taken) => isOvertaken(run.proposal(), taken, plan))).toEqual([false, true])
    expect(isOvertaken(run.proposal(), new Set(), on())).toBe(false)
    const balance = new Balance(plan, new Buildings(lived))
    expect(grids.reduce((sum, { id }) => sum + balance.of(id).households, 0)).toBe(800)
    expect(validate({ coverage: plan, difference: netDifference(differences), balance, targets, staffed: null })).toEqual([])
  })
})

describe('places of units', () => {
  it('are a little wider than the units, and nowhere for those that are gone', () => {
    const [west, south, east, north] = extentOf(coverage(), ['a', 'b', 'gone'])!
    expect([west, south, east, north].map((n) => Math.round(n * 1e4) / 1e4)).toEqual([120.997, 27.9985, 121.023, 28.0115])
    expect(extentOf(coverage(), ['gone'])).toBeNull()
  })
  it('know the border of two neighbours, and that others have none', () => {
    const border = sharedBorder(coverage(), 'a', 'b')!
    expect([border.arcs, border.corners, Math.round(border.lengthM / 10)]).toEqual([1, 0, 111])
    expect(sharedBorder(coverage(), 'a', 'c')).toBeNull()
  })
})

describe('an exported file', () => {
  it('is named after place, level and day, without what no file system takes', () => {
    const wish = { unit: V1, level: 'grid', format: 'shapefile', encoding: 'gbk', at: '' } as const
    expect(fileNameOf(wish, '东桥/新村 一', '2026-11-22')).toBe('东桥_新村_一-grid-2026-11-22.zip')
    expect(fileNameOf({ ...wish, level: '', format: 'geopackage' }, '东桥', '2026-11-22')).toBe('东桥-2026-11-22.gpkg')
  })
})
