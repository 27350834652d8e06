/** Buildings: as columns for the workbench, and what an import reads and writes. */
import type { BuildingColumns } from '#model/buildings.ts'
import { MOST_IN_BUILDING } from '#contract/building.ts'
import type { Queryable } from '../db/db.ts'
import { type Sql, sql } from '../db/sql.ts'

/** The database writes numbers from the high byte down, and has no unsigned ones. */
const int32 = (value: Sql): Sql => sql`int4send(round(${value} * 1e7)::int)`
const uint16 = (value: Sql): Sql => sql`substring(int4send(least(${value}, ${MOST_IN_BUILDING}::int)) from 3)`
const column = (bytes: Sql): Sql => sql`coalesce(string_agg(${bytes}, ''::bytea order by unit_code collate "C", id), ''::bytea)`

/** Columns of the buildings inside a unit, by unit code and id. They are put together by the database: one row, however many they are. */
export const readBuildingColumns = async (db: Queryable, prefix: string): Promise<BuildingColumns> => {
  const inside = sql`unit_code like ${prefix + '%'}`
  const [row] = await db.query<Record<'x' | 'y' | 'households' | 'residents', Buffer> & { footprints: number }>(sql`
    select ${column(int32(sql`ST_X(geom)`))} as x, ${column(int32(sql`ST_Y(geom)`))} as y,
      ${column(uint16(sql`households`))} as households, ${column(uint16(sql`residents`))} as residents,
      count(footprint)::int as footprints
    from building where ${inside}`)
  const columns = {
    x: int32Array(row!.x),
    y: int32Array(row!.y),
    households: uint16Array(row!.households),
    residents: uint16Array(row!.residents),
  }
  return row!.footprints === 0 ? columns : { ...columns, footprints: await readFootprints(db, inside, columns.x.length) }
}

const readFootprints = async (db: Queryable, inside: Sql, count: number): Promise<NonNullable<BuildingColumns['footprints']>> => {
  const rows = await db.query<{ place: number; ring: number[] }>(sql`
    select place, (
      select array_agg(round(n)::int order by i)
      from (
        select 2 * path[1] as i, ST_X(geom) * 1e7 as n from ST_DumpPoints(ST_ExteriorRing(footprint))
        union all
        select 2 * path[1] + 1, ST_Y(geom) * 1e7 from ST_DumpPoints(ST_ExteriorRing(footprint))
      ) number
    ) as ring
    from (
      select footprint, (row_number() over (order by unit_code collate "C", id))::int - 1 as place from building where ${inside}
    ) numbered
    where footprint is not null
    order by place`)
  const points: number[] = []
  const offsets = new Int32Array(count + 1)
  let next = 0
  for (const { place, ring } of rows) {
    offsets.fill(points.length, next, place + 1)
    next = place + 1
    // Its last point is its first.
    for (let i = 0; i < ring.length - 2; i++) points.push(ring[i]!)
  }
  offsets.fill(points.length, next)
  return { points: Int32Array.from(points), offsets }
}

/** A copy in this machine's own order of bytes. */
const int32Array = (bytes: Buffer): Int32Array => {
  const copy = new Uint8Array(bytes)
  Buffer.from(copy.buffer).swap32()
  return new Int32Array(copy.buffer)
}
const uint16Array = (bytes: Buffer): Uint16Array => {
  const copy = new Uint8Array(bytes)
  Buffer.from(copy.buffer).swap16()
  return new Uint16Array(copy.buffer)
}
