/** Writes what a plan changes as new versions of units, and lets everything that stands on the land follow. */
import { Problem } from '#contract/problem.ts'
import { codeAt, levelOf } from '#model/code.ts'
import type { Coverage } from '#model/coverage.ts'
import { fromGrid } from '#model/crs.ts'
import type { CutGrid } from '#model/difference.ts'
import { areaM2, labelPoint } from '#model/measure.ts'
import { giveCodes, inNeedOfCode } from '#model/plan-codes.ts'
import { changedGrids, type LeafChange } from '#model/plan-outcome.ts'
import { bordersOf, measured, type UnionAbove, unionsAbove } from '#model/plan-units.ts'
import { bboxOf } from '#model/rings.ts'
import type { Queryable } from '../db/db.ts'
import { multiPolygonEwkb, readMultiPolygon } from '../store/ewkb.ts'
import { announceReload } from '../store/outbox.ts'
import { followUnits, hasBuildings, listInvalid, recountVersions, relocateTouched, sumAreas } from '../store/plan-effects.ts'
import { insertCodes, listUnitFacts } from '../store/plan-units.ts'
import { ringAccess } from '../store/sessions.ts'
import { type CurrentUnit, endVersions, insertVersions, listUsedCodes, replaceBorders, type UnitFacts } from '../store/unit-versions.ts'
import { raiseVersion } from '../store/versions.ts'

export interface Writing {
  countyCode: string
  /** The borders before. */
  ground: Coverage
  coverage: Coverage
  changes: readonly LeafChange[]
  /** True when the county's own line has moved, or gained a vertex. */
  outlineMoved: boolean
  /** When the new versions begin. */
  inForceAt: Date
  /** Now. */
  at: Date
}

/** Throws OutOfCodes, or `plan-has-errors` when the database finds a polygon wrong. */
export async function writePlan(tx: Queryable, writing: Writing): Promise<void> {
  const { countyCode, ground, coverage, changes, inForceAt } = writing
  const inNeed = inNeedOfCode(coverage, changes)
  const given = giveCodes(inNeed, inNeed.length > 0 ? await listUsedCodes(tx, countyCode) : [])
  const codeOf = (id: string): string => given.get(id) ?? (coverage.leaves.get(id) ?? coverage.grids.get(id))!.code!
  const cut = new Map([...coverage.grids.values()].map((grid) => [codeOf(grid.id), grid]))
  const told = new Set(changedGrids(ground, coverage))
  const unions = unionsAbove(coverage, changes, codeOf, [...told])
  const heirs = heirsOf(coverage, changes)
  const codesBefore = changes.flatMap(({ before }) => (before ? [before.leaf.code!] : []))
  const codesKept = [...changes.flatMap(({ after }) => after?.leaf.code ?? []), ...[...told].flatMap(({ code }) => code ?? [])]
  const asked = [...new Set([...codesBefore, ...codesKept, ...unions.map(({ code }) => code)])]
  const facts = new Map((await listUnitFacts(tx, asked)).map((unit) => [unit.code, unit]))

  const leaves = leafVersions(changes, facts, heirs, codeOf)
  // A unit that was a leaf, or of which something else is said, has another version though its land is the same.
  const moved = unions.filter(({ code, polygons }) => {
    const known = facts.get(code)
    return polygons.length === 0 || !known || known.isLeaf || told.has(cut.get(code)!) || multiPolygonEwkb(polygons) !== known.ewkb
  })
  const units = [...moved.filter(({ polygons }) => polygons.length > 0).map((union) => unionVersion(union, facts, cut.get(union.code))), ...leaves] // prettier-ignore
  await endVersions(tx, [...new Set([...codesBefore, ...moved.map(({ code }) => code)])], inForceAt)
  await insertVersions(tx, countyCode, units, await insertCodes(tx, countyCode, units), inForceAt)
  await secondOpinion(tx, writing)
  await replaceBorders(tx, countyCode, bordersOf(coverage, codeOf), inForceAt)
  await carryOver(tx, writing, codeOf, newCodes(changes, moved, heirs, codeOf))
}

type Version = UnitFacts & { unitId: number | null }

function leafVersions(
  changes: readonly LeafChange[],
  facts: ReadonlyMap<string, CurrentUnit>,
  heirs: ReadonlyMap<string, string>,
  codeOf: (id: string) => string,
): Version[] {
  return changes.flatMap(({ id, before, after }) => {
    if (!after) return []
    // A grid that had micro-grids was no leaf before, but has its code.
    const known = facts.get((before ?? after).leaf.code ?? '') ?? null
    const sources = changes.filter((other) => other.before && (other.id === id ? other.after : heirs.get(other.before.leaf.code!) === id))
    const { level, unitKind, name, nameEn, grid } = after.leaf
    const parentCode = grid === undefined ? after.leaf.parentCode : codeOf(grid)
    const land = { polygons: after.polygons, ...measured(after.polygons) }
    const people = peopleIn(land.areaM2, sources.map(({ before }) => ({ facts: facts.get(before!.leaf.code!)!, areaM2: areaM2(before!.polygons) }))) // prettier-ignore
    const source = known?.source ?? null
    return [
      {
        code: codeOf(id),
        parentCode,
        level,
        unitKind,
        name,
        nameEn,
        isLeaf: true,
        ...land,
        ...people,
        source,
        unitId: known?.unitId ?? null,
      },
    ]
  })
}

/** `grid` is what is said of it where it is a grid that is cut into micro-grids; it may be new, or have had another code. */
function unionVersion({ polygons, ...above }: UnionAbove, facts: ReadonlyMap<string, CurrentUnit>, grid: CutGrid | undefined): Version {
  const known = facts.get(above.code) ?? (grid?.code ? facts.get(grid.code) : undefined)
  const { unitKind, name, nameEn } = grid ?? known!
  const land = measured(polygons)
  const people = peopleIn(land.areaM2, known ? [{ facts: known, areaM2: areaM2(readMultiPolygon(known.ewkb)) }] : []) // prettier-ignore
  return {
    ...above,
    unitKind,
    name,
    nameEn,
    isLeaf: false,
    polygons,
    ...land,
    ...people,
    source: known?.source ?? null,
    unitId: known?.unitId ?? null,
  }
}

/** Share of its area that a unit may differ by and still hold the same people. */
const SAME_LAND = 1e-4

/** Where no buildings tell, people are known of land that is as it was, or of whole units put together; otherwise nobody knows. */
function peopleIn(area: number, sources: readonly { facts: CurrentUnit; areaM2: number }[]): Pick<UnitFacts, 'households' | 'residents'> {
  const whole = sources.reduce((sum, source) => sum + source.areaM2, 0)
  const isSame = Math.abs(whole - area) <= SAME_LAND * area
  const sum = (of: 'households' | 'residents') =>
    isSame && sources.every(({ facts }) => facts[of] !== null) ? sources.reduce((total, { facts }) => total + facts[of]!, 0) : null
  return { households: sum('households'), residents: sum('residents') }
}

/** Who has the middle of the land of each unit that ended: code before → leaf id after. */
function heirsOf(coverage: Coverage, changes: readonly LeafChange[]): Map<string, string> {
  const heirs = new Map<string, string>()
  for (const { before, after } of changes) {
    const heir = before && !after ? coverage.leafAt(...labelPoint(before.polygons)) : null
    if (heir !== null) heirs.set(before!.leaf.code!, heir)
  }
  return heirs
}

/** Old code → new code, of units that got another one and of those that ended, whose heirs' it is. A unit that has units below now stands. */
function newCodes(
  changes: readonly LeafChange[],
  unions: readonly UnionAbove[],
  heirs: ReadonlyMap<string, string>,
  codeOf: (id: string) => string,
): Map<string, string> {
  const codes = new Map<string, string>()
  for (const { id, before, after } of changes) {
    if (!before) continue
    const old = before.leaf.code!
    const heir = after ? id : heirs.get(old)
    if (heir === undefined) continue
    const stands = unions.some(({ code, polygons }) => code === old && polygons.length > 0)
    // Whoever stood in a grid that is a micro-grid now stands in the grid above it.
    const now = codeAt(codeOf(heir), levelOf(old)!) ?? codeOf(heir)
    if (!stands && now !== old) codes.set(old, now)
    for (const { code, polygons } of unions) {
      const above = polygons.length === 0 && old.startsWith(code) ? codeAt(codeOf(heir), levelOf(code)!) : null
      if (above && above !== code) codes.set(code, above)
    }
  }
  return codes
}

/** The database judges by its own geometry: each new polygon valid on the grid, and no land lost or won. */
async function secondOpinion(tx: Queryable, { countyCode, inForceAt, outlineMoved }: Writing): Promise<void> {
  const invalid = await listInvalid(tx, countyCode, inForceAt)
  if (invalid.length > 0)
    throw new Problem('plan-has-errors', `The database finds these units invalid: ${invalid.join(', ')}.`, [
      { where: invalid.join(', '), message: 'invalid' },
    ])
  const { ended, begun } = await sumAreas(tx, countyCode, inForceAt)
  if (!outlineMoved && Math.abs(ended - begun) > 1e-9 * ended) {
    throw new Problem('plan-has-errors', `The units would cover ${begun} square degrees instead of ${ended}.`, [
      { where: countyCode, message: 'area' },
    ])
  }
}

async function carryOver(
  tx: Queryable,
  writing: Writing,
  codeOf: (id: string) => string,
  codes: ReadonlyMap<string, string>,
): Promise<void> {
  const { countyCode, changes, outlineMoved, inForceAt, at } = writing
  if (codes.size > 0 && (await followUnits(tx, codes))) await ringAccess(tx)
  const land = changes.flatMap(({ before, after }) => [...(before?.polygons ?? []), ...(after?.polygons ?? [])])
  const [minX, minY, maxX, maxY] = bboxOf(land)
  const touched = {
    countyCode,
    before: changes.flatMap(({ before }) => (before ? [before.leaf.code!] : [])),
    after: changes.flatMap(({ id, after }) => (after ? [codeOf(id)] : [])),
    outline: outlineMoved ? ([...fromGrid([minX, minY]), ...fromGrid([maxX, maxY])] as const) : null,
  }
  const relocated = await relocateTouched(tx, touched, at)
  if (await hasBuildings(tx, countyCode)) await recountVersions(tx, countyCode, inForceAt)
  if (relocated.incidents > 0) await announceReload(tx, 'incident', at)
  if (relocated.cameras > 0) await announceReload(tx, 'camera', at)
  if (relocated.buildings > 0) await raiseVersion(tx, 'building')
}
