import { beforeAll, describe, expect, it } from 'vitest'
import type { Action } from '#model/actions/action.ts'
import { rebasePlan, saveActions } from '../../../server/commands/plan-actions.ts'
import { planDifference } from '../../../server/commands/plan-difference.ts'
import { putDuePlansInForce } from '../../../server/commands/plan-in-force.ts'
import { PlanReplays } from '../../../server/commands/plan-replay.ts'
import { takePlanStep } from '../../../server/commands/plan-steps.ts'
import { createPlan, getPlan } from '../../../server/commands/plans.ts'
import { readConfig } from '../../../server/config.ts'
import type { PlanDifference } from '#contract/plan.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import type { Actor } from '../../../server/middleware/actor.ts'
import { listComments } from '../../../server/store/plans.ts'
import { listStanding } from '../../../server/store/unit-leaves.ts'
import { relocate } from '../../../server/store/unit-versions.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { dyingAt } from '../../fixtures/dying-database.ts'
import { corner, loadSample, SAMPLE } from '../../fixtures/sample-county.ts'
import { expectSoundCounty } from '../../fixtures/sound-county.ts'

const actor = (id: number, name: string): Actor => ({ kind: 'user', id, name, displayName: name, role: 'administrator', unitCode: SAMPLE })
const ANNA = actor(1, 'anna')
const CHIEF = actor(2, 'chief')
const VILLAGE = `${SAMPLE}001001`
const NEXT_VILLAGE = `${SAMPLE}001002`
const grid = (i: number, j: number, village = VILLAGE) => village + String(j * 6 + (i % 6) + 1).padStart(3, '0')
const move = (i: number, j: number, by = 0.1): Action => ({ type: 'move-junction', from: corner(i, j), to: corner(i + by, j + by) })
const split = (i: number, j: number, id: string): Action => ({
  type: 'split',
  unit: grid(i, j),
  line: [corner(i - 0.3, j + 0.5), corner(i + 1.3, j + 0.5)],
  newIds: [id],
})
const merge = (keep: string, gone: string): Action => ({ type: 'merge', units: [keep, gone], keep })

/** Every plan has a day of its own, the earliest first. */
const DAY_MS = 86_400_000
const FIRST = Date.parse('2026-03-01T16:00:00Z')

eachDatabase((open, kind) => {
  let db: Db
  let clock = new Date('2026-03-01T04:00:00Z')
  const replays = new PlanReplays()
  const { targets } = readConfig({})
  const context = (on: Db = db) => ({ db: on, replays, targets, now: () => clock })
  let days = 0
  /** The next midnight in the county. */
  const nextMidnight = () => new Date(FIRST + days * DAY_MS)

  beforeAll(async () => {
    db = await open()
    await loadSample(db, { cameras: 400, incidents: 800 })
    await db.script(`
      insert into building (county_code, unit_code, households, residents, geom)
      select v.county_code, v.code, 10, 30, p.geom from unit_version v, ST_DumpPoints(ST_GeneratePoints(v.geom, 8, 1)) p where v.is_leaf;
      insert into team (unit_code, name) select code, name from unit_version where is_leaf;
      insert into post (team_id, unit_code, role) select id, unit_code, 'worker' from team`)
  })

  const write = async (actions: Action[], unitCode = SAMPLE): Promise<number> => {
    const { id } = await createPlan(context(), ANNA, { name: '方案', unitCode })
    await saveActions(context(), ANNA, id, { revision: 0, from: 0, actions })
    return id
  }
  /** A plan that waits for the next midnight. */
  const schedule = async (actions: Action[], unitCode = SAMPLE): Promise<number> => {
    const id = await write(actions, unitCode)
    await approve(id)
    return id
  }
  const approve = async (id: number): Promise<void> => {
    const { revision } = await getPlan(db, ANNA, id)
    const effectiveOn = new Date(nextMidnight().getTime() + DAY_MS / 2).toISOString().slice(0, 10)
    await takePlanStep(context(), ANNA, id, 'submit', { revision })
    await takePlanStep(context(), CHIEF, id, 'approve', { revision })
    await takePlanStep(context(), CHIEF, id, 'publish', { revision, effectiveOn })
  }
  const passMidnight = async (on: Db = db) => {
    clock = nextMidnight()
    const result = await putDuePlansInForce(context(on))
    days++
    return result
  }
  const current = async () => (await listStanding(db, SAMPLE)).leaves
  const codes = async () => (await current()).map(({ code }) => code)
  const unitIdOf = async (code: string): Promise<number> =>
    (await db.query<{ id: number }>(sql`select unit_id as id from unit_code where code = ${code}`))[0]!.id
  const expectSound = () => expectSoundCounty(db, SAMPLE, { asStored: days > 0 })

  it('begins with a county that is sound', async () => {
    await db.transaction((tx) => relocate(tx, SAMPLE))
    await expectSound()
  })

  it('comes into force at midnight in the county, with all that stands on the land', async () => {
    const before = await current()
    const [closed] = await db.query<{ rows: string }>(sql`
      select md5(string_agg(id || unit_code, ',' order by id)) as rows from incident where state in ('closed', 'cancelled')`)
    const id = await schedule([move(3, 3), split(2, 2, 'n1'), merge(grid(3, 2), grid(4, 2))])
    const foreseen = await planDifference(context(), ANNA, id)
    expect(foreseen.moved.households).toBeGreaterThan(0)
    clock = new Date(nextMidnight().getTime() - 1)
    expect(await putDuePlansInForce(context())).toEqual([])
    expect(await passMidnight()).toEqual([{ id, inForceAt: new Date('2026-03-01T16:00:00Z') }])
    await expectSound()

    const now = await current()
    const at = new Date('2026-03-01T16:00:00Z')
    const fresh = now.filter(({ validFrom }) => validFrom.getTime() === at.getTime()).map(({ code }) => code)
    // The neighbour in the west gained the vertex at which the new border meets it.
    expect(fresh).toEqual([grid(1, 2), grid(2, 2), grid(3, 2), grid(2, 3), grid(3, 3), `${VILLAGE}901`].sort())
    expect(now.map(({ code }) => code)).not.toContain(grid(4, 2))
    // The day before is as it was.
    expect((await listStanding(db, SAMPLE, new Date(at.getTime() - 1))).leaves).toEqual(before)
    expect(await getPlan(db, ANNA, id)).toMatchObject({ state: 'in_force', inForceAt: at, outdated: false })

    // What it changed can still be read, with the codes that were given.
    const asked = await planDifference(context(), ANNA, id)
    expect(asked.units.map(({ id, newCode }) => [id, newCode])).toEqual(foreseen.units.map(({ id, newCode }) => [id, newCode]))
    expect(asked.units.find(({ id }) => id === 'n1')!.newCode).toBe(`${VILLAGE}901`)
    const people = (plan: PlanDifference) => plan.units.map(({ before, after }) => [before?.households, after?.households])
    expect(people(asked)).toEqual(people(foreseen))
    expect(asked.moved).toMatchObject({ households: foreseen.moved.households, cameras: foreseen.moved.cameras })

    const [after] = await db.query<{ rows: string }>(sql`
      select md5(string_agg(id || unit_code, ',' order by id)) as rows from incident where state in ('closed', 'cancelled')`)
    expect(after).toEqual(closed)
    const [counts] = await db.query<{ households: number; posts: number }>(sql`
      select households, (select count(*) from post where unit_code = ${grid(3, 2)})::int as posts
      from unit_version where valid_to is null and code = ${grid(3, 2)}`)
    const [counted] = await db.query<{ households: number }>(
      sql`select sum(households)::int as households from building where unit_code = ${grid(3, 2)}`,
    )
    expect(counts).toEqual({ households: counted!.households, posts: 2 })
    const told = await db.query<{ noun: string; change: string }>(
      sql`select message ->> 'noun' as noun, message ->> 'change' as change from outbox where at >= now() - interval '1 hour' order by id`,
    )
    expect(told.slice(-1)).toEqual([{ noun: 'unit', change: 'reload' }])
    expect(told).toContainEqual({ noun: 'plan', change: 'changed' })
  })

  it('comes into force once, however many servers look', async () => {
    const id = await schedule([move(1, 4)])
    clock = nextMidnight()
    const found = await Promise.all([1, 2, 3].map(() => putDuePlansInForce({ ...context(), replays: new PlanReplays() })))
    days++
    expect(found.flat()).toMatchObject([{ id }])
    expect(await putDuePlansInForce(context())).toEqual([])
    await expectSound()
  })

  it('counts from its midnight when the server was off', async () => {
    const id = await schedule([move(2, 5)])
    const midnight = nextMidnight()
    days += 4
    clock = new Date(midnight.getTime() + 3 * DAY_MS)
    expect(await putDuePlansInForce(context())).toEqual([{ id, inForceAt: midnight }])
    await expectSound()
  })

  it('never gives a code out twice', async () => {
    await schedule([merge(grid(0, 3), grid(0, 4))])
    await passMidnight()
    await schedule([split(0, 2, 'n1')])
    await passMidnight()
    expect(await codes()).toContain(`${VILLAGE}902`)
    expect(await codes()).not.toContain(grid(0, 4))
    await schedule([merge(grid(0, 2), `${VILLAGE}902`)])
    await passMidnight()
    await schedule([split(0, 2, `${VILLAGE}902`)])
    await passMidnight()
    expect((await codes()).filter((code) => code > `${VILLAGE}900` && code.startsWith(VILLAGE))).toEqual([`${VILLAGE}901`, `${VILLAGE}903`])
    expect(await unitIdOf(`${VILLAGE}902`)).not.toBe(await unitIdOf(`${VILLAGE}903`))
    await expectSound()
  })

  it('keeps a unit that changes its village under a new code, with its posts and people', async () => {
    const old = grid(5, 5)
    const unitId = await unitIdOf(old)
    await db.execute(sql`
      insert into app_user (username, display_name, password_hash, role, unit_code) values (${`walker-${kind}`}, '员', 'x', 'grid_worker', ${old})`)
    await schedule([{ type: 'describe', unit: old, parentCode: NEXT_VILLAGE }])
    await passMidnight()
    const moved = `${NEXT_VILLAGE}037`
    expect(await codes()).toContain(moved)
    expect(await unitIdOf(moved)).toBe(unitId)
    const [held] = await db.query<{ posts: number; walker: string }>(sql`
      select (select count(*) from post where unit_code = ${moved})::int as posts,
        (select unit_code from app_user where username = ${`walker-${kind}`}) as walker`)
    expect(held).toEqual({ posts: 1, walker: moved })
    await expectSound()
  })

  it('renumbers from west to east', async () => {
    const village = `${SAMPLE}002001`
    const before = (await current()).filter(({ code }) => code.startsWith(village))
    await schedule([{ type: 'renumber', parentCode: village }])
    await passMidnight()
    const after = (await current()).filter(({ code }) => code.startsWith(village))
    expect(after.map(({ code }) => code)).toEqual(before.map((_, n) => village + String(37 + n).padStart(3, '0')))
    const west = await db.query<{ lng: number }>(sql`
      select ST_X(label_point) as lng from unit_version where valid_to is null and code like ${`${village}_%`} order by code`)
    expect(west.map(({ lng }) => lng)).toEqual(west.map(({ lng }) => lng).sort((a, b) => a - b))
    expect(after.map(({ name }) => name).sort()).toEqual(before.map(({ name }) => name).sort())
    await expectSound()
  })

  it('numbers micro-grids below their grid, which is their union all the while', async () => {
    const [micro, neighbour] = [`${VILLAGE}00101`, grid(0, 1)]
    const halve: Action = { type: 'split', unit: micro, line: [corner(0.5, -0.2), corner(0.9, 1.2)], newIds: ['n1'] }
    await schedule([halve, { type: 'move-junction', from: corner(1, 1), to: corner(1.05, 1.1) }])
    await passMidnight()
    expect((await codes()).filter((code) => code.length === 17)).toEqual([micro, `${VILLAGE}00102`, `${VILLAGE}00103`])
    expect(await codes()).toContain(neighbour)
    await expectSound()
  })

  it('begins after whatever was faster than the job of its midnight', async () => {
    const id = await schedule([move(7, 5)])
    const faster = new Date(nextMidnight().getTime() + 10_000)
    await db.execute(sql`update unit_version set valid_from = ${faster} where valid_to is null and code = ${`${SAMPLE}001002006`}`)
    clock = new Date(nextMidnight().getTime() + 20_000)
    expect(await putDuePlansInForce(context())).toEqual([{ id, inForceAt: new Date(faster.getTime() + 1) }])
    days++
    await expectSound()
  })

  it('lets the county’s line be moved by who may', async () => {
    const id = await schedule([{ type: 'move-outline', from: corner(12, 8), to: corner(12.2, 8) }])
    expect(await passMidnight()).toMatchObject([{ id, inForceAt: expect.any(Date) }])
    await expectSound()
  })

  describe('two plans on one border', () => {
    it('let the second wait until it is rebased', async () => {
      const [first, second] = [await write([move(8, 2)]), await write([move(8, 4), move(8, 2, -0.1), move(9, 3)])]
      expect((await getPlan(db, ANNA, second)).outdated).toBe(false)
      await approve(first)
      await takePlanStep(context(), ANNA, second, 'submit', { revision: 1 })
      await passMidnight()
      expect((await getPlan(db, ANNA, second)).outdated).toBe(true)
      await expect(takePlanStep(context(), CHIEF, second, 'approve', { revision: 1 })).rejects.toMatchObject({ code: 'plan-outdated' })
      await expect(rebasePlan(context(), ANNA, second, 1)).rejects.toMatchObject({ code: 'unlawful-transition' })
      await takePlanStep(context(), CHIEF, second, 'return', { revision: 1 })
      await expect(takePlanStep(context(), ANNA, second, 'submit', { revision: 1 })).rejects.toMatchObject({ code: 'plan-outdated' })
      const { plan, dropped } = await rebasePlan(context(), ANNA, second, 1)
      expect(dropped).toMatchObject([{ index: 1, reason: 'no-vertex-here', action: move(8, 2, -0.1) }])
      expect(plan).toMatchObject({ outdated: false, revision: 2, actionCount: 2 })
      await approve(second)
      expect(await passMidnight()).toMatchObject([{ id: second, inForceAt: expect.any(Date) }])
      await expectSound()
    })

    it('give the later of one day back, with the reason', async () => {
      const ids = [await schedule([move(10, 2)]), await schedule([split(3, 4, 'n1')]), await schedule([move(10, 2, -0.1)])]
      const result = await passMidnight()
      expect(result.map(({ id, inForceAt }) => [id, inForceAt !== null])).toEqual([[ids[0], true], [ids[1], true], [ids[2], false]]) // prettier-ignore
      expect(await getPlan(db, ANNA, ids[2]!)).toMatchObject({ state: 'approved', effectiveOn: null, outdated: true })
      expect((await listComments(db, ids[2]!)).at(-1)).toMatchObject({
        text: '',
        says: { code: 'failed-outdated', params: { day: expect.any(String) as string } },
      })
      await expectSound()
    })
  })

  it('changes nothing when the server is killed while it is at it, and everything at the next start', async () => {
    const id = await schedule([split(4, 4, 'n1'), merge(grid(5, 2), grid(5, 3)), move(9, 4)])
    clock = nextMidnight()
    const state = async () =>
      JSON.stringify([await current(), await db.query(sql`select md5(string_agg(unit_code, ',' order by id)) from camera`)])
    const before = await state()
    let died = 0
    for (; ; died += 3) {
      const outcome = await putDuePlansInForce(context(dyingAt(db, died))).catch((cause: Error) => cause.message)
      if (outcome !== 'killed') {
        expect(outcome).toMatchObject([{ id, inForceAt: expect.any(Date) }])
        break
      }
      if (died % 12 === 0) {
        expect(await state()).toBe(before)
        await expectSound()
      }
      expect((await getPlan(db, ANNA, id)).state).toBe('scheduled')
    }
    days++
    expect(died).toBeGreaterThan(20)
    await expectSound()
  })
})
