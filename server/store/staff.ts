/** Posts and incidents beside the units of the workbench, as counts. */
import type { z } from 'zod'
import type { postRole } from '#contract/staff.ts'
import { countyOf } from '#model/code.ts'
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'

export interface PostCount {
  code: string
  role: z.infer<typeof postRole>
  posts: number
  /** How many of them somebody holds. */
  filled: number
}

/** Posts of a unit and all below it, by the unit they belong to and by role. */
export const countPosts = (db: Queryable, unitCode: string): Promise<PostCount[]> =>
  db.query<PostCount>(sql`
    select unit_code as code, role, count(*)::int as posts, count(holder_id)::int as filled
    from post where unit_code like ${unitCode + '%'}
    group by unit_code, role
    order by unit_code collate "C", role`)

export interface LeafFigures {
  code: string
  open: number
  lastMonth: number
  posts: number
}

/** Every current leaf of a unit, by code: its open incidents, those reported since `since`, and its own posts. */
export const listLeafFigures = (db: Queryable, unitCode: string, since: Date): Promise<LeafFigures[]> =>
  db.query<LeafFigures>(sql`
    with open as (
      select unit_code as code, count(*)::int as count from incident
      where state not in ('closed', 'cancelled') and county_code = ${countyOf(unitCode)} and unit_code like ${unitCode + '%'}
      group by 1
    ), recent as (
      select unit_code as code, count(*)::int as count from incident
      where reported_at >= ${since}::timestamptz and county_code = ${countyOf(unitCode)} and unit_code like ${unitCode + '%'}
      group by 1
    ), staffed as (
      select unit_code as code, count(*)::int as count from post where unit_code like ${unitCode + '%'} group by 1
    )
    select u.code, coalesce(open.count, 0) as open, coalesce(recent.count, 0) as "lastMonth", coalesce(staffed.count, 0) as posts
    from unit_version u left join open using (code) left join recent using (code) left join staffed using (code)
    where u.valid_to is null and u.is_leaf and u.code like ${unitCode + '%'}
    order by u.code collate "C"`)
