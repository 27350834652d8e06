/**
 * From a file's units and a county's current ones to the county's new set of units. The finest units are the truth: they must
 * be a coverage, and everything above them is their exact union. Nothing is decided by order or by chance, so that the same
 * file on the same county gives the same plan.
 */
import { ancestorsOf, childCode, codeAt, codeLength, isWithin, levelOf, parentOf } from '#model/code.ts'
import { checkCoverage, type CoverageFault } from '#model/coverage-check.ts'
import { fromGrid } from '#model/crs.ts'
import { type Level, LEVELS } from '#model/level.ts'
import { areaM2, labelPoint } from '#model/measure.ts'
import { type GridPolygons, readPolygons, toMultiPolygon } from '#model/rings.ts'
import { type Border, borders, mergeBy, type Topology, toGridPolygons } from '#model/topology.ts'
import type { CurrentUnit, UnitFacts } from '../store/unit-versions.ts'
import type { RowFault } from './incident-rows.ts'
import type { UnitRow } from './unit-rows.ts'

export interface PlanInput {
  county: { code: string; name: string; nameEn: string | null }
  rows: readonly UnitRow[]
  /** Current versions of the county's units, and the polygons of its leaves. */
  current: readonly CurrentUnit[]
  leaves: readonly { code: string; polygons: GridPolygons }[]
  /** Codes that may not be given out again. */
  used: readonly string[]
  /** Level of units that come without a code. */
  level: Level
  /** True when units that the file does not hold end. */
  replace: boolean
  source: string
}

export interface UnitPlan {
  units: UnitFacts[]
  borders: Border[]
  /** Row of the file by the code it got. A row of a coarser unit gives it its name; its polygon is the union of its leaves'. */
  rowOf: Map<string, number>
}

/** The plan, or every fault: of single rows, and of the coverage with its places. */
export function planUnits(input: PlanInput): UnitPlan | { rows: RowFault[]; places: (CoverageFault & { row: number | null })[] } {
  const { current, replace, county } = input
  const coded = giveCodes(input)
  if (!(coded instanceof Map)) return { rows: coded, places: [] }
  const codes = [...coded.keys()]
  const above = new Set(codes.flatMap(ancestorsOf))
  const finest = new Set(codes.filter((code) => !above.has(code)))
  // A leaf of today stays unless the file holds it, divides it, or holds the unit it lies in.
  const kept = replace
    ? []
    : input.leaves.filter(({ code }) => !coded.has(code) && !above.has(code) && !ancestorsOf(code).some((each) => finest.has(each)))
  const check = checkCoverage([
    ...[...finest].map((code) => ({ id: code, geometry: coded.get(code)!.geometry })),
    ...kept.map(({ code, polygons }) => ({ id: code, geometry: toMultiPolygon(polygons) })),
  ])
  if (!check.topology) {
    const rowOf = (ids: string[]): number | null => {
      const rows = ids.flatMap((id) => coded.get(id)?.row ?? [])
      return rows.length > 0 ? Math.min(...rows) : null
    }
    const names = new Map(current.map(({ code, name }) => [code, name]))
    const named = (id: string) => coded.get(id)?.name ?? names.get(id) ?? id
    return { rows: [], places: check.faults.map((fault) => ({ ...fault, ids: fault.ids.map(named), row: rowOf(fault.ids) })) }
  }
  const { topology } = check
  const today = new Map(current.map((unit) => [unit.code, unit]))
  const names = namesAbove(coded)
  names.set(county.code, county.name)
  const leaves = new Set(topology.ids)
  const units: UnitFacts[] = []
  for (const level of LEVELS) {
    for (const [code, polygons] of unionsAt(topology, level)) {
      const row = coded.get(code)
      const now = today.get(code)
      units.push({
        code,
        parentCode: parentOf(code),
        level,
        unitKind: row?.unitKind ?? now?.unitKind ?? 'general',
        name: row?.name ?? names.get(code) ?? now?.name ?? code,
        nameEn: code === county.code ? county.nameEn : row?.nameEn !== undefined ? row.nameEn : (now?.nameEn ?? null),
        isLeaf: leaves.has(code),
        polygons,
        labelPoint: fromGrid(labelPoint(polygons)),
        areaM2: areaM2(polygons),
        households: row?.households !== undefined ? row.households : (now?.households ?? null),
        residents: row?.residents !== undefined ? row.residents : (now?.residents ?? null),
        source: row ? input.source : (now?.source ?? input.source),
      })
    }
  }
  return { units, borders: borders(topology), rowOf: new Map([...coded].map(([code, { row }]) => [code, row])) }
}

/** All units of one level that have leaves below or are one. */
function unionsAt(topology: Topology, level: Level): Map<string, GridPolygons> {
  const merged = mergeBy(topology, (id) => codeAt(id, level))
  return new Map([...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, polygons]) => [code, toGridPolygons(topology, polygons)]))
}

/** Names of coarser units that rows tell of the units above them. */
function namesAbove(coded: ReadonlyMap<string, UnitRow>): Map<string, string> {
  const names = new Map<string, string>()
  for (const [code, row] of coded) {
    for (const [level, name] of Object.entries(row.above) as [Level, string][]) {
      const parent = codeAt(code, level)
      if (parent && parent !== code && !names.has(parent)) names.set(parent, name)
    }
  }
  return names
}

/**
 * Rows by code. Without codes in the file, a name that the county has already keeps its code; new names are numbered from
 * west to east and north to south, after the highest number that was ever given out.
 */
function giveCodes({ rows, current, used, county, level }: PlanInput): Map<string, UnitRow> | RowFault[] {
  const faults: RowFault[] = []
  const coded = new Map<string, UnitRow>()
  const named = new Map<string, UnitRow>()
  for (const row of rows) {
    const known = row.code === null ? named.get(row.name) : coded.get(row.code)
    if (known) faults.push({ row: row.row, code: 'duplicate', message: `${row.code ?? row.name} stands in row ${known.row} already.` })
    else if (row.code === null) named.set(row.name, row)
    else coded.set(row.code, row)
  }
  const codeOf = new Map(current.filter((unit) => unit.isLeaf && unit.level === level).map(({ code, name }) => [name, code]))
  const fresh: UnitRow[] = []
  for (const [name, row] of named) {
    const code = codeOf.get(name)
    if (code === undefined) fresh.push(row)
    else coded.set(code, row)
  }
  const width = level === 'microgrid' ? 2 : 3
  const prefix = childCode(county.code, level, 1).slice(0, codeLength(level) - width)
  const numbers = used.filter((code) => levelOf(code) === level && isWithin(code, prefix)).map((code) => Number(code.slice(prefix.length)))
  let last = Math.max(0, ...numbers)
  const most = 10 ** width - 1
  if (last + fresh.length > most)
    return [
      ...faults,
      { row: 1, code: 'no-codes', message: `Only ${most - last} numbers are left below ${county.code}; give the units codes.` },
    ]
  for (const row of fresh.sort(westToEast())) coded.set(childCode(county.code, level, ++last), row)
  return faults.length > 0 ? faults : coded
}

/** By the label point, which every polygon has; a broken one comes last and is reported by the check. */
function westToEast(): (a: UnitRow, b: UnitRow) => number {
  const points = new Map<UnitRow, [number, number]>()
  const pointOf = (row: UnitRow): [number, number] => {
    let point = points.get(row)
    if (!point) {
      const { polygons, faults } = readPolygons(row.geometry)
      point = faults.length > 0 || polygons.length === 0 ? [Infinity, Infinity] : labelPoint(polygons)
      points.set(row, point)
    }
    return point
  }
  return (a, b) => {
    const [ax, ay] = pointOf(a)
    const [bx, by] = pointOf(b)
    if (ax !== bx) return ax - bx
    return ay !== by ? by - ay : a.name < b.name ? -1 : 1
  }
}
