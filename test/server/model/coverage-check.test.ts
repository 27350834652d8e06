import { existsSync, readFileSync } from 'node:fs'
import { area, featureCollection, intersect, polygon } from '@turf/turf'
import fc from 'fast-check'
import type { Feature, FeatureCollection, MultiPolygon, Position } from 'geojson'
import { describe, expect, it } from 'vitest'
import { asciiMap, at, centreOf } from '../../fixtures/ascii-map.ts'
import { randomCoverage } from '../../fixtures/random-coverage.ts'
import { checkCoverage, checkPolygons, type CoverageCheck } from '#model/coverage-check.ts'
import { area2 } from '#model/exact.ts'
import { leafPolygons, toGridPolygons } from '#model/topology.ts'
import type { GridPolygons } from '#model/rings.ts'

const square = (x: number, y: number, size = 1): Position[] => [
  at(x, y),
  at(x + size, y),
  at(x + size, y + size),
  at(x, y + size),
  at(x, y),
]
const kinds = (check: CoverageCheck) => check.faults.map((fault) => `${fault.kind} ${[...fault.ids].sort().join('+')}`)
const one = (id: string, ring: Position[]) => ({ id, geometry: { type: 'Polygon' as const, coordinates: [ring] } })
const twiceArea = (polygons: GridPolygons) => polygons.flat().reduce((sum, ring) => sum + area2(ring), 0)
const leaves = (check: CoverageCheck) =>
  [...leafPolygons(check.topology!)].map(([id, polygons]) => ({ id, polygons: toGridPolygons(check.topology!, polygons) }))

describe('a scribble', () => {
  /** A star of so many points crosses itself some hundred times a point. */
  const star = (points: number): Position[] =>
    Array.from({ length: points + 1 }, (_, n) => {
      const angle = (2 * Math.PI * n * Math.floor(points / 2)) / points
      return [120 + 0.1 * Math.cos(angle), 30 + 0.1 * Math.sin(angle)]
    })

  it('is one broken ring, however often it crosses itself, and hides no other fault', () => {
    const check = checkCoverage([one('A', star(401)), one('B', square(0, 0)), one('C', square(0, 0))])
    expect(check.topology).toBeNull()
    expect(kinds(check)).toEqual(['broken-ring A', 'overlap B+C'])
  })
  it('is told as crossings of two units where it runs over another one', () => {
    const zigzag = (turned: boolean): Position[] => {
      const teeth = Array.from({ length: 202 }, (_, n): Position => [n % 2 === 0 ? 0 : 0.1, n * 1e-4])
      return [...teeth, [-0.01, 0.0202], [-0.01, 0], [0, 0]].map(([x, y]) =>
        turned ? [120 + y! * 4, 30 + x! / 1.5] : [120 + x! / 1.5, 30 + y! * 4],
      )
    }
    const check = checkCoverage([one('A', zigzag(false)), one('B', zigzag(true))])
    expect(check.topology).toBeNull()
    expect(new Set(kinds(check))).toEqual(new Set(['overlap A+B']))
  })
})

describe('a sound coverage', () => {
  it('is one whose neighbours meet in T-junctions', () => {
    const check = checkCoverage(
      asciiMap(`
        AAB
        ACB
        DDD
      `),
    )
    expect(check.faults).toEqual([])
    expect(check.topology!.ids).toEqual(['A', 'B', 'C', 'D'])
  })
  it('may hold enclaves, islands and parts that touch in a corner', () => {
    const check = checkCoverage(
      asciiMap(`
        AAAAA..D
        ABBBA...
        ABCBA..D
        ABBBA.DD
        AAAAE...
      `),
    )
    expect(check.faults).toEqual([])
  })
  it('may be empty', () => {
    expect(checkCoverage([]).faults).toEqual([])
  })
  it('comes from random cells, whatever feature they are given to', () => {
    fc.assert(
      fc.property(randomCoverage, ({ features }) => {
        const check = checkPolygons(features)
        expect(check.faults).toEqual([])
        for (const leaf of leaves(check))
          expect(twiceArea(leaf.polygons)).toBe(twiceArea(features.find(({ id }) => id === leaf.id)!.polygons))
      }),
      { numRuns: 50 },
    )
  })
  it('gives the same when checked again', () => {
    fc.assert(
      fc.property(randomCoverage, ({ features }) => {
        const first = leaves(checkPolygons(features))
        const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
        expect(leaves(checkPolygons(first)).sort(byId)).toEqual(first.sort(byId))
        expect(checkPolygons(first).topology!.arcs.length).toBe(checkPolygons(features).topology!.arcs.length)
      }),
      { numRuns: 50 },
    )
  })
  it('survives rounding noise of one unit between neighbours', () => {
    fc.assert(
      fc.property(randomCoverage, fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 64, maxLength: 64 }), ({ features }, noise) => {
        let n = 0
        const noisy = features.map(({ id, polygons }) => {
          const push = [noise[n++ % 64]!, noise[n++ % 64]!]
          return { id, polygons: polygons.map((rings) => rings.map((ring) => ring.map((value, i) => value + push[i % 2]!))) }
        })
        expect(checkPolygons(noisy).faults).toEqual([])
      }),
      { numRuns: 50 },
    )
  })
})

describe('faults, place by place', () => {
  it('finds a gap with its area and the features round it', () => {
    const check = checkCoverage(
      asciiMap(`
        AAB
        A.B
        CCC
      `),
    )
    expect(kinds(check)).toEqual(['gap A+B+C'])
    const [lng, lat] = centreOf(1, 1, 3)
    expect(check.faults[0]!.where![0]).toBeCloseTo(lng, 4)
    expect(check.faults[0]!.where![1]).toBeCloseTo(lat, 4)
    expect(check.faults[0]!.areaM2! / area(polygon([square(1, 1)]))).toBeCloseTo(1, 2)
  })
  it('counts a gap without what lies in it', () => {
    const check = checkCoverage([
      ...asciiMap(`
        AAAAA
        A...A
        A...A
        A...A
        AAAAA
      `),
      one('B', square(2, 2)),
    ])
    expect(kinds(check)).toEqual(['gap A'])
    expect(check.faults[0]!.areaM2! / area(polygon([square(2, 2)]))).toBeCloseTo(8, 1)
  })
  it('finds overlaps of features that cross, and of one within another', () => {
    const check = checkCoverage([one('A', square(0, 0, 4)), one('B', square(3, 1, 2)), one('C', square(1, 1, 1))])
    expect(kinds(check).sort()).toEqual(['overlap A+B', 'overlap A+C'])
    const both = check.faults.find(({ ids }) => ids.includes('B'))!
    expect(both.areaM2! / area(polygon([square(0, 0)]))).toBeCloseTo(2, 1)
  })
  it('finds a feature that came twice', () => {
    expect(kinds(checkCoverage([one('A', square(0, 0)), one('B', square(0, 0))]))).toEqual(['overlap A+B'])
  })
  it('finds broken rings and goes on with the others', () => {
    const bowtie = [at(0, 0), at(1, 1), at(1, 0), at(0, 1), at(0, 0)]
    const spike = [at(5, 0), at(6, 0), at(8, 0), at(6, 0), at(6, 1), at(5, 1), at(5, 0)]
    const check = checkCoverage([
      one('bowtie', bowtie),
      one('open', square(2, 0).slice(0, 4)),
      one('short', [at(0, 0), at(1, 0), at(0, 0)]),
      one('nan', [at(0, 0), [Number.NaN, 28], at(1, 1), at(0, 0)]),
      one('off', [at(0, 0), [121, 98], at(1, 1), at(0, 0)]),
      one('flat', [at(0, 0), at(1, 0), at(2, 0), at(0, 0)]),
      one('spike', spike),
      one('fine', square(10, 0)),
      one('over', square(10, 0)),
    ])
    expect(kinds(check).sort()).toEqual([
      'broken-ring bowtie',
      'broken-ring flat',
      'broken-ring nan',
      'broken-ring off',
      'broken-ring open',
      'broken-ring short',
      'broken-ring spike',
      'overlap fine+over',
    ])
    expect(check.faults.find(({ ids }) => ids[0] === 'bowtie')!.where![0]).toBeCloseTo(at(0.5, 0.5)[0], 6)
  })
  it('finds a hole that lies outside its ring', () => {
    const check = checkCoverage([{ id: 'A', geometry: { type: 'Polygon', coordinates: [square(0, 0), square(3, 3)] } }])
    expect(kinds(check)).toEqual(['broken-ring A'])
  })
  it('finds neighbours that miss each other by a hair, open to the outside', () => {
    const hair = 0.000002
    const check = checkCoverage([
      one('A', square(0, 0)),
      one(
        'B',
        square(1, 0).map(([lng, lat]) => [lng! + hair, lat!]),
      ),
    ])
    expect(kinds(check)).toEqual(['unmatched-edge A+B'])
  })
  it('measures every overlap of two triangles as turf does', () => {
    const corner = fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 900 })).map(([x, y]) => at(x / 100, y / 100))
    const triangle = fc
      .tuple(corner, corner, corner)
      .map(([a, b, c]): Position[] => [a, b, c, a])
      .filter((ring) => area(polygon([ring])) > 10_000)
    fc.assert(
      fc.property(triangle, triangle, (a, b) => {
        const both = intersect(featureCollection([polygon([a]), polygon([b])]))
        const { faults } = checkCoverage([one('A', a), one('B', b)])
        const found = faults.filter(({ kind }) => kind === 'overlap').reduce((sum, fault) => sum + fault.areaM2!, 0)
        expect(found / 1e6).toBeCloseTo((both ? area(both) : 0) / 1e6, 2)
      }),
      { numRuns: 50 },
    )
  })
  it('finds every missing cell and every cell given twice', () => {
    fc.assert(
      fc.property(randomCoverage, fc.nat(), ({ columns, rows, corner, owner, features }, pick) => {
        fc.pre(columns > 2 && rows > 2)
        const [i, j] = [1 + (pick % (columns - 2)), 1 + (Math.floor(pick / 7) % (rows - 2))]
        const quad = Int32Array.from([corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)].flat())
        const same = (ring: Int32Array) => ring.every((value, k) => value === quad[k])
        const holed = features
          .map(({ id, polygons }) => ({ id, polygons: polygons.filter(([ring]) => !same(ring!)) }))
          .filter(({ polygons }) => polygons.length > 0)
        const gap = checkPolygons(holed).faults
        expect(gap.map(({ kind }) => kind)).toEqual(['gap'])
        const doubled = checkPolygons([...features, { id: 'Z', polygons: [[quad]] }]).faults
        expect(doubled.map(({ kind, ids }) => [kind, ...ids])).toEqual([['overlap', `F${owner(i, j)}`, 'Z']])
        expect(doubled[0]!.areaM2).toBeCloseTo(gap[0]!.areaM2!, 3)
      }),
      { numRuns: 50 },
    )
  })
})

const data = new URL('../../../../shared/data/', import.meta.url)
describe.skipIf(!existsSync(data))('real outlines', () => {
  const read = (path: string) => JSON.parse(readFileSync(new URL(path, data), 'utf8')) as FeatureCollection<MultiPolygon>
  const asFeatures = (collection: FeatureCollection<MultiPolygon>, key: string) =>
    collection.features.map((feature: Feature<MultiPolygon>) => ({ id: String(feature.properties![key]), geometry: feature.geometry }))

  it('finds St. Louis sound: 205 cells, no overlap, no gap', () => {
    const check = checkCoverage(asFeatures(read('incidents/stl_grids/STL_BOUNDARY_Grids.geoJSON'), 'PageName'))
    expect(check.faults).toEqual([])
    expect(leafPolygons(check.topology!).size).toBe(205)
  })
  it('finds the overlaps of Shijingshan that turf finds', () => {
    const features = asFeatures(read('street-level/beijing_shijingshan_9_subdistricts.geojson'), 'code')
    const { faults } = checkCoverage(features)
    const [a, b] = ['110107004000', '110107003000'].map((code) => features.find(({ id }) => id === code)!.geometry)
    const both = intersect(featureCollection([a!, b!].map((geometry) => ({ type: 'Feature' as const, properties: {}, geometry }))))!
    expect(new Set(kinds({ faults, topology: null }))).toEqual(new Set(['overlap 110107003000+110107004000']))
    expect(faults.reduce((sum, fault) => sum + fault.areaM2!, 0) / area(both)).toBeCloseTo(1, 2)
  })
})
