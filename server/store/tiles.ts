/**
 * Features of one vector tile, cut and placed in tile units by portable SQL (PGlite has no ST_AsMVT): clip in degrees,
 * transform to EPSG:3857, scale, snap to whole units. Areas and lines come as WKB, points as integers.
 */
import type { Level } from '#model/level.ts'
import type { Reader } from '../db/db.ts'
import { empty, type Sql, sql } from '../db/sql.ts'
import { standing, within } from './clauses.ts'
import { EXTENT, type Frame } from '#model/frame.ts'

export interface ShapeRow {
  wkb: Buffer
  properties: Record<string, string | number | null>
}
export interface PointRow {
  x: number
  y: number
  properties: Record<string, string | number | null>
}

/** Clusters gather cameras of a cell of 64 pixels, where a tile is drawn 512 pixels wide. */
const CELL = EXTENT / 8

const envelope = ({ box: [west, south, east, north] }: Frame): Sql =>
  sql`ST_MakeEnvelope(${west}::float8, ${south}::float8, ${east}::float8, ${north}::float8, 4326)`

const placed = (geom: Sql, frame: Frame): Sql => sql`ST_SnapToGrid(ST_Affine(
  ST_Transform(ST_ClipByBox2D(${geom}, ${envelope(frame)}::box2d), 3857),
  ${frame.scale}::float8, 0, 0, ${-frame.scale}::float8, ${frame.xOffset}::float8, ${frame.yOffset}::float8), 1)`

const METRES_IN_DEGREE = 20_037_508.342789244 / 180

/** Not smaller than half a tile unit both ways (a degree of latitude is stretched by 1 / cos): the rest could not be seen. */
const isVisible = (geom: Sql, frame: Frame): Sql => {
  const least = 0.5 / (frame.scale * METRES_IN_DEGREE)
  return sql`(ST_XMax(${geom}) - ST_XMin(${geom}) >= ${least}::float8
    or (ST_YMax(${geom}) - ST_YMin(${geom})) / cos(radians((ST_YMax(${geom}) + ST_YMin(${geom})) / 2)) >= ${least}::float8)`
}

const easting = (frame: Frame): Sql => sql`(ST_X(metres) * ${frame.scale}::float8 + ${frame.xOffset}::float8)`
const northing = (frame: Frame): Sql => sql`(${frame.yOffset}::float8 - ST_Y(metres) * ${frame.scale}::float8)`

/** Polygons of the units of these levels that are in force at an instant; null: now. */
export const listUnitShapes = async (
  db: Reader,
  frame: Frame,
  levels: readonly Level[],
  prefix: string,
  at: Date | null = null,
): Promise<ShapeRow[]> => {
  const rows = await db.query<{ wkb: Buffer; code: string; level: string; name: string; unitKind: string }>(sql`
    select ST_AsBinary(shape, 'NDR') as wkb, code, level, name, unit_kind as "unitKind"
    from (
      select ${placed(sql`geom`, frame)} as shape, code, level, name, unit_kind
      from unit_version
      where ${standing(at)} and level = any(${levels}::unit_level[]) and geom && ${envelope(frame)}
        and ${isVisible(sql`geom`, frame)} ${within(sql`code`, prefix)}
    ) unit
    where not ST_IsEmpty(shape)
    order by code collate "C"`)
  return rows.map(({ wkb, ...properties }) => ({ wkb, properties }))
}

/** Shared lines that separate units of these levels; each stands once, whichever unit it is drawn for. */
export const listBorderShapes = async (
  db: Reader,
  frame: Frame,
  levels: readonly Level[],
  prefix: string,
  at: Date | null = null,
): Promise<ShapeRow[]> => {
  const rows = await db.query<{ wkb: Buffer; level: string; left: string | null; right: string | null }>(sql`
    select ST_AsBinary(shape, 'NDR') as wkb, level, left_code as "left", right_code as "right"
    from (
      select ${placed(sql`geom`, frame)} as shape, id, level, left_code, right_code
      from unit_border
      where ${standing(at)} and level = any(${levels}::unit_level[]) and geom && ${envelope(frame)}
        and ${isVisible(sql`geom`, frame)} ${within(sql`county_code`, prefix)}
    ) border
    where not ST_IsEmpty(shape)
    order by id`)
  return rows.map(({ wkb, ...properties }) => ({ wkb, properties }))
}

/** Label points of the current units of these levels. A label lies within its unit, whose index finds it. */
export const listUnitLabels = async (
  db: Reader,
  frame: Frame,
  levels: readonly Level[],
  prefix: string,
  at: Date | null = null,
): Promise<PointRow[]> => {
  const rows = await db.query<{ x: number; y: number; code: string; level: string; name: string; nameEn: string | null }>(sql`
    select round(${easting(frame)})::int as x, round(${northing(frame)})::int as y, code, level, name, name_en as "nameEn"
    from (
      select ST_Transform(label_point, 3857) as metres, code, level, name, name_en
      from unit_version
      where ${standing(at)} and level = any(${levels}::unit_level[]) and geom && ${envelope(frame)}
        and label_point && ${envelope(frame)} ${within(sql`code`, prefix)}
    ) label
    order by code collate "C"`)
  return rows.map(({ x, y, ...properties }) => ({ x, y, properties }))
}

/** Every camera of the tile. */
export const listCameraPoints = async (db: Reader, frame: Frame, prefix: string): Promise<PointRow[]> => {
  const rows = await db.query<{ x: number; y: number; code: string; name: string; state: string; heading: number | null }>(sql`
    select round(${easting(frame)})::int as x, round(${northing(frame)})::int as y, code, name, state, heading
    from (
      select ST_Transform(geom, 3857) as metres, id, code, name, state, heading
      from camera
      where geom && ${envelope(frame)} ${within(sql`unit_code`, prefix)}
    ) camera
    order by id`)
  return rows.map(({ x, y, ...properties }) => ({ x, y, properties }))
}

/** Cameras gathered by cell, each cluster at the mean of its cameras. The frame must be without a buffer: cells do not cross tiles. */
export const listCameraClusters = async (db: Reader, frame: Frame, prefix: string): Promise<PointRow[]> => {
  const rows = await db.query<{ x: number; y: number; count: number; offline: number }>(sql`
    select least(round(avg(u)), ${EXTENT - 1})::int as x, least(round(avg(v)), ${EXTENT - 1})::int as y,
      count(*)::int as count, (count(*) filter (where state = 'offline'))::int as offline
    from (
      select u, v, state, floor(u / ${CELL}) as cell_column, floor(v / ${CELL}) as cell_row
      from (
        select ${easting(frame)} as u, ${northing(frame)} as v, state
        from (
          select ST_Transform(geom, 3857) as metres, state
          from camera
          where geom && ${envelope(frame)} ${within(sql`unit_code`, prefix)}
        ) camera
      ) placed
      where u >= 0 and u < ${EXTENT} and v >= 0 and v < ${EXTENT}
    ) celled
    group by cell_row, cell_column
    order by cell_row, cell_column`)
  return rows.map(({ x, y, ...properties }) => ({ x, y, properties }))
}

/** Incidents of the tile, all or the open ones. Nothing of them that is personal. */
export const listIncidentPoints = async (db: Reader, frame: Frame, which: 'all' | 'open', prefix: string): Promise<PointRow[]> => {
  const open = which === 'open' ? sql`and state not in ('closed', 'cancelled')` : empty
  const rows = await db.query<{
    x: number
    y: number
    id: string
    kind: string
    severity: string
    state: string
    reportedAt: number
    unitCode: string
  }>(sql`
    select round(${easting(frame)})::int as x, round(${northing(frame)})::int as y, id, kind, severity, state,
      floor(extract(epoch from reported_at))::bigint as "reportedAt", unit_code as "unitCode"
    from (
      select ST_Transform(geom, 3857) as metres, id, kind, severity, state, reported_at, unit_code
      from incident
      where geom && ${envelope(frame)} ${open} ${within(sql`unit_code`, prefix)}
    ) incident
    order by reported_at, id`)
  return rows.map(({ x, y, ...properties }) => ({ x, y, properties }))
}
