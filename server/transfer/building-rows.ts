/** Rows → buildings as a file knows them: a point, or an outline whose middle is the point. */
import { MOST_IN_BUILDING } from '#contract/building.ts'
import { type Datum, fromGrid, type LngLat } from '#model/crs.ts'
import { labelPoint } from '#model/measure.ts'
import { type GridPolygons, readPolygons } from '#model/rings.ts'
import type { SourceRow } from './importers/importer.ts'
import type { RowFault } from './incident-rows.ts'
import { locationOf, polygonOf } from './place.ts'
import type { Values } from './profile.ts'

export interface BuildingRow {
  row: number
  key: string
  households: number
  residents: number
  location: LngLat
  footprint: GridPolygons[number] | null
}

const LONGEST_KEY = 200

export function readBuilding({ row, geometry, fault, values }: SourceRow & { values: Values }, datum: Datum): BuildingRow | RowFault {
  const bad = (code: string, message: string): RowFault => ({ row, code, message })
  if (fault) return bad('bad-row', `The row ${fault}.`)
  const key = values('key')
  if (key === '') return bad('no-key', 'The row has no key, by which a repeat could be known.')
  if (key.length > LONGEST_KEY) return bad('bad-key', `The key has more than ${LONGEST_KEY} characters.`)
  const [households, residents] = [countOf(values('households')), countOf(values('residents'))]
  if (households === null || residents === null)
    return bad('bad-number', `${key}: households and residents are whole numbers up to ${MOST_IN_BUILDING}.`)
  if (geometry?.type === 'Polygon' || geometry?.type === 'MultiPolygon') {
    const outline = polygonOf(geometry, datum)
    if ('fault' in outline) return bad('bad-place', `${key} ${outline.fault}.`)
    const { polygons, faults } = readPolygons(outline)
    if (faults.length > 0) return bad('bad-place', `${key}: its outline ${faults[0]!.reason}.`)
    if (polygons.length !== 1) return bad('bad-place', `${key}: its outline has ${polygons.length} parts; a building has one.`)
    return { row, key, households, residents, location: fromGrid(labelPoint(polygons)), footprint: polygons[0]! }
  }
  const location = locationOf(geometry, datum)
  if (!location) return bad('no-place', `The building ${key} has no place.`)
  if ('fault' in location) return bad('bad-place', `${key}: ${location.fault}.`)
  return { row, key, households, residents, location, footprint: null }
}

/** 0 where nothing is said; null for what is no count. */
function countOf(text: string): number | null {
  const count = Number(text)
  return Number.isInteger(count) && count >= 0 && count <= MOST_IN_BUILDING ? count : null
}
