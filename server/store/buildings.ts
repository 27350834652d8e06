/** Buildings as columns for the workbench. What an import reads and writes of them is in building-imports.ts. */
import type { BuildingColumns } from '#model/buildings.ts'
import { MOST_IN_BUILDING } from '#contract/building.ts'
import type { Queryable } from '../db/db.ts'
import { type Sql, sql } from '../db/sql.ts'

/** Bytes of one building in `readBuildingColumns`' row, high byte first: longitude, latitude, households, residents. */
const RECORD = 12
const int32 = (value: Sql): Sql => sql`int4send(round(${value} * 1e7)::int)`
/** There are no unsigned numbers: the low half of a signed one. */
const uint16 = (value: Sql): Sql => sql`substring(int4send(least(${value}, ${MOST_IN_BUILDING}::int)) from 3)`

/** Columns of the buildings inside a unit, by unit code and id. The database puts them together: one row, however many they are. */
export const readBuildingColumns = async (db: Queryable, prefix: string): Promise<BuildingColumns> => {
  const inside = sql`unit_code like ${prefix + '%'}`
  const [row] = await db.query<{ records: Buffer | null; footprints: number }>(sql`
    select count(footprint)::int as footprints, string_agg(
      ${int32(sql`ST_X(geom)`)} || ${int32(sql`ST_Y(geom)`)} || ${uint16(sql`households`)} || ${uint16(sql`residents`)}, ''::bytea
      order by unit_code collate "C", id) as records
    from building where ${inside}`)
  const bytes = Buffer.from(row!.records ?? [])
  const n = bytes.length / RECORD
  const columns = { x: new Int32Array(n), y: new Int32Array(n), households: new Uint16Array(n), residents: new Uint16Array(n) }
  for (let i = 0; i < n; i++) {
    columns.x[i] = bytes.readInt32BE(RECORD * i)
    columns.y[i] = bytes.readInt32BE(RECORD * i + 4)
    columns.households[i] = bytes.readUInt16BE(RECORD * i + 8)
    columns.residents[i] = bytes.readUInt16BE(RECORD * i + 10)
  }
  return row!.footprints === 0 ? columns : { ...columns, footprints: await readFootprints(db, inside, n) }
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
