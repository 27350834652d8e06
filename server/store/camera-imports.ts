/** Cameras that come from files: known by code, loaded and changed in batches. */
import type { Placement } from '#model/incident.ts'
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import { pointEwkb } from './ewkb.ts'

/** location: [lng, lat] on the 1e-7 grid; heading: degrees clockwise from north. */
export interface ImportedCamera {
  code: string
  name: string
  unitCode: string
  placement: Placement
  state: 'online' | 'offline'
  heading: number | null
  location: [number, number]
}

/** The cameras of these codes, of whatever county. */
export const findCameras = async (
  db: Queryable,
  codes: readonly string[],
): Promise<Map<string, ImportedCamera & { countyCode: string }>> => {
  const rows = await db.query<Omit<ImportedCamera, 'location'> & { countyCode: string; lng: number; lat: number }>(sql`
    select code, name, county_code as "countyCode", unit_code as "unitCode", placement, state, heading, ST_X(geom) as lng, ST_Y(geom) as lat
    from camera where code = any(${codes}::text[])`)
  return new Map(rows.map(({ lng, lat, ...row }) => [row.code, { ...row, location: [lng, lat] }]))
}

export const insertImportedCameras = async (
  tx: Queryable,
  countyCode: string,
  cameras: readonly ImportedCamera[],
  at: Date,
): Promise<void> => {
  await tx.bulk(
    'camera',
    ['code', 'name', 'county_code', 'unit_code', 'placement', 'state', 'heading', 'geom', 'updated_at'],
    cameras.map((each) => [
      ...[each.code, each.name, countyCode, each.unitCode, each.placement, each.state, each.heading, pointEwkb(each.location), at],
    ]),
  )
}

export const updateImportedCameras = async (tx: Queryable, cameras: readonly ImportedCamera[], at: Date): Promise<void> => {
  const rows = JSON.stringify(cameras.map(({ location, ...each }) => ({ ...each, geom: pointEwkb(location) })))
  await tx.execute(sql`
    update camera t set name = c.name, unit_code = c."unitCode", placement = c.placement, state = c.state, heading = c.heading,
      geom = c.geom::geometry, updated_at = ${at}::timestamptz
    from jsonb_to_recordset(${rows}::jsonb) as c(code text, name text, "unitCode" text, placement placement, state camera_state,
      heading smallint, geom text)
    where t.code = c.code`)
}
