/** From a file to a cover that fits a unit's land, and to the action that puts it into a plan. Reads only; nothing is written. */
import type { MultiPolygon, Polygon, Position } from 'geojson'
import { Problem } from '#contract/problem.ts'
import { type CleanAnswer, type CleanQuery, decisions as decisionsSchema } from '#contract/cleaning.ts'
import type { ImportNote, ImportProfile } from '#contract/transfer.ts'
import type { Divide, NewUnit } from '#model/actions/action.ts'
import type { Cleaning } from '#model/cleaning/clean.ts'
import { countyOf, isWithin, parentOf } from '#model/code.ts'
import { checkPolygons } from '#model/coverage-check.ts'
import { fromGrid, type LngLat } from '#model/crs.ts'
import { locator } from '#model/locate.ts'
import { labelPoint } from '#model/measure.ts'
import { type GridPolygons, toMultiPolygon } from '#model/rings.ts'
import { mergeBy, toGridPolygons } from '#model/topology.ts'
import type { Db } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { requireWithin } from '../middleware/jurisdiction.ts'
import { findProfile } from '../store/imports.ts'
import { listStanding, type StandingLeaf, type StandingUnit } from '../store/unit-leaves.ts'
import type { ImportFile } from '../transfer/importers/importer.ts'
import { datumFor } from '../transfer/place.ts'
import { joinProfiles, openFile } from '../transfer/profile.ts'
import { readUnit, type UnitRow } from '../transfer/unit-rows.ts'
import { cleanAside } from './clean-worker.ts'

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
 * Throws `outside-jurisdiction` for a unit that is not the actor's, `conflict` when the stored units are no coverage, and what
 * reading a file throws. Rows that cannot be used are notes in the report, and there is no action then.
 */
export async function cleanCoverage(db: Db, { actor, file, query, unit }: CleanRequest): Promise<CleanAnswer> {
  requireWithin(actor, 'plan.edit', unit)
  const decisions = readDecisions(query.decisions)
  const { profile: name, unit: _unit, tolerance, decisions: _decisions, ...single } = query
  const kept = name === undefined ? null : await findProfile(db, 'units', name)
  if (name !== undefined && !kept) throw new Problem('not-found', `There is no profile ${name} for units.`)
  const { rows, notes } = await readRows(file, joinProfiles(kept, single), unit)
  const positions = rows.reduce((sum, { geometry }) => sum + countPositions(geometry), 0)
  if (positions > MOST_POSITIONS)
    throw new Problem('too-large', `The file has ${positions} points; ${MOST_POSITIONS} can be cleaned at once.`)

  const standing = await listStanding(db, countyOf(unit))
  const leaves = standing.leaves.filter(({ code }) => isWithin(code, unit))
  const land = leaves.length > 0 ? landOf(standing.leaves, unit) : undefined
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
    action: cleaning.units && land && isWhole ? divideInto(cleaning.units, byId, { unit, leaves, above: standing.above }) : null,
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

const countPositions = ({ type, coordinates }: Polygon | MultiPolygon): number => {
  const parts = type === 'Polygon' ? [coordinates] : coordinates
  if (!Array.isArray(parts)) return 0
  return parts.flat().reduce((sum, ring) => sum + (Array.isArray(ring) ? ring.length : 0), 0)
}

/** The exact union of a unit's leaves, with every vertex that its neighbours have on its line. */
function landOf(leaves: readonly StandingLeaf[], unit: string): GridPolygons {
  const { topology } = checkPolygons(leaves.map(({ code, polygons }) => ({ id: code, polygons })))
  if (!topology) throw new Problem('conflict', `The units of ${countyOf(unit)} are no coverage; npm run check:coverage shows the places.`)
  return toGridPolygons(topology, mergeBy(topology, (code) => (isWithin(code, unit) ? 'land' : null)).get('land')!)
}

function reportOf(cleaning: Cleaning): Omit<CleanAnswer['report'], 'tolerance' | 'notes'> {
  const { units: _, faults, ...rest } = cleaning
  return { ...rest, faults: faults.map(({ polygons, ...fault }) => ({ ...fault, geometry: toMultiPolygon(polygons) })) }
}

interface Scope {
  unit: string
  leaves: readonly StandingLeaf[]
  above: readonly StandingUnit[]
}

/**
 * A unit that the file names by a code or by a name of today keeps it; others are `n1`, `n2` … in the file's order. A new one
 * hangs below what its code says when that stands, otherwise below what the land under its label hangs below today.
 */
function divideInto(units: NonNullable<Cleaning['units']>, byId: ReadonlyMap<string, UnitRow>, { unit, leaves, above }: Scope): Divide {
  const byCode = new Map(leaves.map((leaf) => [leaf.code, leaf]))
  const byName = new Map(leaves.map((leaf) => [leaf.name, leaf]))
  const names = leaves.map(({ name }) => name)
  const isOnly = (name: string) => names.indexOf(name) === names.lastIndexOf(name)
  const standing = new Set(above.map(({ code }) => code))
  const locate = locator(leaves)
  const given = new Set<string>()
  let count = 0
  const into = units.map(({ id, polygons }) => {
    const { code, name, unitKind } = byId.get(id)!
    const known = code !== null ? byCode.get(code) : isOnly(name) ? byName.get(name) : undefined
    const leaf = known && !given.has(known.code) ? known : undefined
    const newId = leaf?.code ?? `n${++count}`
    given.add(newId)
    const parent = code === null ? null : parentOf(code)
    const under = byCode.get(locate(fromGrid(labelPoint(polygons))) ?? '')
    const parentCode = leaf?.parentCode ?? (parent !== null && standing.has(parent) ? parent : (under?.parentCode ?? unit))
    const fresh: NewUnit = { id: newId, name, unitKind: unitKind ?? leaf?.unitKind ?? 'general', parentCode }
    return { unit: fresh, polygons: toMultiPolygon(polygons).coordinates as Position[][][] & LngLat[][][] }
  })
  return { type: 'divide', units: leaves.map(({ code }) => code), into }
}
