/** Heat over HTTP: windows by the county's days, what is refused and with which words, small numbers, pages, states as they stood. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { SOURCE_HEADER } from '../../../server/contract/heat.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { cellBox, decodeCube } from '../../../server/model/heat/cube.ts'
import { createSums } from '../../../server/model/heat/window.ts'
import { makeCounties, makeToken, startApp, type TestApp } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { type HeatIncident, writeHeatIncidents } from '../../fixtures/heat-incidents.ts'

const WEST: [number, number] = [121.05, 28.05]
const EAST: [number, number] = [121.15, 28.05]
const incident = (reportedAt: string, more: Partial<HeatIncident> = {}): HeatIncident => ({
  ...{ id: randomUUID(), reportedAt: new Date(reportedAt), unitCode: '331004001001001', kind: '0101', severity: 'green' },
  ...{ state: 'closed', source: 'grid_worker', location: WEST },
  ...more,
})
/** 08:00 in Shanghai, a Sunday; and what lies about midnight there. */
const INCIDENTS = [
  ...Array.from({ length: 6 }, () => incident('2026-03-01T00:00:00Z')),
  incident('2026-03-01T15:59:59.999Z', { severity: 'red' }),
  incident('2026-03-01T16:00:00Z', { unitCode: '331004002', location: EAST, kind: '0102' }),
  incident('2026-03-02T16:00:00Z', { unitCode: '331004002', location: EAST, kind: '1301', source: 'snapshot' }),
  incident('2026-03-02T01:00:00Z', { unitCode: '331004', location: null }),
  incident('1970-01-01T00:00:00Z', { unitCode: '331004002', location: EAST }),
  incident('2099-12-31T23:59:59Z', { unitCode: '331004002', location: EAST }),
]

eachDatabase((open) => {
  let db: Db
  let app: TestApp
  const tokens = new Map<string, string>()

  beforeAll(async () => {
    db = await open()
    await makeCounties(db)
    app = await startApp(db)
    await writeHeatIncidents(db, INCIDENTS)
    for (const [name, role, unit] of [['all', 'commander', ''], ['planner', 'planner', '331004'], ['town', 'dispatcher', '331004001']] as const) tokens.set(name, await makeToken(db, role, unit)) // prettier-ignore
  })
  afterAll(() => app.close())

  const get = (path: string, who = 'all') => app.request.get(path).set('Authorization', `Bearer ${tokens.get(who)}`)
  const cubeOf = async (query: string, who = 'all') => {
    const answer = await get(`/api/heat/cube?unit=331004&${query}`, who).buffer().parse((res, done) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', () => done(null, Buffer.concat(chunks)))
    }) // prettier-ignore
    expect(answer.status).toBe(200)
    return { answer, cube: decodeCube(answer.body as Buffer) }
  }

  const suite = (source: 'index' | 'database') => {
    it('counts days and weeks of Shanghai in cells', async () => {
      const { answer, cube } = await cubeOf('from=2026-03-01&to=2026-03-04&cell=100&step=day')
      expect(answer.headers).toMatchObject({ [SOURCE_HEADER.toLowerCase()]: source, 'content-type': 'application/vnd.gridward.heat-cube' })
      expect({ total: cube.total, unplaced: cube.unplaced, steps: [...createSums(cube).perStep] }).toEqual({
        total: 9,
        unplaced: 1,
        steps: [7, 1, 1],
      })
      const boxes = Array.from(cube.columns, (_, cell) => cellBox(cube, cell)!)
      expect(boxes.map(([west, , east]) => [WEST[0], EAST[0]].findIndex((lng) => lng * 1e7 >= west && lng * 1e7 < east))).toEqual([0, 1])
      const weeks = await cubeOf('from=2026-02-23&to=2026-03-09&step=week')
      expect([...createSums(weeks.cube).perStep]).toEqual([7, 2])
    })

    it('weighs by severity beside the counts, and takes the dial', async () => {
      const { cube } = await cubeOf('from=2026-03-01&to=2026-03-04&step=week&weight=severity')
      const sums = createSums(cube)
      expect([[...sums.window(0, 9)], [...sums.window(0, 9, 'weights')]]).toEqual([[7, 2], [11, 2]]) // prettier-ignore
      const morning = await cubeOf(`from=2026-03-01&to=2026-03-04&dial=7:8`)
      expect(morning.cube.total).toBe(6)
      expect((await cubeOf('from=2026-03-01&to=2026-03-04&dial=3:8;7:7')).cube.total).toBe(0)
    })

    it('knows what it has sent', async () => {
      const path = '/api/heat/cube?unit=331004&from=2026-03-01&to=2026-03-04'
      const first = await get(path).expect(200)
      await get(path)
        .set('If-None-Match', first.headers['etag'] as string)
        .expect(304)
      const other = await get(`${path}&kind=13`).expect(200)
      expect(other.headers['etag']).not.toBe(first.headers['etag'])
    })

    it('counts along several things at once, with open windows too', async () => {
      const { body } = await get('/api/aggregates?unit=331004&by=unit,class&level=town').expect(200)
      expect(body).toMatchObject({ total: 12, timeZone: 'Asia/Shanghai', from: null, to: null, asOf: null })
      expect(body.groups).toEqual([
        { key: { unit: '331004', class: '01' }, count: 1 },
        { key: { unit: '331004001', class: '01' }, count: 7 },
        { key: { unit: '331004002', class: '01' }, count: 3 },
        { key: { unit: '331004002', class: '13' }, count: 1 },
      ])
      const days = await get('/api/aggregates?unit=331004&by=month').expect(200)
      expect(days.body.groups.map(({ key, count }: { key: { month: string }; count: number }) => [key.month, count])).toEqual([
        ...[['1970-01', 1], ['2026-03', 10], ['2100-01', 1]],
      ]) // prettier-ignore
      const dial = await get('/api/aggregates?unit=331004&by=weekday,hourOfDay&from=2026-03-01&to=2026-03-03').expect(200)
      expect(dial.body.groups).toEqual([
        { key: { weekday: 1, hourOfDay: 0 }, count: 1 },
        { key: { weekday: 1, hourOfDay: 9 }, count: 1 },
        { key: { weekday: 7, hourOfDay: 8 }, count: 6 },
        { key: { weekday: 7, hourOfDay: 23 }, count: 1 },
      ])
      const hours = await get('/api/aggregates?unit=331004&by=hour&from=2026-03-01&to=2026-03-02&severity=red').expect(200)
      expect(hours.body.groups).toEqual([{ key: { hour: '2026-03-01T23:00+08:00' }, count: 1 }])
      const empty = await get('/api/aggregates?unit=331004&by=day,unit&state=paused').expect(200)
      expect(empty.body).toMatchObject({ total: 0, groups: [] })
    })

    it('merges what is small for who may not read incidents, and says so', async () => {
      const { cube } = await cubeOf('from=2026-03-01&to=2026-03-04&step=week&cell=50', 'planner')
      expect([[...cube.counts], cube.withheld, cube.unplaced]).toEqual([[7], true, 0])
      const { body } = await get('/api/aggregates?by=unit&level=town&from=2026-03-01&to=2026-03-04', 'planner').expect(200)
      expect(body).toMatchObject({ total: 10, leastCount: 5, groups: [{ key: { unit: null }, count: 10, merged: true }] })
      const few = await get('/api/aggregates?by=unit&severity=red', 'planner').expect(200)
      expect(few.body).toMatchObject({ total: 0, groups: [], withheld: true })
      const none = await get('/api/aggregates?by=unit&state=paused', 'planner').expect(200)
      expect(none.body.withheld).toBeUndefined()
    })

    it('tells who may not read incidents the same number of a day on the map and beside it', async () => {
      const window = 'from=2026-03-01&to=2026-03-04'
      const { cube } = await cubeOf(`${window}&step=day&cell=50`, 'planner')
      const { body } = await get(`/api/aggregates?by=class,day&${window}`, 'planner').expect(200)
      const groups = body.groups as { key: { day: string | null }; count: number }[]
      const days = ['2026-03-01', '2026-03-02', '2026-03-03'].map((day) => groups.reduce((sum, { key, count }) => sum + (key.day === day ? count : 0), 0)) // prettier-ignore
      expect([days, [...createSums(cube).perStep]]).toEqual([[7, 0, 0], [7, 0, 0]]) // prettier-ignore
      // What is sent adds up to the total, and what is not sent is said to be missing.
      expect(body).toMatchObject({ total: 7, withheld: true })
      expect([cube.total, cube.withheld]).toEqual([7, true])
    })

    it('clips to the jurisdiction, and refuses what lies outside', async () => {
      expect((await get('/api/aggregates', 'town').expect(200)).body).toMatchObject({ total: 7, unitCodes: ['331004001'] })
      expect((await get('/api/aggregates?unit=331004002', 'town').expect(403)).body.code).toBe('outside-jurisdiction')
      expect((await get('/api/heat/incidents?unit=331004001,331004', 'town').expect(403)).body.code).toBe('outside-jurisdiction')
      expect((await get('/api/heat/incidents', 'planner').expect(403)).body.code).toBe('not-allowed')
    })
  }

  describe('while the database answers', () => suite('database'))
  describe('from the index', () => {
    beforeAll(async () => {
      app.heat.start()
      await vi.waitFor(() => expect(app.heat.status.state).toBe('ready'), { timeout: 60_000 })
    })
    suite('index')

    it('is told of by /readyz', async () => {
      expect((await get('/readyz').expect(200)).body.heat).toEqual({ state: 'ready', incidents: INCIDENTS.length })
      expect((await get('/api/heat/check').expect(403)).body.code).toBe('not-allowed')
    })
  })

  it.each([
    ['from=2026-03-02&to=2026-03-01', 'query/to', 'empty'],
    ['from=2026-03-02&to=2026-03-02', 'query/to', 'empty'],
    ['from=2026-03-02', 'query/to', ''],
    ['from=x&to=2026-03-02', 'query/from', 'a date is a day'],
    ['from=1026-03-02&to=2026-03-02', 'query/from', '1900'],
    ['from=1970-01-01&to=2099-01-01&step=hour', 'query/step', 'take day or week or month'],
    ['from=2026-03-01&to=2026-03-02&kind=9999', 'query/kind', '9999 is no kind'],
    ['from=2026-03-01&to=2026-03-02&kind=0101,xx', 'query/kind', ''],
    ['from=2026-03-01&to=2026-03-02&severity=blue', 'query/severity', ''],
    ['from=2026-03-01&to=2026-03-02&severities=red', 'query/severities', 'not known here'],
    ['from=2026-03-01&to=2026-03-02&cell=70', 'query/cell', ''],
    ['from=2026-03-01&to=2026-03-02&dial=1:24', 'query/dial', 'days with their hours'],
    ['from=2026-03-01&to=2026-03-02&dial=', 'query/dial', ''],
    [
      'from=2026-03-01&to=2026-03-02&polygon=121,28,121.1,28.1,121.1,28,121,28.1',
      'query/polygon',
      'crosses or touches itself near 121.05, 28.05',
    ],
    ['from=2026-03-01&to=2026-03-02&polygon=121,28,121.1', 'query/polygon', '3 to 200'],
    ['from=2026-03-01&to=2026-03-02&box=5,5,5,9', 'query/box', 'rising'],
    ['from=2026-03-01&to=2026-03-02&unit=331004,029510', 'query/unit', 'one county'],
  ])('refuses %s', async (query, where, words) => {
    const { body } = await get(`/api/heat/cube?unit=331004&${query}`.replace('unit=331004&from=2026-03-01&to=2026-03-02&unit=', 'from=2026-03-01&to=2026-03-02&unit=')).expect(400) // prettier-ignore
    expect(body).toMatchObject({ code: 'bad-request', errors: [{ where: expect.stringContaining(where) as string }] })
    expect(JSON.stringify(body)).toContain(words)
  })

  it('lists what lies behind a cell, a polygon and a window, page by page, nothing twice', async () => {
    const { cube } = await cubeOf('from=2026-03-01&to=2026-03-04&cell=100&step=day')
    const box = cellBox(cube, 0)!.join(',')
    const seen: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const { body } = await get(
        `/api/heat/incidents?unit=331004&box=${box}&from=2026-03-01&to=2026-03-02&limit=3${next && `&after=${next}`}`,
      ).expect(200)
      seen.push(...body.incidents.map(({ id }: { id: string }) => id))
      next = body.next as string | null
    }
    expect(seen).toHaveLength(7)
    expect(new Set(seen).size).toBe(7)
    const east = '121.1,28,121.2,28,121.2,28.1,121.1,28.1'
    const { body } = await get(`/api/heat/incidents?unit=331004&polygon=${east}&dial=1-7:0`).expect(200)
    expect(body.incidents.map(({ reportedAt }: { reportedAt: string }) => reportedAt)).toEqual([
      '2026-03-02T16:00:00.000Z',
      '2026-03-01T16:00:00.000Z',
    ])
    await get('/api/heat/incidents?after=1_x').expect(400)
  })

  describe('as it stood', () => {
    const id = randomUUID()
    const times = { reported: '2026-02-01T00:00:00Z', accepted: '2026-02-01T01:00:00Z', closed: '2026-02-03T00:00:00Z' }
    beforeAll(async () => {
      await writeHeatIncidents(db, [incident(times.reported, { id, kind: '0103', unitCode: '331004002', location: EAST })])
      await db.execute(
        sql`update incident set closed_at = ${times.closed}::timestamptz, accepted_at = ${times.accepted}::timestamptz where id = ${id}::uuid`,
      )
      const steps = [['report', 'reported', times.reported], ['accept', 'accepted', times.accepted], ['supervise', 'accepted', times.accepted], ['close', 'closed', times.closed]] // prettier-ignore
      for (const [transition, state, at] of steps) {
        await db.execute(sql`insert into incident_transition (incident_id, at, transition, to_state, actor_name)
          values (${id}::uuid, ${at}::timestamptz, ${transition}, ${state}::incident_state, 'x')`)
      }
    })

    it('counts states of that time, of what was reported until then', async () => {
      const stateAt = async (at: string) => (await get(`/api/aggregates?unit=331004&by=state&kind=0103&asOf=${at}`).expect(200)).body.groups
      expect(await stateAt('2026-01-31')).toEqual([])
      expect(await stateAt('2026-02-01T00:30:00Z')).toEqual([{ key: { state: 'reported' }, count: 1 }])
      expect(await stateAt('2026-02-01')).toEqual([{ key: { state: 'accepted' }, count: 1 }])
      expect(await stateAt('2026-02-03')).toEqual([{ key: { state: 'closed' }, count: 1 }])
      const open = await get('/api/aggregates?unit=331004&state=open&kind=0103&asOf=2026-02-02').expect(200)
      expect(open.body.total).toBe(1)
    })

    it('counts in the units of that time', async () => {
      const { body } = await get('/api/aggregates?unit=331004&by=unit&kind=0103&asOf=2026-02-04&boundaries=asOf').expect(200)
      expect(body.groups).toEqual([{ key: { unit: '331004002' }, count: 1 }])
      const before = await get('/api/aggregates?unit=331004&by=unit&kind=0103&asOf=2026-02-04').expect(200)
      expect(before.body.groups).toEqual(body.groups)
      await get('/api/aggregates?unit=331004&by=unit&boundaries=asOf').expect(400)
      await get('/api/aggregates?unit=331004&by=unit&overdue=true&asOf=2026-02-04').expect(400)
    })

    it('replays what was open, and what changed after it', async () => {
      const replayed = async (query: string) => (await get(`/api/heat/replay?unit=331004&${query}`).expect(200)).body
      const at = (body: { incidents: { id: string }[] }) => body.incidents.filter((each) => each.id === id)
      expect(at(await replayed('at=2026-01-31T00:00:00Z'))).toEqual([])
      expect(at(await replayed('at=2026-02-01T00:30:00Z'))).toMatchObject([{ state: 'reported', dueAt: '2026-02-02T00:00:00.000Z', supervisions: 0, closedAt: null }]) // prettier-ignore
      expect(at(await replayed('at=2026-02-02T00:00:00Z'))).toMatchObject([{ state: 'accepted', supervisions: 1, location: EAST }])
      expect(at(await replayed('at=2026-02-03T00:00:00Z'))).toEqual([])
      const { incidents, changes } = await replayed('at=2026-01-31T12:00:00Z&until=2026-02-04T00:00:00Z')
      expect(incidents).toEqual([])
      expect(changes.map((each: { at: string; incident: { state: string; id: string } }) => [each.at, each.incident.state])).toEqual([
        ['2026-02-01T00:00:00.000Z', 'reported'],
        ['2026-02-01T01:00:00.000Z', 'accepted'],
        ['2026-02-01T01:00:00.000Z', 'accepted'],
        ['2026-02-03T00:00:00.000Z', 'closed'],
      ])
    })

    it('refuses a replay of the future, backwards, or of more than a week', async () => {
      await get('/api/heat/replay?at=2999-01-01T00:00:00Z').expect(400)
      await get('/api/heat/replay?at=2026-02-02T00:00:00Z&until=2026-02-01T00:00:00Z').expect(400)
      await get('/api/heat/replay?at=2026-02-02T00:00:00Z&until=2026-02-10T00:00:00Z').expect(400)
    })
  })
})
