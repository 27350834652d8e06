import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Balance } from '#model/balance.ts'
import { type Buildings, buildingsOf } from '#model/buildings.ts'
import type { Coverage } from '#model/coverage.ts'
import { fromGrid, type LngLat } from '#model/crs.ts'
import { type Difference, reverse } from '#model/difference.ts'
import { locator } from '#model/locate.ts'
import { at, centreOf } from '../../fixtures/ascii-map.ts'
import { asciiCoverage, gridAt, mergeDifference, moveDifference } from '../../fixtures/ascii-coverage.ts'
import { coverageFrom } from '../../fixtures/leaves.ts'
import { randomCoverage, type RandomCoverage } from '../../fixtures/random-coverage.ts'

const house = (location: LngLat, households = 1) => ({ location, households, residents: 2 * households })
const totals = (balance: Balance, coverage: Coverage) => new Map([...coverage.leaves.keys(), null].map((id) => [id, { ...balance.of(id) }]))

/** Each building's leaf, and all figures, as a balance made from scratch has them. */
function expectAsNew(balance: Balance, coverage: Coverage, buildings: Buildings): void {
  const fresh = new Balance(coverage, buildings)
  for (let i = 0; i < buildings.length; i++) expect(balance.ownerOf(i)).toBe(fresh.ownerOf(i))
  expect(totals(balance, coverage)).toEqual(totals(fresh, coverage))
}

const MAP = `
  AAAABBBB
  AAAABBBB
  AAAABBBB
  CCCCCCCC
`

describe('a balance', () => {
  const buildings = buildingsOf([
    house(centreOf(0, 0, 4), 10),
    house(centreOf(3, 1, 4), 20),
    house(centreOf(4, 1, 4), 40),
    house(centreOf(7, 3, 4), 80),
    house(at(4, 2), 160),
    house(at(20, 2), 320),
  ])

  it('gives each building to its leaf, one on a border to the lowest, one outside to nobody', () => {
    const balance = new Balance(asciiCoverage(MAP), buildings)
    expect(balance.of('A')).toEqual({ households: 190, residents: 380, buildings: 3 })
    expect(balance.of('B')).toEqual({ households: 40, residents: 80, buildings: 1 })
    expect(balance.of('C').households).toBe(80)
    expect(balance.of(null).households).toBe(320)
    expect(balance.of('nobody').households).toBe(0)
    expect([balance.ownerOf(4), balance.ownerOf(5)]).toEqual(['A', null])
  })

  it('says who gains what from whom, and takes it back', () => {
    const coverage = asciiCoverage(MAP)
    const balance = new Balance(coverage, buildings)
    const difference = moveDifference(coverage, gridAt(4, 4), gridAt(2, 4))
    coverage.apply(difference)
    const shift = balance.follow(difference)
    expect(shift.moved).toEqual([{ from: 'A', to: 'B', households: 180, residents: 360, buildings: 2 }])
    expect(shift.leaves.get('B')).toEqual({ households: 180, residents: 360, buildings: 2 })
    expect(balance.of('A').households).toBe(10)
    coverage.apply(reverse(difference))
    expect(balance.follow(reverse(difference)).leaves.get('A')!.households).toBe(180)
    expect(balance.of('A').households).toBe(190)
  })

  it('follows a merge and land that leaves the county', () => {
    const coverage = asciiCoverage(MAP)
    const balance = new Balance(coverage, buildings)
    const merge = mergeDifference(coverage, 'A', ['B'])
    coverage.apply(merge)
    balance.follow(merge)
    expect([balance.of('A').households, balance.of('B').households]).toEqual([230, 0])
    const outline = moveDifference(coverage, gridAt(8, 0), gridAt(2, 0))
    coverage.apply(outline)
    expect(balance.follow(outline).moved).toEqual([{ from: 'C', to: null, households: 80, residents: 160, buildings: 1 }])
    expectAsNew(balance, coverage, buildings)
  })

  it('can be of nothing', () => {
    expect(new Balance(asciiCoverage(MAP), buildingsOf([])).of('A').buildings).toBe(0)
  })
})

/** Places inside, outside, on vertices and in the middle of edges. */
const placesIn = ({ corner, columns, rows }: RandomCoverage, seeds: readonly [number, number, number][]) =>
  seeds.map(([u, v, kind]): LngLat => {
    const [i, j] = [u % (columns + 1), v % (rows + 1)]
    const [x, y] = corner(i, j)
    if (kind === 0) return fromGrid([x, y])
    if (kind === 1 && i < columns) {
      const [nx, ny] = corner(i + 1, j)
      return fromGrid([Math.floor((x + nx) / 2), Math.floor((y + ny) / 2)])
    }
    return fromGrid([x + (u % 20_011), y + (v % 19_997)])
  })

const seeds = fc.array(fc.tuple(fc.nat(1e6), fc.nat(1e6), fc.nat(4)), { maxLength: 120 })
/** Moves that keep a lattice sound: a corner strays by less than a quarter of a cell from where the fixture has put it. */
const moves = fc.array(fc.record({ i: fc.nat(7), j: fc.nat(7), dx: fc.integer({ min: -2400, max: 2400 }), dy: fc.integer({ min: -2400, max: 2400 }) }), { maxLength: 6 }) // prettier-ignore

describe('any balance', () => {
  it('is what the locator says, building by building', () => {
    fc.assert(
      fc.property(randomCoverage, seeds, (random, where) => {
        const coverage = coverageFrom(random.features)
        const places = placesIn(random, where)
        const balance = new Balance(coverage, buildingsOf(places.map((place) => house(place))))
        const locate = locator(random.features.map(({ id }) => ({ code: id, polygons: coverage.polygonsOf(id) })))
        for (const [i, place] of places.entries()) expect(balance.ownerOf(i)).toBe(locate(place))
      }),
    )
  })

  it('stays what one made from scratch is: after moves, merges and their reverse, sums constant', () => {
    fc.assert(
      fc.property(randomCoverage, seeds, moves, fc.nat(8), fc.boolean(), (random, where, steps, kept, mergesFirst) => {
        const coverage = coverageFrom(random.features)
        const buildings = buildingsOf(placesIn(random, where).map((place, i) => house(place, i)))
        const balance = new Balance(coverage, buildings)
        const before = totals(balance, coverage)
        const all = where.reduce((sum, _, i) => sum + i, 0)
        const done: Difference[] = []
        const step = (difference: Difference) => {
          coverage.apply(difference)
          const was = new Map([...coverage.leaves.keys()].map((id) => [id, balance.of(id).households]))
          const { leaves } = balance.follow(difference)
          for (const [id, households] of was) expect(balance.of(id).households).toBe(households + (leaves.get(id)?.households ?? 0))
          expectAsNew(balance, coverage, buildings)
          expect([...coverage.leaves.keys(), null].reduce((sum, id) => sum + balance.of(id).households, 0)).toBe(all)
        }
        const merge = () => {
          const [keep, ...rest] = [...coverage.leaves.keys()]
          const others = rest.filter((_, i) => (kept >> i) % 2 === 0)
          if (others.length === 0) return
          const difference = mergeDifference(coverage, keep!, others)
          done.push(difference)
          step(difference)
        }
        if (mergesFirst) merge()
        const seen = new Set<string>()
        for (const { i, j, dx, dy } of steps) {
          if (i > random.columns || j > random.rows || seen.has(`${i},${j}`)) continue
          seen.add(`${i},${j}`)
          const from = random.corner(i, j)
          const difference = moveDifference(coverage, from, [from[0] + dx, from[1] + dy])
          done.push(difference)
          step(difference)
        }
        if (!mergesFirst) merge()
        for (const difference of done.reverse()) step(reverse(difference))
        expect(totals(balance, coverage)).toEqual(before)
      }),
    )
  })

  it('follows a change of very many edges just so', () => {
    fc.assert(
      fc.property(randomCoverage, seeds, fc.nat(8), (random, where, kept) => {
        const features = random.features.map(({ id, polygons }) => ({ id, polygons: polygons.map((rings) => rings.map(bend)) }))
        const coverage = coverageFrom(features)
        const buildings = buildingsOf(placesIn(random, where).map((place, i) => house(place, i)))
        const balance = new Balance(coverage, buildings)
        const others = [...coverage.leaves.keys()].slice(1).filter((_, i) => (kept >> i) % 2 === 0)
        if (others.length === 0) return
        const difference = mergeDifference(coverage, [...coverage.leaves.keys()][0]!, others)
        for (const each of [difference, reverse(difference)]) {
          coverage.apply(each)
          balance.follow(each)
          expectAsNew(balance, coverage, buildings)
        }
      }),
    )
  })
})

const BENDS = 40

/** A ring with points between its corners, a unit off the straight line and the same for both neighbours. */
function bend(ring: Int32Array): Int32Array {
  const flat: number[] = []
  for (let i = 0; i < ring.length; i += 2) {
    const [a, b] = [[ring[i]!, ring[i + 1]!], [ring[(i + 2) % ring.length]!, ring[(i + 3) % ring.length]!]] as const // prettier-ignore
    const isForward = a[0]! < b[0]! || (a[0] === b[0] && a[1]! < b[1]!)
    const [low, high] = isForward ? [a, b] : [b, a]
    const between = Array.from({ length: BENDS }, (_, n) => [0, 1].map((k) => Math.round(low[k]! + ((high[k]! - low[k]!) * (n + 1)) / (BENDS + 1)))) // prettier-ignore
    flat.push(...a, ...(isForward ? between : between.reverse()).flat())
  }
  return Int32Array.from(flat)
}
