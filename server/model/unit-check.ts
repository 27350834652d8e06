/**
 * Is what is stored of a county one thing? Leaves are a coverage, codes nest, every coarser unit is the exact union of its leaves,
 * and the borders are the edges between them, each once. Nothing is tolerated; every fault has its place.
 */
import { codeAt, levelOf, parentOf } from './code.ts'
import { checkPolygons } from './coverage-check.ts'
import { fromGrid, toGrid } from './crs.ts'
import type { FlatRing } from './exact.ts'
import { type Level, LEVELS } from './level.ts'
import { canonical, type GridPolygons } from './rings.ts'
import { borders, mergeBy, toGridPolygons, type Topology } from './topology.ts'

export interface StoredUnit {
  code: string
  parentCode: string | null
  level: Level
  isLeaf: boolean
  polygons: GridPolygons
}
export interface StoredBorder {
  level: Level
  left: string | null
  right: string | null
  /** [lng, lat] */
  line: readonly (readonly number[])[]
}

export interface UnitFault {
  kind: string
  codes: string[]
  where: [lng: number, lat: number] | null
  reason: string
}

/** Every fault of a county's units and borders at one instant; while the leaves are no coverage, unions and borders are not judged. */
export function checkUnits(units: readonly StoredUnit[], stored: readonly StoredBorder[]): UnitFault[] {
  const faults = checkCodes(units)
  const leaves = units.filter(({ isLeaf }) => isLeaf).map(({ code, polygons }) => ({ id: code, polygons }))
  const check = checkPolygons(leaves)
  if (!check.topology) {
    return [...faults, ...check.faults.map(({ kind, ids, where, reason }) => ({ kind, codes: ids, where, reason }))]
  }
  return [...faults, ...checkUnions(units, check.topology), ...checkBorders(stored, check.topology)]
}

const placeOf = ({ polygons }: StoredUnit): [number, number] | null => (polygons[0]?.[0] ? fromGrid([...polygons[0][0]]) : null)

function checkCodes(units: readonly StoredUnit[]): UnitFault[] {
  const faults: UnitFault[] = []
  const byCode = new Map<string, StoredUnit>()
  const parents = new Set(units.map(({ parentCode }) => parentCode))
  for (const unit of units) {
    const say = (kind: string, reason: string) => faults.push({ kind, codes: [unit.code], where: placeOf(unit), reason })
    if (byCode.has(unit.code)) say('two-versions', 'two versions are in force at once')
    byCode.set(unit.code, unit)
  }
  for (const unit of units) {
    const say = (kind: string, reason: string) => faults.push({ kind, codes: [unit.code], where: placeOf(unit), reason })
    if (levelOf(unit.code) !== unit.level) say('bad-code', `its code is none of a ${unit.level}`)
    else if (unit.parentCode !== parentOf(unit.code))
      say('bad-parent', `its code lies below ${parentOf(unit.code)}, it below ${unit.parentCode}`)
    else if (unit.parentCode !== null && !byCode.has(unit.parentCode)) say('no-parent', `there is no ${unit.parentCode}`)
    if (unit.isLeaf && parents.has(unit.code)) say('bad-leaf', 'it is a leaf, but units lie below it')
    if (!unit.isLeaf && !parents.has(unit.code)) say('bad-leaf', 'it is no leaf, but no unit lies below it')
  }
  return faults
}

function checkUnions(units: readonly StoredUnit[], topology: Topology): UnitFault[] {
  const faults: UnitFault[] = []
  for (const level of LEVELS) {
    const unions = mergeBy(topology, (id) => codeAt(id, level))
    for (const unit of units.filter((each) => each.level === level)) {
      const union = unions.get(unit.code)
      unions.delete(unit.code)
      const drawn = canonical(unit.polygons)
      const where = union ? firstDifference(drawn, toGridPolygons(topology, union)) : placeOf(unit)
      if (where) faults.push({ kind: 'not-the-union', codes: [unit.code], where, reason: 'its polygon is not the union of its leaves' })
    }
    for (const code of unions.keys())
      faults.push({ kind: 'no-unit', codes: [code], where: null, reason: 'it has leaves, but is not there itself' })
  }
  return faults
}

/** A vertex at which two canonical writings part; null when they are equal number for number. */
function firstDifference(a: GridPolygons, b: GridPolygons): [number, number] | null {
  const [ringsA, ringsB] = [a.flat(), b.flat()]
  for (let r = 0; r < Math.max(ringsA.length, ringsB.length); r++) {
    const [ringA, ringB]: (FlatRing | undefined)[] = [ringsA[r], ringsB[r]]
    if (!ringA || !ringB) return fromGrid([...(ringA ?? ringB)!])
    for (let i = 0; i < Math.max(ringA.length, ringB.length); i++) {
      if (ringA[i] === ringB[i]) continue
      const at = i - (i % 2)
      return fromGrid([...(at < ringA.length ? ringA : ringB).subarray(at, at + 2)])
    }
  }
  return a.length === b.length ? null : fromGrid([...ringsA[0]!])
}

/** Edges as texts that do not depend on the direction in which they are run. */
function edgesOf(lines: readonly StoredBorder[]): Map<string, { codes: string[]; where: [number, number] }> {
  const edges = new Map<string, { codes: string[]; where: [number, number] }>()
  for (const { level, left, right, line } of lines) {
    const points = line.map((position) => toGrid(position))
    for (let i = 0; i + 1 < points.length; i++) {
      const [a, b] = [points[i]!, points[i + 1]!]
      const isForward = a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])
      const text = isForward ? [a, b, left, right] : [b, a, right, left]
      edges.set([level, ...text].join(' '), {
        codes: [left, right].filter((code) => code !== null),
        where: fromGrid([Math.round((a[0] + b[0]) / 2), Math.round((a[1] + b[1]) / 2)]),
      })
    }
  }
  return edges
}

/** One fault for each pair of neighbours, however many of their edges are wrong. */
function checkBorders(stored: readonly StoredBorder[], topology: Topology): UnitFault[] {
  const [there, due] = [edgesOf(stored), edgesOf(borders(topology))]
  const faults = new Map<string, UnitFault>()
  const say = (kind: string, reason: string, { codes, where }: { codes: string[]; where: [number, number] }) => {
    const key = `${kind} ${[...codes].sort().join()}`
    if (!faults.has(key)) faults.set(key, { kind, codes, where, reason })
  }
  for (const [text, edge] of due) if (!there.has(text)) say('no-border', 'an edge between them is not drawn as a border', edge)
  for (const [text, edge] of there) if (!due.has(text)) say('stray-border', 'a border is drawn where none of their edges is', edge)
  return [...faults.values()]
}
