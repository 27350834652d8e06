import fc from 'fast-check'
import type { MultiPolygon, Polygon, Position } from 'geojson'
import { describe, expect, it } from 'vitest'
import { clean, type Cleaning } from '#model/cleaning/clean.ts'
import { checkPolygons } from '#model/coverage-check.ts'
import { areaM2, metresPerUnit } from '#model/measure.ts'
import { type GridPolygons, readPolygons, toMultiPolygon } from '#model/rings.ts'
import type { Topology } from '#model/topology.ts'
import { asciiMap, at } from '../../../fixtures/ascii-map.ts'
import { randomCoverage } from '../../../fixtures/random-coverage.ts'

const polygon = (...rings: Position[][]): Polygon => ({ type: 'Polygon', coordinates: rings })
const box = (west: number, south: number, east: number, north: number): Position[] => [at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)] // prettier-ignore
/** Metres as parts of a cell, about. */
const M = 1 / 111
const asGeometry = (polygons: GridPolygons): MultiPolygon => toMultiPolygon(polygons)
const again = (cleaning: Cleaning, tolerance: number) => clean(cleaning.units!.map(({ id, polygons }) => ({ id, geometry: asGeometry(polygons) })), { tolerance }) // prettier-ignore
const areaOf = (cleaning: Cleaning, id: string) => areaM2(cleaning.units!.find((unit) => unit.id === id)!.polygons)
const isSound = (cleaning: Cleaning) => checkPolygons(cleaning.units!).topology !== null

describe('cleaning a cover', () => {
  it('gives a coverage back as it came', () => {
    const units = asciiMap(`
      AAB
      ACB
      DDB
    `)
    const result = clean(units, { tolerance: 5 })
    expect(result).toMatchObject({ unchanged: true, movedVertices: 0, settled: [], faults: [], movedM2: 0 })
    expect(result.units!.map(({ id }) => id)).toEqual(['A', 'B', 'C', 'D'])
    expect(isSound(result)).toBe(true)
  })

  it('joins neighbours whose lines miss each other by less than the tolerance', () => {
    //   A ends 40 cm short of the line on which B begins; C's corner lies 60 cm off both.
    const units = [
      { id: 'A', geometry: polygon(box(0, 1, 1 - 0.4 * M, 2)) },
      { id: 'B', geometry: polygon(box(1, 1, 2, 2 + 0.3 * M)) },
      { id: 'C', geometry: polygon(box(0, 0, 2, 1 - 0.6 * M)) },
    ]
    const result = clean(units, { tolerance: 1 })
    expect(result.faults).toEqual([])
    expect(isSound(result)).toBe(true)
    expect(result.largestMoveM).toBeLessThan(1)
    expect(result.movedVertices).toBeGreaterThan(0)
    expect(again(result, 1)).toMatchObject({ unchanged: true })
  })

  it('gives a sliver to the neighbour with the longest border, and says so', () => {
    // A gap 1.6 m wide without a vertex within the tolerance of a line: C has the whole of its length, A and B a half each.
    const units = [
      { id: 'A', geometry: polygon(box(0, 1, 1, 2)) },
      { id: 'B', geometry: polygon(box(1, 1, 2, 2)) },
      { id: 'C', geometry: polygon(box(-1, -1, 3, 0), box(5, 5, 6, 6)) },
      {
        id: 'D',
        geometry: polygon(
          [at(-1, 0), at(3, 0), at(3, 1), at(3, 3), at(-1, 3), at(-1, 0)],
          [at(0, 2), at(2, 2), at(2, 1 - 1.6 * M), at(0, 1 - 1.6 * M), at(0, 2)],
        ),
      },
    ].slice(0, 4)
    const result = clean(
      units.filter(({ id }) => id !== 'C'),
      { tolerance: 1 },
    )
    expect(result.faults).toEqual([])
    expect(result.settled).toHaveLength(1)
    const [sliver] = result.settled
    expect(sliver).toMatchObject({ kind: 'gap', ids: ['A', 'B', 'D'], to: 'D', key: null })
    expect(sliver!.widthM).toBeCloseTo(1.6, 1)
    expect(result.movedM2).toBeCloseTo(sliver!.areaM2, 6)
    expect(isSound(result)).toBe(true)
  })

  it('never repairs a real overlap in silence', () => {
    const units = [
      { id: 'A', geometry: polygon(box(0, 0, 1.1, 1)) },
      { id: 'B', geometry: polygon(box(1, 0, 2, 1)) },
    ]
    const result = clean(units, { tolerance: 1 })
    expect(result.units).toBeNull()
    expect(result.faults).toMatchObject([{ kind: 'overlap', ids: ['A', 'B'] }])
    const [fault] = result.faults
    expect(fault!.widthM).toBeGreaterThan(9)
    expect(fault!.where[0]).toBeGreaterThan(at(1, 0)[0])
    for (const [to, whole] of [
      ['A', units[0]!],
      ['B', units[1]!],
    ] as const) {
      // prettier-ignore
      const decided = clean(units, { tolerance: 1, decisions: { [fault!.key]: to } })
      expect(decided.settled).toMatchObject([{ key: fault!.key, to }])
      expect(isSound(decided)).toBe(true)
      expect(areaOf(decided, to)).toBeCloseTo(areaM2(readPolygons(whole.geometry).polygons), 3)
    }
    for (const wrong of ['C', 'leave', 'cut', ''])
      expect(clean(units, { tolerance: 1, decisions: { [fault!.key]: wrong } }).units).toBeNull()
  })

  it('sees a field at the end of a thin tail', () => {
    // Area over length would call it a sliver: 10 by 10 m of field, 300 m of tail, 0.5 m wide, and as much border.
    const tail: Position[] = [
      at(1, 0),
      at(1 + 0.5 * M, 0),
      at(1 + 0.5 * M, 2.7),
      at(1 + 10 * M, 2.7),
      at(1 + 10 * M, 2.8),
      at(1, 2.8),
      at(1, 0),
    ]
    const units = [
      { id: 'A', geometry: polygon([at(0, 0), ...tail.slice(1, -2), at(1, 2.8), at(1, 3), at(0, 3), at(0, 0)]) },
      { id: 'B', geometry: polygon(box(1, 0, 2, 3)) },
    ]
    const result = clean(units, { tolerance: 0.3 })
    expect(result.faults).toHaveLength(1)
    expect(result.faults[0]!.widthM).toBeGreaterThan(8)
  })

  it('asks about a real gap, which may be filled or left', () => {
    const units = asciiMap(`
      AAA
      A.B
      BBB
    `)
    const asked = clean(units, { tolerance: 1 })
    expect(asked.units).toBeNull()
    expect(asked.faults).toMatchObject([{ kind: 'gap', ids: ['A', 'B'] }])
    const key = asked.faults[0]!.key
    const filled = clean(units, { tolerance: 1, decisions: { [key]: 'B' } })
    expect(isSound(filled)).toBe(true)
    const left = clean(units, { tolerance: 1, decisions: { [key]: 'leave' } })
    expect(left.units).not.toBeNull()
    expect(left.settled).toMatchObject([{ kind: 'gap', to: null }])
    expect(left.movedM2).toBe(0)
  })

  it('mends rings: both halves of a bow-tie, spikes, open ends, repeated points, overlapping parts', () => {
    const bowTie = [{ id: 'A', geometry: polygon([at(0, 0), at(2, 2), at(2, 0), at(0, 2), at(0, 0)]) }]
    const tied = clean(bowTie, { tolerance: 1 })
    expect(tied.breaks).toMatchObject([{ kind: 'self-crossing', id: 'A' }])
    expect(isSound(tied)).toBe(true)
    expect(tied.units![0]!.polygons).toHaveLength(2)
    expect(tied.areas[0]!.beforeM2).toBeCloseTo(areaOf(tied, 'A'), 3)
    const broken = clean(
      [
        { id: 'A', geometry: polygon([at(0, 0), at(1, 0), at(1, 0), at(1, 0.5), at(5, 0.5), at(1, 0.5), at(1, 1), at(0, 1)]) },
        {
          id: 'B',
          geometry: { type: 'MultiPolygon', coordinates: [[box(1, 0, 2, 1)], [box(1.5, 0.5, 2, 1)], [[at(1, 1), at(2, 1), at(1, 1)]]] },
        },
      ],
      { tolerance: 1 },
    )
    expect(broken.breaks.map(({ kind, id }) => `${id} ${kind}`).sort()).toEqual([
      'A not-closed',
      'A repeated-point',
      'A spike',
      'B no-area',
      'B parts-overlap',
    ])
    expect(isSound(broken)).toBe(true)
    expect(areaOf(broken, 'A')).toBeCloseTo(areaOf(broken, 'B'), 0)
  })

  it('keeps holes, and fits what lies in them', () => {
    const units = [
      { id: 'A', geometry: polygon(box(0, 0, 3, 3), [at(1, 1), at(1, 2), at(2, 2), at(2, 1), at(1, 1)]) },
      { id: 'B', geometry: polygon(box(1 + 0.5 * M, 1 - 0.4 * M, 2, 2 + 0.3 * M)) },
    ]
    const result = clean(units, { tolerance: 1 })
    expect(isSound(result)).toBe(true)
    expect(result.units![0]!.polygons[0]).toHaveLength(2)
    // An island that touches nothing lies in the hole's own face.
    const free = clean([units[0]!, { id: 'B', geometry: polygon(box(1.2, 1.2, 1.8, 1.8)) }], { tolerance: 1 })
    expect(free.faults).toMatchObject([{ kind: 'gap', ids: ['A', 'B'] }])
    expect(free.faults[0]!.areaM2).toBeLessThan(areaM2(readPolygons(polygon(box(1, 1, 2, 2))).polygons))
  })

  it('says which unit would have no land, and which cannot be used', () => {
    const same = polygon(box(0, 0, 1, 1))
    const twice = clean([{ id: 'A', geometry: same }, { id: 'B', geometry: same }], { tolerance: 1 }) // prettier-ignore
    expect(twice.units).toBeNull()
    expect(twice.faults).toMatchObject([{ kind: 'overlap', ids: ['A', 'B'] }])
    expect(clean([{ id: 'A', geometry: same }, { id: 'B', geometry: same }], { tolerance: 1, decisions: { [twice.faults[0]!.key]: 'A' } })).toMatchObject({ units: null, lost: ['B'] }) // prettier-ignore
    const off = clean([{ id: 'A', geometry: polygon([[200, 0], [1, 1], [2, 2], [200, 0]]) }], { tolerance: 1 }) // prettier-ignore
    expect(off).toMatchObject({ units: null, breaks: [{ kind: 'unusable', id: 'A' }], lost: [] })
  })

  it('fits a cover to the land that is given, whose line stays', () => {
    const land = asciiMap(`
      XXX
      XXX
    `).map(({ geometry }) => readPolygons(geometry).polygons)
    const units = [
      { id: 'A', geometry: polygon(box(0.4 * M, -0.3 * M, 1.5, 2)) },
      { id: 'B', geometry: polygon(box(1.5, 0.2 * M, 3.3, 2)) },
    ]
    const asked = clean(units, { tolerance: 1, land })
    expect(asked.faults).toMatchObject([{ kind: 'overhang', ids: ['B'] }])
    const result = clean(units, { tolerance: 1, land, decisions: { [asked.faults[0]!.key]: 'cut' } })
    expect(isSound(result)).toBe(true)
    const covered = result.units!.reduce((sum, { polygons }) => sum + areaM2(polygons), 0)
    expect(covered).toBeCloseTo(areaM2(land[0]!), 3)
    expect(result.units!.flatMap(({ polygons }) => polygons.flat(2)).flatMap((ring) => [...ring]).length).toBe(16)
  })
})

/** Pairs of neighbours with the metres of their border. */
const adjacency = (topology: Topology): Map<string, number> => {
  const pairs = new Map<string, number>()
  for (const [arc, line] of topology.arcs.entries()) {
    const ids = [topology.ids[topology.left[arc]!] ?? '', topology.ids[topology.right[arc]!] ?? ''].sort().join()
    let length = 0
    for (let i = 1; i < line.length; i++) {
      const [a, b] = [line[i - 1]!, line[i]!]
      const unit = metresPerUnit(topology.y[a]!)
      length += Math.hypot((topology.x[a]! - topology.x[b]!) * unit.x, (topology.y[a]! - topology.y[b]!) * unit.y)
    }
    pairs.set(ids, (pairs.get(ids) ?? 0) + length)
  }
  return pairs
}

/** Units: 0.0111 m of latitude each; a tolerance of 2 m holds noise of 0.5 m for each of two neighbours, in x and y. */
const NOISE = 45
const noisy = (polygons: GridPolygons, noise: readonly number[], from: number): MultiPolygon => {
  let at = from
  return asGeometry(polygons.map((rings) => rings.map((ring) => ring.map((value) => value + (noise[at++ % noise.length]! % NOISE)))))
}

describe('any coverage with noise below the tolerance', () => {
  const noise = fc.array(fc.integer({ min: -NOISE, max: NOISE }), { minLength: 997, maxLength: 997 })

  it('comes back with the same neighbours and areas, and stays as it is when cleaned again', () => {
    fc.assert(
      fc.property(randomCoverage, noise, ({ features }, offsets) => {
        const { topology } = checkPolygons(features)
        fc.pre(topology !== null)
        const result = clean(features.map(({ id, polygons }, i) => ({ id, geometry: noisy(polygons, offsets, 61 * i) })), { tolerance: 2 }) // prettier-ignore
        expect(result.faults.filter(({ kind }) => kind !== 'gap')).toEqual([])
        expect(result.faults).toEqual([])
        expect(result.unsound).toEqual([])
        expect(result.largestMoveM).toBeLessThanOrEqual(4)
        const after = checkPolygons(result.units!)
        expect(after.topology).not.toBeNull()
        const [before, now] = [adjacency(topology!), adjacency(after.topology!)]
        // Borders shorter than what may move can come and go: corners where four meet.
        for (const [pair, length] of before) if (length > 10) expect([pair, now.has(pair)]).toEqual([pair, true])
        for (const [pair, length] of now) if (length > 10) expect([pair, before.has(pair)]).toEqual([pair, true])
        for (const { id, polygons } of features) {
          const perimeter = [...before].reduce((sum, [pair, length]) => sum + (pair.split(',').includes(id) ? length : 0), 0)
          expect(Math.abs(areaOf(result, id) - areaM2(polygons))).toBeLessThan(4 * perimeter + 1)
        }
        const second = again(result, 2)
        expect(second.unchanged).toBe(true)
        expect(second.units).toEqual(result.units)
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  it('with an overlap put in keeps asking about it, whatever the noise', () => {
    fc.assert(
      fc.property(randomCoverage, noise, fc.nat(), ({ features }, offsets, pick) => {
        fc.pre(features.length > 1)
        const units = features.map(({ id, polygons }, i) => ({ id, geometry: noisy(polygons, offsets, 61 * i) }))
        const victim = features[pick % features.length]!
        const [ring] = victim.polygons[0]!
        // A field of 50 m around a corner or the middle of a part, claimed by another one as well.
        const [cx, cy] = [0, 1].map((axis) => Math.round([0, 2, 4, 6].reduce((sum, i) => sum + ring![i + axis]!, 0) / 4)) as [
          number,
          number,
        ]
        const side = 4500
        const field: Position[] = [[cx - side, cy - side], [cx + side, cy - side], [cx + side, cy + side], [cx - side, cy + side], [cx - side, cy - side]].map(([x, y]) => [x! / 1e7, y! / 1e7]) // prettier-ignore
        const thief = units.find(({ id }) => id !== victim.id)!
        thief.geometry.coordinates.push([field])
        const result = clean(units, { tolerance: 2 })
        expect(result.units).toBeNull()
        expect(result.faults.some(({ kind, ids }) => kind === 'overlap' && ids.includes(victim.id) && ids.includes(thief.id))).toBe(true)
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})
