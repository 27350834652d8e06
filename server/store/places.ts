/** Where a point lies: the leaf unit that holds it, the nearest county, the cameras around it. */
import type { z } from 'zod'
import type { nearbyCamera } from '#contract/incident.ts'
import type { Queryable } from '../db/db.ts'
import { type Sql, sql } from '../db/sql.ts'

type Point = readonly [number, number]
const pointOf = ([lng, lat]: Point): Sql => sql`ST_SetSRID(ST_MakePoint(${lng}::float8, ${lat}::float8), 4326)`

/** Code of the current leaf that covers the point, the lowest one on a shared border; null when none does. [lng, lat]. */
export const findLeafAt = async (db: Queryable, location: Point): Promise<string | null> => {
  const [row] = await db.query<{ code: string }>(sql`
    select code from unit_version
    where valid_to is null and is_leaf and ST_Covers(geom, ${pointOf(location)})
    order by code limit 1`)
  return row?.code ?? null
}

/** Code of the county whose outline lies nearest, or null when there is no county. */
export const findNearestCounty = async (db: Queryable, location: Point): Promise<string | null> => {
  const [row] = await db.query<{ code: string }>(sql`
    select code from unit_version where valid_to is null and level = 'county'
    order by geom <-> ${pointOf(location)}, code limit 1`)
  return row?.code ?? null
}

const METRES_A_DEGREE = 110_574

/** The nearest online cameras inside the jurisdiction, at most `limit` within `metres`, nearest first. [lng, lat]. */
export const listCamerasNear = (
  db: Queryable,
  location: Point,
  { metres, limit, jurisdiction }: { metres: number; limit: number; jurisdiction: string },
): Promise<z.infer<typeof nearbyCamera>[]> => {
  const [lng, lat] = location
  const high = metres / METRES_A_DEGREE
  // A degree of longitude shrinks towards the poles; at a pole itself every longitude is near.
  const wide = Math.min(180, high / Math.max(Math.cos((lat * Math.PI) / 180), 1e-6))
  return db.query(sql`
    select code, name, state, json_build_array(ST_X(geom), ST_Y(geom)) as location, round(metres::numeric, 1) as "distanceM"
    from (
      select code, name, state, geom, ST_Distance(geom::geography, ${pointOf(location)}::geography) as metres
      from camera
      where state = 'online' and unit_code like ${jurisdiction + '%'}
        and geom && ST_MakeEnvelope(${lng - wide}::float8, ${lat - high}::float8, ${lng + wide}::float8, ${lat + high}::float8, 4326)
    ) as near
    where metres <= ${metres}::float8
    order by metres, code limit ${limit}::int`)
}
