/** Hot spots, emerging ones, clusters, repeats and trends over HTTP, against plain counting over all rows. */
import { beforeAll, describe, expect, it } from 'vitest'
import { clusters, emerging, hotSpots, incidentPage, repeats, trends } from '../../../server/contract/analysis.ts'
import { latticeFor } from '../../../server/commands/hot-spots.ts'
import { findClusters, findRepeats } from '../../../server/commands/incident-groups.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { countPoints } from '../../../server/store/analysis.ts'
import { makeToken, startApp, type TestApp } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { loadSample, SAMPLE, SAMPLE_UNTIL } from '../../fixtures/sample-county.ts'

const DAY = 86_400_000
const HOT = { lng: 121.345, lat: 28.545 }
const TOWN = `${SAMPLE}001`
/** Whole days of Shanghai. */
const WINDOW = 'from=2026-02-15&to=2026-03-01'
const [FROM, TO] = [new Date('2026-02-14T16:00:00Z'), new Date('2026-02-28T16:00:00Z')]

interface Row {
  id: string
  t: Date
  lng: number
  lat: number
  kind: string
  unit: string
  placement: string
}

eachDatabase((open) => {
  let db: Db
  let app: TestApp
  let rows: Row[]
  const tokens = new Map<string, string>()
  const get = async (path: string, who = 'all') => {
    const { status, body } = await app.request.get(path).set('Authorization', `Bearer ${tokens.get(who)}`)
    return { status, body }
  }
  const ask = async (path: string, who = 'all') => {
    const { status, body } = await get(path, who)
    expect(status, JSON.stringify(body)).toBe(200)
    return body
  }

  beforeAll(async () => {
    db = await open()
    await loadSample(db, { cameras: 1, incidents: 3000 })
    // Eighty of one kind around one place within three days of the window, five of them on the very spot.
    await db.execute(sql`
      insert into incident (id, reported_at, occurred_at, county_code, unit_code, placement, kind, severity, state, source, geom, closed_at)
      select ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, at, at, ${SAMPLE}, leaf.code, 'inside', '0203', 'yellow',
        'closed', 'grid_worker', place, at + interval '2 hours'
      from generate_series(1, 80) as n,
        lateral (select timestamptz '2026-02-20T00:00:00Z' + n * interval '50 minutes' as at,
          ST_SetSRID(ST_MakePoint(${HOT.lng} + case when n > 75 then 0 else (n % 9 - 4) * 0.0005 end,
            ${HOT.lat} + case when n > 75 then 0 else (n % 7 - 3) * 0.0005 end), 4326) as place) as made,
        lateral (select code from unit_version where is_leaf and valid_to is null and ST_Covers(geom, place) order by code limit 1) as leaf`)
    rows = await db.query<Row>(sql`
      select id, reported_at as t, ST_X(geom) as lng, ST_Y(geom) as lat, kind, unit_code as unit, placement from incident`)
    app = await startApp(db, {}, () => SAMPLE_UNTIL)
    tokens.set('all', await makeToken(db, 'administrator'))
    tokens.set('town', await makeToken(db, 'commander', TOWN))
    tokens.set('planner', await makeToken(db, 'planner'))
    return () => app.close()
  })
  const inWindow = (row: Row) => row.t >= FROM && row.t < TO

  describe('hot spots', () => {
    it('finds the heap, tells its figures, and opens its incidents', async () => {
      const answer = hotSpots.parse(await ask(`/api/hot-spots?${WINDOW}`))
      const inside = rows.filter((row) => inWindow(row) && row.placement === 'inside')
      expect(answer).toMatchObject({ total: inside.length, outside: rows.filter(inWindow).length - inside.length, empty: null, by: 'cell' })
      const before = rows.filter(({ t, placement }) => placement === 'inside' && t < FROM && t.getTime() >= FROM.getTime() - 14 * DAY)
      expect(answer.beforeTotal).toBe(before.length)
      const [spot] = answer.results
      expect(spot).toMatchObject({ rank: 1, heat: 'hot' })
      const [west, south, east, north] = spot!.bbox
      expect(HOT.lng > west && HOT.lng < east && HOT.lat > south && HOT.lat < north).toBe(true)
      expect(spot!.q).toBeLessThan(0.001)
      expect(spot!.count).toBeGreaterThan(spot!.expected)
      // Square by square, the counts are those of plain counting.
      const { cellX, cellY } = await latticeFor(db, SAMPLE, 400)
      const keyOf = ({ lng, lat }: Row) => `${Math.floor(Math.round(lng * 1e7) / cellX)}.${Math.floor(Math.round(lat * 1e7) / cellY)}`
      const mine = new Map<string, Row[]>()
      for (const row of inside) mine.set(keyOf(row), [...(mine.get(keyOf(row)) ?? []), row])
      for (const { key, count } of spot!.members) expect(count, key).toBe(mine.get(key)?.length ?? 0)
      const whole = [...spot!.members, ...spot!.ring].map(({ key }) => key)
      expect(spot!.expected).toBeCloseTo((answer.total / answer.places) * whole.length, 9)
      expect(spot!.count).toBe(whole.reduce((sum, key) => sum + (mine.get(key)?.length ?? 0), 0))

      const members = whole.join(',')
      const found: string[] = []
      for (let after = ''; ;) {
        const page = incidentPage.parse(await ask(`/api/hot-spots/incidents?${WINDOW}&members=${members}&limit=30${after}`))
        found.push(...page.incidents.map(({ id }) => id))
        if (page.next === null) break
        after = `&after=${page.next}`
      }
      expect(new Set(found).size).toBe(found.length)
      expect(found.sort()).toEqual(whole.flatMap((key) => (mine.get(key) ?? []).map(({ id }) => id)).sort())
    })

    it('is of units too, of one’s own jurisdiction, and of what was asked for', async () => {
      const grids = hotSpots.parse(await ask(`/api/hot-spots?${WINDOW}&by=unit&level=grid`))
      const spot = grids.results[0]!
      for (const { key, count } of spot.members) {
        expect(count).toBe(rows.filter((row) => inWindow(row) && row.unit.startsWith(key)).length)
      }
      const own = hotSpots.parse(await ask(`/api/hot-spots?${WINDOW}&kind=02`, 'town'))
      expect(own.unitCode).toBe(TOWN)
      expect(own.total).toBe(
        rows.filter((row) => inWindow(row) && row.placement === 'inside' && row.unit.startsWith(TOWN) && row.kind.startsWith('02')).length,
      )
      expect((await get(`/api/hot-spots?unit=${SAMPLE}002`, 'town')).body.code).toBe('outside-jurisdiction')
    })

    it('tells no small numbers to who may not see incidents', async () => {
      const answer = hotSpots.parse(await ask(`/api/hot-spots?${WINDOW}&fdr=0.2`, 'planner'))
      expect(answer.leastCount).toBe(5)
      for (const { count, members } of answer.results) {
        expect(count === 0 || count >= 5).toBe(true)
        for (const member of members) expect(member.count === null || member.count === 0 || member.count >= 5).toBe(true)
      }
      expect((await get(`/api/hot-spots/incidents?${WINDOW}&members=1.1`, 'planner')).status).toBe(403)
    })

    it.each([
      ['from=2026-02-15&to=2026-02-15', 'query/to'],
      ['from=2026-02-15&to=2026-02-01', 'query/to'],
      ['from=2026-02-30', 'query/from'],
      ['kind=9999', 'query/kind'],
      ['kind=0203,77', 'query/kind'],
      ['cell=17', 'query/cell'],
      ['fdr=2', 'query/fdr'],
      ['severity=blue', 'query/severity/0'],
    ])('refuses %s in clear words', async (query, where) => {
      const { status, body } = await get(`/api/hot-spots?${query}`)
      expect({ status, where: body.errors?.[0]?.where }).toEqual({ status: 400, where })
    })

    it('says that nothing was reported, or that places are too few', async () => {
      expect(await ask('/api/hot-spots?from=2020-01-01&to=2020-02-01')).toMatchObject({ empty: 'nothing-reported', results: [] })
      expect(await ask(`/api/hot-spots?${WINDOW}&by=unit&level=town`)).toMatchObject({ empty: 'too-few-places', places: 2 })
    })
  })

  it('sees what emerges: hot in the steps of the heap and not before', async () => {
    const answer = emerging.parse(await ask(`/api/emerging?from=2026-02-01&to=2026-02-23&step=day`))
    expect(answer.bounds).toHaveLength(23)
    const [first] = answer.results
    expect(['new', 'consecutive']).toContain(first!.pattern)
    expect(first!.marks.at(-1)).toBe('hot')
    expect(first!.marks.slice(0, 15)).not.toContain('hot')
    expect(Math.max(...first!.intensity.slice(0, 15))).toBeLessThan(first!.intensity.at(-1)!)
    const masked = emerging.parse(await ask(`/api/emerging?from=2026-02-01&to=2026-02-23&step=day`, 'planner'))
    for (const { counts, intensity } of masked.results) {
      expect(intensity).toEqual([])
      expect(counts.every((count) => count === null || count === 0 || count >= 5)).toBe(true)
    }
    expect((await get('/api/emerging?from=2026-02-20&to=2026-02-23&step=week')).body.errors[0]).toMatchObject({ where: 'query/step' })
  })

  it('finds the cluster of one kind in a short time', async () => {
    const answer = clusters.parse(await ask(`/api/clusters?${WINDOW}&metres=300&hours=24&minPts=6`))
    const [largest] = answer.results
    expect(largest).toMatchObject({ kind: '0203' })
    expect(largest!.count).toBeGreaterThan(70)
    expect(largest!.incidents.length).toBe(Math.min(100, largest!.count))
    expect(new Set(largest!.incidents.map(({ kind }) => kind))).toEqual(new Set(['0203']))
  })

  it('lists repeats page by page, the same as all at once', async () => {
    const all = repeats.parse(await ask(`/api/repeats?${WINDOW}&metres=30&limit=200`))
    expect(all.results[0]!.count).toBeGreaterThanOrEqual(5)
    expect(all.results[0]!.settledBefore).toBeGreaterThan(0)
    const pages: string[] = []
    for (let after: number | null = 0; after !== null;) {
      const page = repeats.parse(await ask(`/api/repeats?${WINDOW}&metres=30&limit=7&after=${after}`))
      pages.push(...page.results.map(({ incidents }) => incidents[0]!.id))
      after = page.next
    }
    expect(pages).toEqual(all.results.map(({ incidents }) => incidents[0]!.id))
    expect(pages).toHaveLength(all.found)
  })

  it('finds the same clusters and repeats by parts of whole kinds, where there are too many for once', async () => {
    const what = { unitCode: SAMPLE, kinds: undefined, severities: undefined, sources: undefined }
    const span = { from: FROM, to: TO }
    const request = { what, span, timeZone: 'Asia/Shanghai', days: 7, metres: 30, limit: 20, after: 3 }
    const counts = (await countPoints(db, what, span)).map(({ count }) => count)
    const most = Math.max(...counts)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(2 * most)
    const whole = await findRepeats(db, request)
    expect(whole.found).toBeGreaterThan(5)
    expect(await findRepeats(db, request, most)).toEqual(whole)
    await expect(findRepeats(db, request, most - 1)).rejects.toMatchObject({ code: 'too-large' })
    const close = { what, span, timeZone: 'Asia/Shanghai', metres: 600, hours: 96, minPts: 2, limit: 20 }
    const clustered = await findClusters(db, close)
    expect(clustered.found).toBeGreaterThan(1)
    expect(await findClusters(db, close, most)).toEqual(clustered)
    await expect(findClusters(db, close, most - 1)).rejects.toMatchObject({ code: 'too-large' })
  })

  it('counts trends by kind and place, with what was before', async () => {
    const answer = trends.parse(await ask(`/api/trends?${WINDOW}&by=class&step=day`))
    expect(answer.total).toBe(rows.filter(inWindow).length)
    const row = answer.rows.find(({ key }) => key === '02')!
    expect(row.counts!.reduce((sum: number, each) => sum + each!, 0)).toBe(row.count)
    expect(row.count).toBe(rows.filter((each) => inWindow(each) && each.kind.startsWith('02')).length)
    expect(row.before).toBe(
      rows.filter(({ t, kind }) => kind.startsWith('02') && t < FROM && t.getTime() >= FROM.getTime() - 14 * DAY).length,
    )
    const towns = trends.parse(await ask(`/api/trends?${WINDOW}&by=town`, 'planner'))
    expect(towns.leastCount).toBe(5)
    expect(towns.rows.map(({ key }) => key)).toEqual(expect.arrayContaining([TOWN]))
  })
})
