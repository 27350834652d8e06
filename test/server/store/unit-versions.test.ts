import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { type BorderFacts, replaceBorders } from '../../../server/store/unit-versions.ts'
import { makeCounties } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'

const COUNTY = '331004'
const at = (day: number) => new Date(Date.UTC(2026, 0, day))
const border = (left: string | null, right: string | null, ...line: [number, number][]): BorderFacts => ({
  level: left && right ? 'town' : 'county',
  left,
  right,
  line,
})

describe('borders of a county', () => {
  eachDatabase((open) => {
    let db: Db
    const [west, east] = ['331004001001001', '331004002']
    const inner = border(west, east, [121.1, 28], [121.1, 28.1])
    const outerWest = border(west, null, [121.1, 28.1], [121, 28.1], [121, 28], [121.1, 28])
    const outerEast = border(east, null, [121.1, 28], [121.2, 28], [121.2, 28.1], [121.1, 28.1])
    const put = (borders: BorderFacts[], day: number) => db.transaction((tx) => replaceBorders(tx, COUNTY, borders, at(day)))
    const asOf = (day: number) =>
      db.query<{ id: number; line: string }>(sql`
        select id, ST_AsText(geom) as line from unit_border
        where county_code = ${COUNTY} and valid_from <= ${at(day)}::timestamptz and (valid_to is null or valid_to > ${at(day)}::timestamptz)
        order by id`)
    beforeAll(async () => {
      db = await open()
      await makeCounties(db)
    })

    it('begin once, and stay when they are drawn again, also the other way round', async () => {
      expect(await put([inner, outerWest, outerEast], 1)).toEqual({ ended: 0, begun: 3 })
      const before = await asOf(1)
      const turned = border(east, west, [121.1, 28.1], [121.1, 28])
      expect(await put([outerEast, turned, outerWest], 2)).toEqual({ ended: 0, begun: 0 })
      expect(await asOf(2)).toEqual(before)
    })

    it('end where they change, and can be seen as they were', async () => {
      const before = await asOf(2)
      const bent = border(west, east, [121.1, 28], [121.11, 28.05], [121.1, 28.1])
      expect(await put([bent, outerWest, outerEast], 3)).toEqual({ ended: 1, begun: 1 })
      expect(await asOf(2)).toEqual(before)
      const after = await asOf(3)
      expect(after).toHaveLength(3)
      expect(after.at(-1)!.line).toBe('LINESTRING(121.1 28,121.11 28.05,121.1 28.1)')
    })

    it('that begin and end at one instant were never in force', async () => {
      const first = await asOf(2)
      await put([inner, outerWest, outerEast], 3)
      const rows = await db.query<{ n: number }>(sql`select count(*)::int as n from unit_border where valid_to <= valid_from`)
      expect(rows[0]!.n).toBe(0)
      expect((await asOf(3)).map(({ line }) => line).sort()).toEqual(first.map(({ line }) => line).sort())
    })

    it('of another county stay', async () => {
      await db.transaction((tx) => replaceBorders(tx, '029510', [border('029510000000001', null, [-90, 38], [-89.9, 38])], at(1)))
      expect((await asOf(4)).length).toBe(3)
    })
  })
})
