import { describe, expect, it } from 'vitest'
import type { GeoJSONSourceDiff } from 'maplibre-gl'
import type { Action } from '#model/actions/action.ts'
import { fromGrid } from '#model/crs.ts'
import { type Difference, touched } from '#model/difference.ts'
import { plan } from '#model/replay.ts'
import { EditDiff, type EditDiffs, levelBetween, piecesOf } from '../../../web/map/edit-diff.ts'
import { asciiCoverage, gridAt } from '../../fixtures/ascii-coverage.ts'
import { act, codedCoverage } from '../../fixtures/coded-coverage.ts'
import { leafFor, VILLAGE } from '../../fixtures/leaves.ts'

const place = (x: number, y: number) => fromGrid(gridAt(x, y))
const setUp = () => {
  const coverage = asciiCoverage(`
AABBCC
AABBCC`)
  const facts = { households: 400, before: 380, target: 'within', isTouched: false } as const
  const scene = {
    coverage,
    unitCode: VILLAGE,
    level: 'grid' as const,
    factsOf: () => facts,
    nameOf: ({ name }: { name: string }) => name,
    words: (n: number) => `${n} 户`,
  }
  return { coverage, scene, diff: new EditDiff() }
}
/** A source as MapLibre keeps it. */
const apply = (held: Map<unknown, unknown>, { remove = [], add = [] }: GeoJSONSourceDiff) => {
  for (const id of remove) expect(held.delete(id)).toBe(true)
  for (const each of add) held.set(each.properties!['id'], each)
}
const sources = () => ({ 'edit-units': new Map(), 'edit-arcs': new Map(), 'edit-labels': new Map() })
const applyAll = (held: ReturnType<typeof sources>, diffs: EditDiffs) => {
  for (const id of ['edit-units', 'edit-arcs', 'edit-labels'] as const) apply(held[id], diffs[id])
}

describe('the sources of the workbench', () => {
  it('get only what a difference touched, and hold afterwards what a fresh map would', () => {
    const { coverage, scene, diff } = setUp()
    const held = sources()
    applyAll(held, diff.next(scene, 'all'))
    expect([...held['edit-units'].keys()].sort()).toEqual(['A', 'B', 'C'])
    const difference = plan(coverage, { type: 'merge', units: ['A', 'B'], keep: 'A' }) as Difference
    coverage.apply(difference)
    const diffs = diff.next(scene, touched(difference))
    expect(diffs['edit-units'].add!.map(({ properties }) => properties!['id'])).not.toContain('B')
    applyAll(held, diffs)
    const fresh = sources()
    applyAll(fresh, new EditDiff().next(scene, 'all'))
    expect(held['edit-units']).toEqual(fresh['edit-units'])
    expect([...held['edit-arcs'].keys()].sort()).toEqual([...fresh['edit-arcs'].keys()].sort())
  })

  it('leave what was not touched alone', () => {
    const { coverage, scene, diff } = setUp()
    diff.next(scene, 'all')
    const difference = plan(coverage, { type: 'insert-vertex', edge: [place(2, 0), place(2, 2)], at: place(1.5, 1) }) as Difference
    coverage.apply(difference)
    const { 'edit-units': units, 'edit-labels': labels } = diff.next(scene, touched(difference))
    expect(units.add!.map(({ properties }) => properties!['id']).sort()).toEqual(['A', 'B'])
    expect(labels.add!.every(({ properties }) => properties!['before'] === '380 → ' && properties!['now'] === '400 户')).toBe(true)
  })

  it('keep a label where it stands while that is inside its unit', () => {
    const { coverage, scene, diff } = setUp()
    const at = (diffs: EditDiffs) => diffs['edit-labels'].add!.find(({ properties }) => properties!['id'] === 'A')!.geometry
    const before = at(diff.next(scene, 'all'))
    const difference = plan(coverage, { type: 'insert-vertex', edge: [place(2, 0), place(2, 2)], at: place(1.9, 1) }) as Difference
    coverage.apply(difference)
    expect(at(diff.next(scene, new Set(['A'])))).toEqual(before)
  })

  it('move a label off a border that has come near it: each piece of a split is named in its middle', () => {
    const { coverage, scene, diff } = setUp()
    diff.next(scene, 'all')
    const line = [place(0.9, -1), place(0.9, 3)]
    const difference = plan(coverage, { type: 'split', unit: 'A', line, newIds: ['N'] }) as Difference
    coverage.apply(difference)
    const labels = diff.next(scene, touched(difference))['edit-labels'].add!
    const at = new Map(
      labels.map(({ properties, geometry }) => [properties!['id'] as string, (geometry as { coordinates: number[] }).coordinates]),
    )
    expect(at.get('A')![0]).toBeCloseTo(place(1.45, 1)[0], 4)
    expect(at.get('N')![0]).toBeCloseTo(place(0.45, 1)[0], 4)
  })
})

describe('a cut grid', () => {
  const WEST = `${VILLAGE}001`
  const setUpCut = (level: 'grid' | 'microgrid') => {
    const coverage = codedCoverage('AABBCC', { A: `${WEST}01`, B: `${WEST}02`, C: `${VILLAGE}002` })
    const factsOf = (id: string) => ({ households: 1, before: 1, target: id === WEST ? ('below' as const) : ('exempt' as const), isTouched: false }) // prettier-ignore
    const scene = { coverage, unitCode: VILLAGE, level, factsOf, nameOf: ({ name }: { name: string }) => name, words: String }
    return { coverage, scene, diff: new EditDiff(), held: sources() }
  }

  it('has one name and one colour where it is one unit, and its micro-grids have theirs where they are', () => {
    const shown = (level: 'grid' | 'microgrid') => {
      const { scene, diff, held } = setUpCut(level)
      applyAll(held, diff.next(scene, 'all'))
      const targets = [...held['edit-units'].values()].map(({ properties: { id, target } }) => [id, target])
      return { names: [...held['edit-labels'].keys()].sort(), targets: Object.fromEntries(targets) }
    }
    expect(shown('grid')).toEqual({
      names: [WEST, `${VILLAGE}002`],
      targets: { [`${WEST}01`]: 'below', [`${WEST}02`]: 'below', [`${VILLAGE}002`]: 'exempt' },
    })
    expect(shown('microgrid').names).toEqual([`${WEST}01`, `${WEST}02`, `${VILLAGE}002`])
    expect(shown('microgrid').targets[`${WEST}01`]).toBe('exempt')
  })

  it.each(['grid', 'microgrid'] as const)('leaves in the sources what a fresh map would have, by %s', (level) => {
    const { coverage, scene, diff, held } = setUpCut(level)
    applyAll(held, diff.next(scene, 'all'))
    const actions: Action[] = [
      { type: 'split', unit: `${VILLAGE}002`, line: [place(5, -1), place(5, 2)], newIds: ['n1', 'n2'], below: true },
      { type: 'merge', units: [WEST, `${VILLAGE}002`], keep: WEST },
    ]
    for (const action of actions) {
      const [difference] = act(coverage, action)
      applyAll(held, diff.next(scene, touched(difference!)))
      const fresh = sources()
      applyAll(fresh, new EditDiff().next(scene, 'all'))
      expect(held['edit-units']).toEqual(fresh['edit-units'])
      expect([...held['edit-labels'].keys()].sort()).toEqual([...fresh['edit-labels'].keys()].sort())
      expect([...held['edit-arcs'].keys()].sort()).toEqual([...fresh['edit-arcs'].keys()].sort())
    }
  })
})

describe('a border', () => {
  it('is of the coarsest level that differs on its sides', () => {
    const leaf = (parentCode: string) => leafFor('x', { parentCode })
    expect(levelBetween(leaf('331004001001'), leaf('331004001001'))).toBe('grid')
    const micro = (parentCode: string) => leafFor('x', { parentCode, level: 'microgrid' })
    expect(levelBetween(micro('331004001001001'), micro('331004001001001'))).toBe('microgrid')
    expect(levelBetween(micro('331004001001001'), micro('331004001001002'))).toBe('grid')
    expect(levelBetween(leaf('331004001001'), leaf('331004001002'))).toBe('village')
    expect(levelBetween(leaf('331004001001'), leaf('331004002001'))).toBe('town')
    expect(levelBetween(leaf('331004001001'), undefined)).toBe('county')
  })
})

describe('a diff in pieces', () => {
  it('holds in the end what the whole one would, and bares nothing on the way', () => {
    const add = [1, 2, 3, 4, 5].map((id) => ({ type: 'Feature' as const, properties: { id }, geometry: { type: 'Point' as const, coordinates: [id, 0] } })) // prettier-ignore
    const whole: GeoJSONSourceDiff = { remove: [2, 4, 9], add }
    const held = () => new Map<unknown, unknown>([[2, 'old'], [4, 'old'], [9, 'old']]) // prettier-ignore
    const [at, wanted] = [held(), held()]
    apply(wanted, whole)
    for (const piece of piecesOf(whole, { features: 2, positions: 9 })) {
      apply(at, piece)
      expect([at.has(2), at.has(4)]).toEqual([true, true])
    }
    expect(new Map([...at].sort())).toEqual(new Map([...wanted].sort()))
    expect(piecesOf(whole, { features: 2, positions: 9 }).map((piece) => piece.remove)).toEqual([[2], [4], [], [9]])
    expect(piecesOf(whole, { features: 5, positions: 9 })).toEqual([whole])
    expect(piecesOf(whole, { features: 5, positions: 4 }).map(({ add = [] }) => add.length)).toEqual([4, 1, 0])
  })
})
