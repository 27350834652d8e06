/** Conditions that many queries share. Each begins with `and`, or is empty. */
import type { Bbox } from '#contract/geojson.ts'
import { empty, type Sql, sql } from '../db/sql.ts'

/** Rows whose code lies within `prefix`; the empty one holds everything. */
export const within = (column: Sql, prefix: string): Sql => (prefix === '' ? empty : sql`and ${column} like ${prefix + '%'}`)

/** Rows whose geometry meets [west, south, east, north]; where west exceeds east, the box crosses the antimeridian. */
export const meets = (geom: Sql, bbox: Bbox | undefined): Sql => {
  if (!bbox) return empty
  const [west, south, east, north] = bbox
  const box = (from: number, to: number) =>
    sql`ST_Intersects(${geom}, ST_MakeEnvelope(${from}::float8, ${south}::float8, ${to}::float8, ${north}::float8, 4326))`
  return west <= east ? sql`and ${box(west, east)}` : sql`and (${box(west, 180)} or ${box(-180, east)})`
}

/** Versions that are in force at an instant; null: now. */
export const standing = (at: Date | null): Sql =>
  at === null ? sql`valid_to is null` : sql`(valid_from <= ${at}::timestamptz and (valid_to is null or valid_to > ${at}::timestamptz))`
