/** Bulk loading of what stands and works in a generated county: cameras, buildings, teams with their posts. */
import type { Building, Camera, Post, Team } from '../../data/generator/county.ts'
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import { pointText } from './seed-units.ts'

export const insertCameras = async (tx: Queryable, countyCode: string, cameras: readonly Camera[], at: Date): Promise<void> => {
  await tx.bulk(
    'camera',
    ['code', 'name', 'county_code', 'unit_code', 'placement', 'state', 'heading', 'geom', 'updated_at'],
    cameras.map((each) => [
      each.code,
      each.name,
      countyCode,
      each.unitCode,
      'inside',
      each.state,
      each.heading,
      pointText(each.location),
      at,
    ]),
  )
}

export const insertBuildings = async (tx: Queryable, countyCode: string, buildings: readonly Building[]): Promise<void> => {
  await tx.bulk(
    'building',
    ['county_code', 'unit_code', 'households', 'residents', 'geom'],
    buildings.map((each) => [countyCode, each.unitCode, each.households, each.residents, pointText(each.location)]),
  )
}

/** A post belongs to the team of the unit it names. No post has a holder: the generator invents no persons. */
export const insertTeams = async (tx: Queryable, teams: readonly Team[], posts: readonly Post[]): Promise<void> => {
  const ids = await tx.query<{ id: number }>(
    sql`select nextval(pg_get_serial_sequence('team', 'id')) as id from generate_series(1, ${teams.length}::int)`,
  )
  const idOf = new Map(teams.map(({ unitCode }, index) => [unitCode, ids[index]!.id]))
  await tx.bulk(
    'team',
    ['id', 'unit_code', 'name'],
    teams.map(({ unitCode, name }) => [idOf.get(unitCode), unitCode, name]),
  )
  await tx.bulk(
    'post',
    ['team_id', 'unit_code', 'role', 'rank'],
    posts.map(({ teamUnitCode, unitCode, role, rank }) => [idOf.get(teamUnitCode), unitCode, role, rank]),
  )
}
