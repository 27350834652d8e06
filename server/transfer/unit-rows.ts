/** Rows → units as a file knows them. `undefined` stands for a column that the file does not have. */
import type { MultiPolygon, Polygon } from 'geojson'
import type { Column, ImportProfile } from '#contract/transfer.ts'
import { isWithin, parseCode } from '#model/code.ts'
import type { Datum } from '#model/crs.ts'
import { type Level, UNIT_KINDS, type UnitKind } from '#model/level.ts'
import type { SourceRow } from './importers/importer.ts'
import type { RowFault } from './incident-rows.ts'
import { polygonOf } from './place.ts'
import { lookUp, type Values } from './profile.ts'

export interface UnitRow {
  row: number
  /** Null when the file has no codes: the unit is then known by its name. */
  code: string | null
  name: string
  nameEn: string | null | undefined
  unitKind: UnitKind | undefined
  households: number | null | undefined
  residents: number | null | undefined
  /** Names of the units above, as far as the row tells them. */
  above: Partial<Record<Level, string>>
  geometry: Polygon | MultiPolygon
}

export interface UnitContext {
  profile: ImportProfile
  datum: Datum
  county: string
  has: (column: Column) => boolean
}

const LONGEST_NAME = 100
const MOST_PEOPLE = 10_000_000

export function readUnit(
  { row, geometry, fault, values }: SourceRow & { values: Values },
  { profile, datum, county, has }: UnitContext,
): UnitRow | RowFault {
  const bad = (code: string, message: string): RowFault => ({ row, code, message })
  if (fault) return bad('bad-row', `The row ${fault}.`)
  let code: string | null = null
  if (has('code')) {
    const parsed = parseCode(values('code'))
    if ('reason' in parsed) return bad('bad-code', `${values('code') || 'An empty code'}: ${parsed.reason}.`)
    if (!isWithin(parsed.code, county)) return bad('bad-code', `${parsed.code} does not lie in the county ${county}.`)
    if (parsed.level === 'county') return bad('bad-code', `${parsed.code} is the county itself, which is the union of its units.`)
    code = parsed.code
  }
  const name = values('name') || code
  if (!name) return bad('no-name', 'The row has neither a code nor a name.')
  if (name.length > LONGEST_NAME) return bad('bad-name', `The name has more than ${LONGEST_NAME} characters.`)
  const polygon = polygonOf(geometry, datum)
  if ('fault' in polygon) return bad('bad-place', `${name} ${polygon.fault}.`)
  const unitKind = has('unitKind') ? lookUp(values('unitKind'), { '*': 'general', ...profile.unitKinds }, isUnitKind) : undefined
  const households = has('households') ? countOf(values('households')) : undefined
  const residents = has('residents') ? countOf(values('residents')) : undefined
  if (Number.isNaN(households) || Number.isNaN(residents)) return bad('bad-number', `${name}: households and residents are whole numbers.`)
  const above: UnitRow['above'] = {}
  for (const [level, column] of [
    ['town', 'townName'],
    ['village', 'villageName'],
    ['grid', 'gridName'],
  ] as const) {
    if (values(column) !== '') above[level] = values(column).slice(0, LONGEST_NAME)
  }
  return {
    row,
    code,
    name,
    nameEn: has('nameEn') ? values('nameEn') || null : undefined,
    unitKind: unitKind ?? undefined,
    households,
    residents,
    above,
    geometry: polygon,
  }
}

const isUnitKind = (word: string): word is UnitKind => (UNIT_KINDS as readonly string[]).includes(word)

/** Null for nothing, NaN for what is no count. */
function countOf(text: string): number | null {
  if (text === '') return null
  const count = Number(text)
  return Number.isInteger(count) && count >= 0 && count <= MOST_PEOPLE ? count : Number.NaN
}

/** Positions of a geometry that nobody has looked at yet. */
export const countPositions = ({ type, coordinates }: Polygon | MultiPolygon): number => {
  const parts = type === 'Polygon' ? [coordinates] : coordinates
  if (!Array.isArray(parts)) return 0
  return parts.flat().reduce((sum, ring) => sum + (Array.isArray(ring) ? ring.length : 0), 0)
}
