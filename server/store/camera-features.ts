/** Cameras as features, in the order in which they came in. */
import type { Reader } from '../db/db.ts'
import { empty, join, type Sql, sql } from '../db/sql.ts'
import type { Placement } from '#model/incident.ts'
import { meets, within } from './clauses.ts'
import type { FeatureFilter, FeatureRow } from './feature-rows.ts'

export interface CameraFilter extends FeatureFilter {
  state?: 'online' | 'offline' | undefined
  placement?: Placement | undefined
  code?: string | undefined
}

interface CameraRow {
  id: number
  geometry: string
  code: string
  name: string
  state: 'online' | 'offline'
  heading: number | null
  unitCode: string
  countyCode: string
  placement: Placement
  synthetic: boolean
  updatedAt: Date
}

const matching = ({ prefixes, bbox, state, placement, code }: CameraFilter): Sql => sql`
  true ${join(
    prefixes.map((prefix) => within(sql`m.unit_code`, prefix)),
    ' ',
  )} ${meets(sql`m.geom`, bbox)}
  ${state ? sql`and m.state = ${state}::camera_state` : empty} ${placement ? sql`and m.placement = ${placement}::placement` : empty}
  ${code === undefined ? empty : sql`and m.code = ${code}`}`

export const countCameraFeatures = async (db: Reader, filter: CameraFilter): Promise<number> => {
  const [row] = await db.query<{ count: number }>(sql`select count(*)::int as count from camera m where ${matching(filter)}`)
  return row!.count
}

/** Up to `limit` cameras behind the internal id `after`. */
export const listCameraFeatures = async (db: Reader, filter: CameraFilter, after: number | null, limit: number): Promise<FeatureRow[]> => {
  const rows = await db.query<CameraRow>(sql`
    select m.id, ST_AsGeoJSON(m.geom, 7) as geometry, m.code, m.name, m.state, m.heading, m.unit_code as "unitCode",
      m.county_code as "countyCode", m.placement, c.synthetic, m.updated_at as "updatedAt"
    from camera m join county c on c.code = m.county_code
    where ${matching(filter)} ${after === null ? empty : sql`and m.id > ${after}::bigint`}
    order by m.id limit ${limit}`)
  return rows.map(({ id, geometry, ...properties }) => ({
    id: properties.code,
    geometry,
    properties: { ...properties },
    key: [String(id)],
  }))
}
