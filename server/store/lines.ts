/** Roads and rivers: as features for the workbench, and what an import reads and writes. */
import type { LineKind } from '#contract/line.ts'
import { codeAt, countyOf } from '#model/code.ts'
import type { Queryable } from '../db/db.ts'
import { empty, sql } from '../db/sql.ts'
import { lineEwkb } from './ewkb.ts'

/** Features of the lines of a county, or of those that meet one of its units, as GeoJSON texts. */
export const listLineFeatures = async (db: Queryable, unitCode: string): Promise<string[]> => {
  const isCounty = codeAt(unitCode, 'county') === unitCode
  const meeting = isCounty
    ? empty
    : sql`and exists (select 1 from unit_version u where u.valid_to is null and u.code = ${unitCode} and ST_Intersects(u.geom, l.geom))`
  const rows = await db.query<{ id: number; lineKind: LineKind; name: string | null; geometry: string }>(sql`
    select l.id, l.line_kind as "lineKind", l.name, ST_AsGeoJSON(l.geom, 7) as geometry
    from line l where l.county_code = ${countyOf(unitCode)} ${meeting}
    order by l.id`)
  return rows.map(
    ({ id, geometry, ...properties }) => `{"type":"Feature","id":${id},"geometry":${geometry},"properties":${JSON.stringify(properties)}}`,
  )
}

/** A line as files know it: one key, one name, one part or more. [lng, lat] on the 1e-7 grid. */
export interface ImportedLine {
  key: string
  lineKind: LineKind
  name: string | null
  parts: readonly (readonly [number, number])[][]
}

/** What stands under each of these keys, written so that equal text is an equal line. */
export const findLines = async (db: Queryable, countyCode: string, keys: readonly string[]): Promise<Map<string, string>> => {
  const rows = await db.query<{ key: string; text: string }>(sql`
    select external_key as key, string_agg(concat_ws(' ', line_kind, name, geom::text), E'\n' order by part) as text
    from line where county_code = ${countyCode} and external_key = any(${keys}::text[])
    group by external_key`)
  return new Map(rows.map(({ key, text }) => [key, text]))
}

/** The text of `findLines` for a line that comes from a file. */
export const textOfLine = ({ lineKind, name, parts }: ImportedLine): string =>
  parts.map((part) => [lineKind, ...(name === null ? [] : [name]), lineEwkb(part)].join(' ')).join('\n')

/** Puts lines in the place of those of the same keys. */
export const putLines = async (tx: Queryable, countyCode: string, lines: readonly ImportedLine[]): Promise<void> => {
  await tx.execute(sql`delete from line where county_code = ${countyCode} and external_key = any(${lines.map(({ key }) => key)}::text[])`)
  await tx.bulk(
    'line',
    ['county_code', 'line_kind', 'name', 'external_key', 'part', 'geom'],
    lines.flatMap(({ key, lineKind, name, parts }) => parts.map((part, n) => [countyCode, lineKind, name, key, n, lineEwkb(part)])),
  )
}
