/** Where a point lies: the leaf unit that holds it, the nearest county, the cameras around it. */
import type { z } from 'zod'
import type { nearbyCamera } from '#contract/incident.ts'
import type { Queryable } from '../db/db.ts'
import { named, type Sql, sql } from '../db/sql.ts'

type Point = readonly [number, number]
const pointOf = ([lng, lat]: Point): Sql => sql`ST_SetSRID(ST_MakePoint(${lng}::float8, ${lat}::float8), 4326)`

/** For each point the code of the current leaf that covers it, the lowest one on a shared border; null where none does. [lng, lat]. */
export const findLeavesAt = async (db: Queryable, locations: readonly Point[]): Promise<(string | null)[]> => {
  const rows = await db.query<{ code: string | null }>(
    named(
      'find-leaves',
      sql`
    select (
      select u.code from unit_version u
      where u.valid_to is null and u.is_leaf and ST_Covers(u.geom, point.geom)
      order by u.code limit 1
    ) as code
    from (
      select n, ST_SetSRID(ST_MakePoint(lng, lat), 4326) as geom
      from unnest(${locations.map(([lng]) => lng)}::float8[], ${locations.map(([, lat]) => lat)}::float8[]) with ordinality as given (lng, lat, n)
    ) as point
    order by point.n`,
    ),
  )
  return rows.map(({ code }) => code)
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
  const shrink = Math.max(Math.cos((lat * Math.PI) / 180), 1e-6)
  const wide = Math.min(180, high / shrink)
  // On so short a way a plane tells who is nearest; only those few are measured on the ellipsoid, which costs much more.
  return db.query(sql`
    select code, name, state, json_build_array(ST_X(geom), ST_Y(geom)) as location, round(metres::numeric, 1) as "distanceM"
    from (
      select code, name, state, geom, ST_Distance(geom::geography, ${pointOf(location)}::geography) as metres
      from (
        select code, name, state, geom
        from camera
        where state = 'online' and unit_code like ${jurisdiction + '%'}
          and geom && ST_MakeEnvelope(${lng - wide}::float8, ${lat - high}::float8, ${lng + wide}::float8, ${lat + high}::float8, 4326)
        order by ((ST_X(geom) - ${lng}::float8) * ${shrink}::float8) ^ 2 + (ST_Y(geom) - ${lat}::float8) ^ 2, code
        limit ${limit}::int
      ) as nearest
    ) as measured
    where metres <= ${metres}::float8
    order by metres, code`)
}
