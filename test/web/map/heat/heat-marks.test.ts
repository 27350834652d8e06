import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { describe, expect, it } from 'vitest'
import type { UnitSummary } from '#contract/unit.ts'
import { colouredAt } from '../../../../web/map/heat/heat-view.svelte.ts'
import { unitBounds, unitClasses, type UnitCounts, unitValue } from '../../../../web/map/heat/unit-classes.ts'
import { heatLayers, heatMarks, MARKS_SOURCE, paintUnits } from '../../../../web/map/layers/heat.ts'
import { heatRamp, type Palette } from '../../../../web/map/palette.ts'
import { sourcesOf } from '../../../../web/map/sources.ts'
import { inOrder } from '../../../../web/map/zorder.ts'

const palette = new Proxy({}, { get: () => '#336699' }) as Palette
const drawing = { palette, scale: 1, lang: 'zh', view: 'overview' } as const
const unit = (code: string, more: Partial<UnitSummary> = {}): UnitSummary => ({
  code,
  parentCode: null,
  level: code.length === 9 ? 'town' : code.length === 12 ? 'village' : 'grid',
  unitKind: 'general',
  name: code,
  nameEn: null,
  isLeaf: code.length === 15,
  labelPoint: [121, 28],
  bbox: [121, 28, 122, 29],
  areaM2: 2e6,
  households: 400,
  residents: 1000,
  ...more,
})

describe('the layers of the heat', () => {
  it('are valid, have a place each, and lie below every name', () => {
    const layers = inOrder(heatLayers(drawing))
    const sources = {
      ...sourcesOf(drawing, 'http://localhost', { unit: 1, camera: 1 }),
      [MARKS_SOURCE]: { type: 'geojson', data: heatMarks(null, [], false, []) },
    }
    expect(validateStyleMin({ version: 8, sources, layers } as never).map(({ message }) => message)).toEqual([])
    expect(layers[0]!.id).toBe('heat-unit')
  })

  it('have seven colours on dark ground and six on light', () => {
    expect([heatRamp(palette, false), heatRamp(palette, true)].map(({ length }) => length)).toEqual([7, 6])
  })

  it('mark a picked box, a polygon with its corners, and spots with their numbers', () => {
    const spot = { center: [121.4, 28.5] as [number, number], bbox: [121.39, 28.49, 121.41, 28.51] as [number, number, number, number] }
    const area: [number, number][] = [
      [121, 28],
      [122, 28],
      [122, 29],
    ]
    const roles = heatMarks([1, 2, 3, 4], area, true, [spot, spot]).features.map(
      ({ properties }) => `${properties!['role']}${properties!['name'] ?? ''}`,
    )
    expect(roles).toEqual(['ring', 'spot1', 'ring', 'spot2', 'picked', 'area', 'corner', 'corner', 'corner'])
  })

  it('draw of a ring what lies inside of the county, its number on that', () => {
    const spot = { center: [121.4, 28.5] as [number, number], bbox: [121.39, 28.49, 121.41, 28.51] as [number, number, number, number] }
    const of = (isInside: (place: number[]) => boolean) => {
      const { features } = heatMarks(null, [], false, [spot], [], isInside)
      const at = (role: string) =>
        features.filter(({ properties }) => properties!['role'] === role).map(({ geometry }) => geometry as never)
      return { rings: at('ring') as { coordinates: [number, number][] }[], spots: at('spot') as { coordinates: [number, number] }[] }
    }
    const whole = of(() => true)
    expect([whole.rings.length, whole.spots.length]).toEqual([1, 1])
    expect(whole.rings[0]!.coordinates[0]).toEqual(whole.rings[0]!.coordinates.at(-1))
    const west = of(([lng]) => lng! < 121.4)
    expect(west.rings).toHaveLength(1)
    expect(west.rings[0]!.coordinates.every(([lng]) => lng < 121.4)).toBe(true)
    // The part inside nearest to the upper right is the very top.
    expect(west.spots[0]!.coordinates[0]).toBeCloseTo(121.4, 2)
    expect(west.spots[0]!.coordinates[1]).toBeGreaterThan(28.5)
    // A strip of land through the middle: two parts.
    expect(of(([, lat]) => Math.abs(lat! - 28.5) < 0.002).rings).toHaveLength(2)
    // A spot wholly beyond keeps its ring: something must be seen of it.
    expect(of(() => false).rings).toHaveLength(1)
  })

  it('tell the map of a unit only what changed, and take a class back', () => {
    const told = new Map<string, number>()
    const said: [string, number][] = []
    const map = { setFeatureState: ({ id }: { id?: unknown }, state: unknown) => said.push([String(id), (state as { heat: number }).heat]) }
    paintUnits(map as never, new Map([['a', 1], ['b', 2]]), told) // prettier-ignore
    paintUnits(map as never, new Map([['a', 1], ['c', 5]]), told) // prettier-ignore
    expect(said).toEqual([['a', 1], ['b', 2], ['b', 0], ['c', 5]]) // prettier-ignore
  })
})

describe('units by colour', () => {
  const [a, b, c] = [unit('331004001001001'), unit('331004001001002', { residents: null }), unit('331004002')]
  const [window, before, range] = [
    { from: 10, to: 20 },
    { from: 0, to: 10 },
    { from: 0, to: 100 },
  ]
  const table: Record<string, Record<string, number>> = { [a.code]: { 10: 12, 0: 8 }, [b.code]: { 10: 3, 0: 4 }, [c.code]: { 10: 6, 0: 0 } }
  const counts: UnitCounts = {
    units: { count: (code, { from, to }) => (to === 100 ? 100 : (table[code]![from] ?? 0)) },
    overdue: { count: () => 3 },
    coloured: [a, b, c],
  }

  it('have a value only where it says something', () => {
    const of = (each: UnitSummary, value: Parameters<typeof unitValue>[1]) => unitValue(each, value, counts, window, before)
    expect([of(a, 'count'), of(a, 'perThousand'), of(a, 'perKm2'), of(a, 'overdue'), of(a, 'change')]).toEqual([12, 12, 6, 0.25, 0.5])
    // Nobody knows how many live there; four and three are too few for a change; from nothing there is no share.
    expect([of(b, 'perThousand'), of(b, 'change'), of(c, 'change')]).toEqual([null, null, null])
  })

  it('have none where the number is too small to be shown', () => {
    const kept: UnitCounts = { ...counts, units: { count: (code, { from }) => (code === a.code && from === 10 ? 12 : null) } }
    expect(unitValue(b, 'count', kept, window, before)).toBeNull()
    // From a number that nobody may know there is no share.
    expect(unitValue(a, 'change', kept, window, before)).toBeNull()
    expect([...unitClasses('count', kept, [1, 3, 5, 10], window, before).keys()]).toEqual([a.code])
    expect(unitValue(a, 'overdue', { ...counts, overdue: { count: () => null } }, window, before)).toBeNull()
  })

  it('keep their bounds wherever the window stands', () => {
    const bounds = unitBounds('count', counts, range, 0.1)
    expect(bounds).toEqual([1, 3, 5, 10])
    expect(Object.fromEntries(unitClasses('count', counts, bounds, window, before))).toEqual({ [a.code]: 5, [b.code]: 3, [c.code]: 4 })
  })

  it('cover every place: units of the level, and leaves above where there are none', () => {
    const leafTown = unit('331004002', { isLeaf: true })
    const units = new Map([unit('331004001'), unit('331004001001'), a, b, leafTown].map((each) => [each.code, each]))
    expect(colouredAt({ units }, '331004', 'grid').map(({ code }) => code)).toEqual([a.code, b.code, '331004002'])
    expect(colouredAt({ units }, '331004', 'town').map(({ code }) => code)).toEqual(['331004001', '331004002'])
  })
})
