import { describe, expect, it } from 'vitest'
import type { GeoJSONSourceDiff } from 'maplibre-gl'
import { fromGrid } from '#model/crs.ts'
import { type Difference, touched } from '#model/difference.ts'
import { plan } from '#model/replay.ts'
import { EditDiff, type EditDiffs, levelBetween } from '../../../web/map/edit-diff.ts'
import { asciiCoverage, gridAt } from '../../fixtures/ascii-coverage.ts'
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

describe('a border', () => {
  it('is of the coarsest level that differs on its sides', () => {
    const leaf = (parentCode: string) => leafFor('x', { parentCode })
    expect(levelBetween(leaf('331004001001'), leaf('331004001001'))).toBe('grid')
    expect(levelBetween(leaf('331004001001'), leaf('331004001002'))).toBe('village')
    expect(levelBetween(leaf('331004001001'), leaf('331004002001'))).toBe('town')
    expect(levelBetween(leaf('331004001001'), undefined)).toBe('county')
  })
})
