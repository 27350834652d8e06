/** Bulk loading of a generated county: its row, its units with codes and first versions, and their borders. */
import type { Border, County, LngLat, Unit } from '../../data/generator/county.ts'
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'

const pair = ([lng, lat]: LngLat): string => `${lng} ${lat}`
const ring = (points: readonly LngLat[]): string => `(${points.map(pair).join(',')})`
const polygon = (rings: readonly (readonly LngLat[])[]): string => `(${rings.map(ring).join(',')})`

/** EWKT of geometries in [lng, lat]. */
export const pointText = (at: LngLat): string => `SRID=4326;POINT(${pair(at)})`
const lineText = (points: readonly LngLat[]): string => `SRID=4326;LINESTRING${ring(points)}`
const multiPolygonText = ({ coordinates }: Unit['geometry']): string => `SRID=4326;MULTIPOLYGON(${coordinates.map(polygon).join(',')})`

export const listCountyCodes = async (db: Queryable): Promise<string[]> =>
  (await db.query<{ code: string }>(sql`select code from county order by code`)).map(({ code }) => code)

export const insertCounty = async (tx: Queryable, county: County['county']): Promise<void> => {
  const { code, name, nameEn, timeZone, synthetic, attribution } = county
  await tx.execute(sql`insert into county (code, name, name_en, time_zone, synthetic, attribution)
    values (${code}, ${name}, ${nameEn}, ${timeZone}, ${synthetic}, ${attribution})`)
}

/** Inserts units of a county that has none, valid from the given instant. */
export const insertUnits = async (tx: Queryable, countyCode: string, units: readonly Unit[], validFrom: Date): Promise<void> => {
  const ids = await tx.query<{ id: number }>(
    sql`select nextval(pg_get_serial_sequence('unit', 'id')) as id from generate_series(1, ${units.length}::int)`,
  )
  const numbered = units.map((unit, index) => ({ ...unit, id: ids[index]!.id }))
  await tx.bulk(
    'unit',
    ['id', 'county_code'],
    numbered.map(({ id }) => [id, countyCode]),
  )
  await tx.bulk(
    'unit_code',
    ['code', 'unit_id'],
    numbered.map(({ id, code }) => [code, id]),
  )
  const columns = [
    'unit_id',
    'code',
    'parent_code',
    'county_code',
    'level',
    'unit_kind',
    'name',
    'name_en',
    'is_leaf',
    'geom',
    'label_point',
  ]
  await tx.bulk(
    'unit_version',
    [...columns, 'area_m2', 'households', 'residents', 'source', 'valid_from'],
    numbered.map((unit) => [
      unit.id,
      unit.code,
      unit.parentCode,
      countyCode,
      unit.level,
      unit.unitKind,
      unit.name,
      unit.nameEn,
      unit.isLeaf,
      multiPolygonText(unit.geometry),
      pointText(unit.labelPoint),
      unit.areaM2,
      unit.households,
      unit.residents,
      unit.source,
      validFrom,
    ]),
  )
}

export const insertBorders = async (tx: Queryable, countyCode: string, borders: readonly Border[], validFrom: Date): Promise<void> => {
  await tx.bulk(
    'unit_border',
    ['county_code', 'level', 'left_code', 'right_code', 'geom', 'valid_from'],
    borders.map(({ level, leftCode, rightCode, line }) => [countyCode, level, leftCode, rightCode, lineText(line), validFrom]),
  )
}
