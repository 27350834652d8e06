/** From a file to a cover that fits a unit's land, and to the action that puts it into a plan. Reads only; nothing is written. */
import type { Position } from 'geojson'
import { Problem } from '#contract/problem.ts'
import { type CleanAnswer, type CleanQuery, decisions as decisionsSchema } from '#contract/cleaning.ts'
import type { ImportNote, ImportProfile } from '#contract/transfer.ts'
import type { Divide, NewUnit } from '#model/actions/action.ts'
import type { Cleaning } from '#model/cleaning/clean.ts'
import { countyOf, isWithin, parentOf } from '#model/code.ts'
import { checkPolygons } from '#model/coverage-check.ts'
import { fromGrid, type LngLat } from '#model/crs.ts'
import type { Leaf } from '#model/difference.ts'
import { locator } from '#model/locate.ts'
import { labelPoint } from '#model/measure.ts'
import { type GridPolygons, toMultiPolygon } from '#model/rings.ts'
import { mergeBy, toGridPolygons } from '#model/topology.ts'
import type { Db } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { requireWithin } from '../middleware/jurisdiction.ts'
import { findProfile } from '../store/imports.ts'
import type { PlanRow } from '../store/plans.ts'
import { listStanding, type StandingLeaf } from '../store/unit-leaves.ts'
import type { ImportFile } from '../transfer/importers/importer.ts'
import { datumFor } from '../transfer/place.ts'
import { joinProfiles, openFile } from '../transfer/profile.ts'
import { countPositions, readUnit, type UnitRow } from '../transfer/unit-rows.ts'
import { cleanAside } from './clean-worker.ts'
import { PlanReplays } from './plan-replay.ts'
import { getPlan } from './plans.ts'

export interface CleanRequest {
  actor: Actor
  file: ImportFile
  query: CleanQuery
  /** Code of the unit whose land the file divides. */
  unit: string
}

const MOST_POSITIONS = 1_000_000
const MOST_NOTES = 1000

/**
 * With a plan the land and its units are those that the plan's actions have left, not today's. Throws `not-found` for a plan that the
 * actor may not read, `outside-jurisdiction` for a unit that is not the actor's, `conflict` when the stored units are no coverage, and what
 * reading a file throws. Rows that cannot be used are notes in the report, and there is no action then.
 */
export async function cleanCoverage(db: Db, { actor, file, query, unit }: CleanRequest): Promise<CleanAnswer> {
  requireWithin(actor, 'plan.edit', unit)
  const decisions = readDecisions(query.decisions)
  const { profile: name, unit: _unit, plan, tolerance, decisions: _decisions, ...single } = query
  const kept = name === undefined ? null : await findProfile(db, 'units', name)
  if (name !== undefined && !kept) throw new Problem('not-found', `There is no profile ${name} for units.`)
  const { rows, notes } = await readRows(file, joinProfiles(kept, single), unit)
  const positions = rows.reduce((sum, { geometry }) => sum + countPositions(geometry), 0)
  if (positions > MOST_POSITIONS)
    throw new Problem('too-large', `The file has ${positions} points; ${MOST_POSITIONS} can be cleaned at once.`)

  const standing = plan === undefined ? await standingToday(db, unit) : await standingIn(db, await getPlan(db, actor, plan), unit)
  const { land } = standing
  const units = rows.map((row) => ({ id: idOf(row), geometry: row.geometry }))
  const cleaning = await cleanAside(units, { tolerance, decisions, ...(land && { land: [land] }) }, positions)
  const byId = new Map(rows.map((row) => [idOf(row), row]))
  const isWhole =
    notes.every(({ weight }) => weight === 'warning') && cleaning.settled.every(({ kind, to }) => kind !== 'gap' || to !== null)
  return {
    report: { ...reportOf(cleaning), tolerance, notes },
    units: cleaning.units && {
      type: 'FeatureCollection',
      features: cleaning.units.map(({ id, polygons }) => ({
        type: 'Feature',
        id,
        geometry: toMultiPolygon(polygons),
        properties: { name: byId.get(id)!.name, code: byId.get(id)!.code },
      })),
    },
    action: cleaning.units && land && isWhole ? divideInto(cleaning.units, byId, { ...standing, unit }) : null,
  }
}

function readDecisions(text: string | undefined): Record<string, string> {
  if (text === undefined) return {}
  try {
    return decisionsSchema.parse(JSON.parse(text))
  } catch {
    throw new Problem('bad-request', 'The decisions are no JSON object of keys and ids.', [
      { where: 'query/decisions', message: 'is no JSON object of texts' },
    ])
  }
}

/** Rows as an import of units reads them, inside the unit; each is known by its code, otherwise by its name. */
async function readRows(file: ImportFile, profile: ImportProfile, unit: string): Promise<{ rows: UnitRow[]; notes: ImportNote[] }> {
  const opened = await openFile(file, profile, profile.columns?.code ? ['code'] : ['name'])
  const datum = datumFor(profile.datum, opened.reading.datum)
  const notes = [...opened.reading.notes]
  const rows = new Map<string, UnitRow>()
  let count = 0
  const bad = (row: number, code: string, message: string) => {
    if (notes.length < MOST_NOTES) notes.push({ row, code, message, weight: 'fault' })
  }
  for await (const source of opened.rows) {
    count++
    const row = readUnit(source, { profile, datum, county: countyOf(unit), has: opened.has })
    if ('message' in row) bad(row.row, row.code, row.message)
    else if (row.code !== null && !isWithin(row.code, unit)) bad(row.row, 'bad-code', `${row.code} does not lie in ${unit}.`)
    else if (rows.has(idOf(row))) bad(row.row, 'duplicate', `${idOf(row)} stands in row ${rows.get(idOf(row))!.row} already.`)
    else rows.set(idOf(row), row)
  }
  if (count === 0) throw new Problem('bad-file', 'The file holds no rows.')
  return { rows: [...rows.values()], notes }
}

const idOf = ({ code, name }: UnitRow): string => code ?? name

/** What stands where the file is to go. */
interface Standing {
  /** The land that the file divides, with every vertex that its neighbours have on its line; undefined where there is none. */
  land: GridPolygons | undefined
  leaves: readonly (Pick<Leaf, 'id' | 'code' | 'name' | 'unitKind' | 'parentCode'> & { polygons: GridPolygons })[]
  /** Grids that are cut into micro-grids, all of which are among the leaves. */
  cut: readonly Pick<Leaf, 'id' | 'code' | 'name' | 'unitKind' | 'parentCode'>[]
  /** Codes that units may hang below. */
  above: ReadonlySet<string>
  isTaken: (id: string) => boolean
}

async function standingToday(db: Db, unit: string): Promise<Standing> {
  const { leaves, above } = await listStanding(db, countyOf(unit))
  const own = leaves
    .filter(({ code }) => isWithin(code, unit))
    .map((leaf) => ({ ...leaf, id: leaf.code, parentCode: leaf.parentCode ?? '' }))
  const parents = new Set(own.map(({ parentCode }) => parentCode))
  const cut = above.filter(({ level, code }) => level === 'grid' && parents.has(code)).map((grid) => ({ ...grid, id: grid.code, parentCode: grid.parentCode ?? '' })) // prettier-ignore
  return {
    land: own.length > 0 ? landOf(leaves, unit) : undefined,
    leaves: own,
    cut: cut.filter(({ code }) => isWithin(code, unit)),
    above: new Set(above.map(({ code }) => code)),
    isTaken: () => false,
  }
}

async function standingIn(db: Db, plan: PlanRow, unit: string): Promise<Standing> {
  if (!isWithin(unit, plan.countyCode)) throw new Problem('bad-request', 'query/unit: lies in another county than the plan')
  const { coverage, above } = await new PlanReplays().take(db, plan)
  const isOwn = ({ code, parentCode }: Leaf) => isWithin(parentCode, unit) || code === unit
  const own = [...coverage.leaves.values()].filter(isOwn)
  return {
    land: own.length > 0 ? coverage.union(new Set(own.map(({ id }) => id))) : undefined,
    leaves: own.map((leaf) => ({ ...leaf, polygons: coverage.polygonsOf(leaf.id) })),
    cut: [...coverage.grids.values()].filter(isOwn),
    above,
    isTaken: (id) => coverage.leaves.has(id) || coverage.grids.has(id),
  }
}

/** The exact union of a unit's leaves. */
function landOf(leaves: readonly StandingLeaf[], unit: string): GridPolygons {
  const { topology } = checkPolygons(leaves.map(({ code, polygons }) => ({ id: code, polygons })))
  if (!topology) throw new Problem('conflict', `The units of ${countyOf(unit)} are no coverage; npm run check:coverage shows the places.`)
  return toGridPolygons(topology, mergeBy(topology, (code) => (isWithin(code, unit) ? 'land' : null)).get('land')!)
}

function reportOf(cleaning: Cleaning): Omit<CleanAnswer['report'], 'tolerance' | 'notes'> {
  const { units: _, faults, ...rest } = cleaning
  return { ...rest, faults: faults.map(({ polygons, ...fault }) => ({ ...fault, geometry: toMultiPolygon(polygons) })) }
}

/**
 * A unit that the file names by a code or by a name of today keeps it; others are `n1`, `n2` … in the file's order. A new one
 * hangs below what its code says when that stands, otherwise below what the land under its label hangs below; a unit that has nothing
 * below it yet is itself above what divides it.
 */
function divideInto(
  units: NonNullable<Cleaning['units']>,
  byId: ReadonlyMap<string, UnitRow>,
  { unit, leaves, cut, above, isTaken }: Standing & { unit: string },
): Divide {
  const known = [...leaves, ...cut]
  const byCode = new Map(known.flatMap((each) => (each.code === null ? [] : [[each.code, each]])))
  const names = leaves.map(({ name }) => name)
  const byName = new Map(leaves.map((leaf) => [leaf.name, leaf]))
  const isOnly = (name: string) => names.indexOf(name) === names.lastIndexOf(name)
  const byLeaf = new Map(leaves.map((leaf) => [leaf.id, leaf]))
  const locate = locator(leaves.map(({ id, polygons }) => ({ code: id, polygons })))
  const given = new Set<string>()
  let count = 0
  const nextId = () => {
    do count++
    while (isTaken(`n${count}`))
    return `n${count}`
  }
  const into = units.map(({ id, polygons }) => {
    const { code, name, unitKind } = byId.get(id)!
    const named = code !== null ? byCode.get(code) : isOnly(name) ? byName.get(name) : undefined
    const old = named && !given.has(named.id) ? named : undefined
    const newId = old?.id ?? nextId()
    given.add(newId)
    const parent = code === null ? null : parentOf(code)
    const under = byLeaf.get(locate(fromGrid(labelPoint(polygons))) ?? '')
    const isStanding = parent !== null && (above.has(parent) || byCode.has(parent))
    const parentCode = old?.parentCode ?? (isStanding ? parent : under && under.code !== unit ? under.parentCode : unit)
    const fresh: NewUnit = { id: newId, name, unitKind: unitKind ?? old?.unitKind ?? 'general', parentCode }
    return { unit: fresh, polygons: toMultiPolygon(polygons).coordinates as Position[][][] & LngLat[][][] }
  })
  const kept = cut.filter(({ id }) => given.has(id)).map(({ id }) => id)
  return { type: 'divide', units: [...leaves.map(({ id }) => id), ...kept], into }
}
