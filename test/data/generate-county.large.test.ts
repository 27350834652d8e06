import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Unit } from '../../data/generator/county.ts'
import { generateCounty } from '../../data/generator/generate-county.ts'
import { coarsestBetween } from '../../data/generator/units.ts'

const county = generateCounty({ seed: 1 })
const at = (level: Unit['level']): Unit[] => county.units.filter((unit) => unit.level === level)
const ringsOf = (unit: Unit): number[][][] => unit.geometry.coordinates.flat()
const key = (point: readonly number[]): string => point.map((c) => Math.round((c as number) * 1e7)).join(' ')

/** Directed edges of the units, a reversed edge taking one away: what is left is the outline of their union. */
function outlineOf(units: readonly Unit[]): Map<string, number> {
  const edges = new Map<string, number>()
  const add = (name: string, by: number): void => {
    const sum = (edges.get(name) ?? 0) + by
    if (sum === 0) edges.delete(name)
    else edges.set(name, sum)
  }
  for (const unit of units) {
    for (const ring of ringsOf(unit)) {
      for (let i = 1; i < ring.length; i++) {
        const [a, b] = [key(ring[i - 1] as number[]), key(ring[i] as number[])]
        if (a < b) add(`${a}>${b}`, 1)
        else add(`${b}>${a}`, -1)
      }
    }
  }
  return edges
}

function holds(unit: Unit, [x, y]: readonly [number, number]): boolean {
  let inside = false
  for (const ring of ringsOf(unit)) {
    for (let i = 1; i < ring.length; i++) {
      const [ax, ay] = ring[i - 1] as [number, number]
      const [bx, by] = ring[i] as [number, number]
      if (ay > y !== by > y && x < ax + ((bx - ax) * (y - ay)) / (by - ay)) inside = !inside
    }
  }
  return inside
}

describe('the demo county', () => {
  it('has the real towns and villages and 635 grids, each below its parent', () => {
    expect([at('county').length, at('town').length, at('village').length, at('grid').length]).toEqual([1, 10, 222, 635])
    const codes = new Set(county.units.map(({ code }) => code))
    expect(codes.size).toBe(county.units.length)
    for (const { code, parentCode } of county.units) {
      if (parentCode === null) expect(code).toBe('331004')
      else expect(codes.has(parentCode) && code.startsWith(parentCode)).toBe(true)
    }
    expect([...codes].filter((code) => code.startsWith('3310044'))).toEqual([])
  })

  it('is tiled by its grids without gap or overlap: the directed edges cancel', () => {
    const left = outlineOf(at('grid'))
    const border = outlineOf(at('county'))
    expect(left.size).toBe(border.size)
    expect([...border].filter(([edge, sum]) => left.get(edge) !== sum)).toEqual([])
  })

  it.each(['town', 'village'] as const)('makes every %s the exact union of its grids', (level) => {
    for (const unit of at(level)) {
      const grids = at('grid').filter(({ code }) => code.startsWith(unit.code))
      expect(outlineOf(grids)).toEqual(outlineOf([unit]))
    }
  })

  it('keeps all coordinates on the grid of 1e-7 degree, outer rings counter-clockwise', () => {
    let offGrid = 0
    for (const unit of county.units) {
      for (const polygon of unit.geometry.coordinates) {
        polygon.forEach((ring, r) => {
          expect(ring.at(-1)).toEqual(ring[0])
          let area = 0
          for (let i = 1; i < ring.length; i++) {
            const [a, b] = [ring[i - 1] as number[], ring[i] as number[]]
            area += ((a[0] as number) - 121) * ((b[1] as number) - 28) - ((b[0] as number) - 121) * ((a[1] as number) - 28)
            offGrid += b.filter((c) => c !== Math.round(c * 1e7) / 1e7).length
          }
          expect(area > 0).toBe(r === 0)
        })
      }
    }
    expect(offGrid).toBe(0)
  })

  it('is of one piece at every level, but where the real outline has islands', () => {
    const inPieces = county.units.filter(({ geometry }) => geometry.coordinates.length > 1)
    expect(at('county')[0]?.geometry.coordinates).toHaveLength(3)
    for (const unit of inPieces) expect(unit.geometry.coordinates).toHaveLength(3)
    expect(inPieces.map(({ level }) => level).sort()).toEqual(['county', 'grid', 'town', 'village'])
  })

  it('covers the real outline', () => {
    expect(Math.abs((at('county')[0] as Unit).areaM2 / 1e6 - 361.37)).toBeLessThan(0.05)
    const sum = at('grid').reduce((total, { areaM2 }) => total + areaM2, 0)
    expect(Math.abs(sum / (at('county')[0] as Unit).areaM2 - 1)).toBeLessThan(1e-4)
  })

  it('has every line once, between the leaves it names, at the coarsest level it separates', () => {
    const edges = outlineOf(at('grid'))
    const inner = new Set<string>()
    const faults: string[] = []
    for (const { line, level, leftCode, rightCode } of county.borders) {
      expect(level).toBe(coarsestBetween(leftCode, rightCode))
      for (let i = 1; i < line.length; i++) {
        const [a, b] = [key(line[i - 1] as number[]), key(line[i] as number[])].sort()
        const edge = `${a}>${b}`
        if (inner.has(edge) || edges.has(edge) !== (level === 'county')) faults.push(edge)
        inner.add(edge)
      }
    }
    const total = at('grid').reduce((sum, unit) => sum + ringsOf(unit).reduce((n, ring) => n + ring.length - 1, 0), 0)
    expect(faults).toEqual([])
    expect(2 * inner.size - edges.size).toBe(total)
  })

  it('labels every unit inside itself', () => {
    expect(county.units.filter((unit) => !holds(unit, unit.labelPoint)).map(({ code }) => code)).toEqual([])
  })
})

describe('its people', () => {
  it('has 300–500 households a grid as a rule, about one in eight far off, few in dedicated grids', () => {
    const general = at('grid').filter(({ unitKind }) => unitKind === 'general')
    const off = general.filter(({ households }) => households < 300 || households > 500)
    expect(off.length / general.length).toBeGreaterThan(0.1)
    expect(off.length / general.length).toBeLessThan(0.14)
    for (const { households } of general) expect(households >= 150 && households <= 900).toBe(true)
    const dedicated = at('grid').filter(({ unitKind }) => unitKind === 'dedicated')
    expect(dedicated.length).toBeGreaterThan(30)
    for (const { households } of dedicated) expect(households).toBeLessThanOrEqual(120)
  })

  it('counts the same in buildings, grids and every level above', () => {
    const leaves = new Map<string, [number, number]>()
    for (const { unitCode, households, residents } of county.buildings) {
      const [h, r] = leaves.get(unitCode) ?? [0, 0]
      leaves.set(unitCode, [h + households, r + residents])
    }
    for (const unit of at('grid')) expect([unit.households, unit.residents]).toEqual(leaves.get(unit.code) ?? [0, 0])
    for (const unit of county.units) {
      const children = county.units.filter(({ parentCode }) => parentCode === unit.code)
      if (children.length === 0) continue
      expect(unit.households).toBe(children.reduce((sum, { households }) => sum + households, 0))
      expect(unit.residents).toBe(children.reduce((sum, { residents }) => sum + residents, 0))
    }
  })

  it('has about 50,000 buildings, each inside its grid', () => {
    expect(Math.abs(county.buildings.length - 50_000)).toBeLessThan(1000)
    const byCode = new Map(county.units.map((unit) => [unit.code, unit]))
    const astray = county.buildings.filter(({ unitCode, location }) => !holds(byCode.get(unitCode) as Unit, location))
    expect(astray).toEqual([])
  })
})

describe('its cameras, teams and posts', () => {
  it('has 1,800 cameras in one town and some hundreds elsewhere, with 20-digit codes used once', () => {
    const inTown = county.cameras.filter(({ unitCode }) => unitCode.startsWith('331004103'))
    expect(inTown).toHaveLength(1800)
    expect(county.cameras.length - 1800).toBeGreaterThan(300)
    expect(new Set(county.cameras.map(({ code }) => code)).size).toBe(county.cameras.length)
    for (const { code } of county.cameras) expect(code).toMatch(/^331004\d{2}\d{2}13[12]\d{7}$/)
    const offline = county.cameras.filter(({ state }) => state === 'offline').length / county.cameras.length
    expect(offline > 0.015 && offline < 0.035).toBe(true)
    const byCode = new Map(county.units.map((unit) => [unit.code, unit]))
    expect(county.cameras.filter(({ unitCode, location }) => !holds(byCode.get(unitCode) as Unit, location))).toEqual([])
  })

  it('has a team a village and posts, not persons, for every grid', () => {
    expect(county.teams).toHaveLength(222)
    for (const role of ['leader', 'worker', 'adviser'] as const) {
      expect(county.posts.filter((post) => post.role === role && post.rank === 'first')).toHaveLength(635)
    }
    expect(county.posts.some(({ vacant }) => vacant)).toBe(true)
  })
})

describe('micro-grids on request', () => {
  const fine = generateCounty({ seed: 1, microgrids: true })
  const of = (level: Unit['level']): Unit[] => fine.units.filter((unit) => unit.level === level)
  const leaves = fine.units.filter(({ isLeaf }) => isLeaf)

  it('cuts the general grids only: some 9,300 leaves below the same 635', () => {
    expect(of('grid').map(({ code }) => code)).toEqual(at('grid').map(({ code }) => code))
    expect(Math.abs(of('microgrid').length - 9316)).toBeLessThan(100)
    for (const { unitKind, isLeaf } of of('grid')) if (unitKind === 'dedicated') expect(isLeaf).toBe(true)
    expect(of('microgrid').filter(({ households }) => households === 0).length / of('microgrid').length).toBeLessThan(0.05)
  })

  it('tiles every grid exactly and counts the same', () => {
    expect(outlineOf(leaves)).toEqual(outlineOf(of('county')))
    const sums = new Map<string, number>()
    for (const { parentCode, households } of of('microgrid')) {
      sums.set(parentCode as string, (sums.get(parentCode as string) ?? 0) + households)
    }
    for (const grid of of('grid')) if (!grid.isLeaf) expect(sums.get(grid.code)).toBe(grid.households)
    const codes = new Set(leaves.map(({ code }) => code))
    expect([...fine.buildings, ...fine.cameras].filter(({ unitCode }) => !codes.has(unitCode))).toEqual([])
    expect(fine.borders.every(({ leftCode, rightCode }) => [leftCode, rightCode].every((code) => code === null || codes.has(code)))).toBe(
      true,
    )
  }, 60_000)
})

describe('the seed', () => {
  const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

  it('decides everything: the same seed gives the same county, another one another', () => {
    expect(digest(generateCounty({ seed: 1 }))).toBe(digest(county))
    const other = generateCounty({ seed: 2 })
    expect(digest(other)).not.toBe(digest(county))
    expect(other.units).toHaveLength(868)
  }, 60_000)
})
