import { describe, expect, it } from 'vitest'
import { ancestorsOf, codeAt, levelOf, parentOf } from '#model/code.ts'
import { checkCoverage } from '#model/coverage-check.ts'
import { LEVELS } from '#model/level.ts'
import { borders, mergeBy, toGridPolygons } from '#model/topology.ts'
import { checkUnits, type StoredBorder, type StoredUnit } from '#model/unit-check.ts'
import { asciiMap } from '../../fixtures/ascii-map.ts'

const COUNTY = '990101'
const CODES: Record<string, string> = {
  A: `${COUNTY}001001001`,
  B: `${COUNTY}001001002`,
  C: `${COUNTY}001002001`,
  D: `${COUNTY}000000001`,
}

/** A sound county:  A A B  with D directly below the county and C an island's neighbour. */
const county = (): { units: StoredUnit[]; borders: StoredBorder[] } => {
  const { topology } = checkCoverage(asciiMap('AABB\nACCB\nADDB\nAAAA').map(({ id, geometry }) => ({ id: CODES[id]!, geometry })))
  const units = LEVELS.flatMap((level) =>
    [...mergeBy(topology!, (id) => codeAt(id, level))].map(([code, polygons]): StoredUnit => ({
      ...{ code, parentCode: parentOf(code), level: levelOf(code)!, isLeaf: code.length === 15 },
      polygons: toGridPolygons(topology!, polygons),
    })),
  )
  return { units, borders: borders(topology!) }
}
const kinds = (units: StoredUnit[], stored: StoredBorder[]) => checkUnits(units, stored).map(({ kind, codes }) => [kind, ...codes])

describe('what is stored of a county', () => {
  it('is sound as an import writes it, whichever way round its borders run', () => {
    const { units, borders: lines } = county()
    expect(units.map(({ code }) => code)).toContain(ancestorsOf(CODES['C']!)[0])
    expect(checkUnits(units, lines)).toEqual([])
    const turned = lines.map(({ level, left, right, line }) => ({ level, left: right, right: left, line: [...line].reverse() }))
    expect(checkUnits(units, turned)).toEqual([])
    const cut = lines.flatMap((border) => border.line.slice(1).map((to, i) => ({ ...border, line: [border.line[i]!, to] })))
    expect(checkUnits(units, cut)).toEqual([])
  })

  it('has a gap where a leaf is missing, and its place', () => {
    const { units, borders: lines } = county()
    const [gap] = checkUnits(
      units.filter(({ code }) => code !== CODES['C']),
      lines,
    ).filter(({ kind }) => kind === 'gap')
    expect(gap!.where).not.toBeNull()
    expect(gap!.codes).toContain(CODES['A'])
  })

  it('has units that are not the union of their leaves', () => {
    const { units, borders: lines } = county()
    const town = units.find(({ level }) => level === 'town')!
    const moved = Int32Array.from(town.polygons[0]![0]!)
    moved[0]! -= 1
    const faults = checkUnits(
      units.map((unit) => (unit === town ? { ...unit, polygons: [[moved, ...town.polygons[0]!.slice(1)]] } : unit)),
      lines,
    )
    expect(faults).toMatchObject([{ kind: 'not-the-union', codes: [town.code], where: [moved[0]! / 1e7, moved[1]! / 1e7] }])
    const village = `${COUNTY}001002`
    expect(kinds(units.filter(({ code }) => code !== village), lines)).toEqual([['no-parent', CODES['C']], ['no-unit', village]]) // prettier-ignore
  })

  it('has codes that do not nest, and leaves that are none', () => {
    const { units, borders: lines } = county()
    const change = (code: string, facts: Partial<StoredUnit>) => units.map((unit) => (unit.code === code ? { ...unit, ...facts } : unit))
    expect(kinds(change(CODES['A']!, { parentCode: `${COUNTY}001002` }), lines)).toEqual([['bad-parent', CODES['A']]])
    expect(kinds(change(CODES['D']!, { level: 'village' }), lines)).toContainEqual(['bad-code', CODES['D']])
    expect(kinds(change(COUNTY, { isLeaf: true }), lines)).toContainEqual(['bad-leaf', COUNTY])
    expect(kinds([...units, units[0]!], lines)).toContainEqual(['two-versions', units[0]!.code])
  })

  it('has borders that are missing, stray or on the wrong side', () => {
    const { units, borders: lines } = county()
    const between = lines.filter(({ left, right }) => [left, right].sort().join() === [CODES['A'], CODES['B']].sort().join())
    const without = lines.filter((line) => !between.includes(line))
    expect(kinds(units, without).map(([kind]) => kind)).toEqual(['no-border'])
    const [first, ...rest] = lines
    const swapped = { ...first!, left: first!.right, right: first!.left }
    expect(kinds(units, [swapped, ...rest]).map(([kind]) => kind)).toEqual(['no-border', 'stray-border'])
    const wrongLevel = { ...first!, level: 'microgrid' as const }
    expect(kinds(units, [wrongLevel, ...rest])).toHaveLength(2)
  })
})
