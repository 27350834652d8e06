import { beforeAll, describe, expect, it } from 'vitest'
import type { PlanDifference } from '#contract/plan.ts'
import type { Action } from '#model/actions/action.ts'
import { saveActions } from '../../../server/commands/plan-actions.ts'
import { checkPlan } from '../../../server/commands/plan-check.ts'
import { planDifference } from '../../../server/commands/plan-difference.ts'
import { putDuePlansInForce } from '../../../server/commands/plan-in-force.ts'
import { PlanReplays } from '../../../server/commands/plan-replay.ts'
import { takePlanStep } from '../../../server/commands/plan-steps.ts'
import { createPlan, getPlan } from '../../../server/commands/plans.ts'
import { readConfig } from '../../../server/config.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import type { Actor } from '../../../server/middleware/actor.ts'
import { listComments } from '../../../server/store/plans.ts'
import { listStanding } from '../../../server/store/unit-leaves.ts'
import { relocate } from '../../../server/store/unit-versions.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { corner, loadSample, SAMPLE } from '../../fixtures/sample-county.ts'
import { expectSoundCounty } from '../../fixtures/sound-county.ts'

const actor = (id: number, name: string): Actor => ({ kind: 'user', id, name, displayName: name, role: 'administrator', unitCode: SAMPLE })
const [ANNA, CHIEF] = [actor(1, 'anna'), actor(2, 'chief')]
const VILLAGE = `${SAMPLE}001001`
/** A village without grids. */
const BARE = `${SAMPLE}002002`
/** Cut into the micro-grids 01 and 02 by the line from its south-west to its north-east. */
const CUT = `${VILLAGE}001`
/** North of it. */
const BESIDE = `${VILLAGE}007`
const DAY_MS = 86_400_000

eachDatabase((open, kind) => {
  let db: Db
  let clock = new Date('2026-03-01T04:00:00Z')
  const replays = new PlanReplays()
  const context = () => ({ db, replays, targets: readConfig({}).targets, now: () => clock })

  beforeAll(async () => {
    db = await open()
    await loadSample(db, { cameras: 200, incidents: 300 })
    await db.script(`
      insert into building (county_code, unit_code, households, residents, geom)
      select v.county_code, v.code, 10, 30, p.geom from unit_version v, ST_DumpPoints(ST_GeneratePoints(v.geom, 8, 1)) p where v.is_leaf;
      insert into team (unit_code, name) select code, name from unit_version where level in ('village', 'grid');
      insert into post (team_id, unit_code, role) select id, unit_code, 'worker' from team`)
    await db.transaction((tx) => relocate(tx, SAMPLE))
  })

  /** Lets a plan with these actions come into force at the next midnight; resolves with what it says of itself before and after. */
  async function bringAbout(...actions: Action[]) {
    const { id } = await createPlan(context(), ANNA, { name: '方案', unitCode: SAMPLE })
    await saveActions(context(), ANNA, id, { revision: 0, from: 0, actions })
    const { revision } = await getPlan(db, ANNA, id)
    expect((await checkPlan(context(), ANNA, id)).findings.filter(({ severity }) => severity === 'error')).toEqual([])
    await takePlanStep(context(), ANNA, id, 'submit', { revision })
    await takePlanStep(context(), CHIEF, id, 'approve', { revision })
    const foreseen = await planDifference(context(), ANNA, id)
    await takePlanStep(context(), CHIEF, id, 'publish', { revision, effectiveOn: new Date(clock.getTime() + DAY_MS).toISOString().slice(0, 10) }) // prettier-ignore
    clock = new Date(clock.getTime() + DAY_MS)
    expect(await putDuePlansInForce(context())).toMatchObject([{ id, inForceAt: expect.any(Date) as Date }])
    await expectSoundCounty(db, SAMPLE)
    return { foreseen, asked: await planDifference(context(), ANNA, id) }
  }
  const leavesUnder = async (code: string) => (await listStanding(db, SAMPLE)).leaves.map((leaf) => leaf.code).filter((each) => each.startsWith(code)) // prettier-ignore
  /** The row of a unit in a plan's difference, and that its figures are those of its micro-grids together. */
  const rowOf = ({ units }: PlanDifference, id: string) => units.find((unit) => unit.id === id)
  const householdsIn = ({ units }: PlanDifference, grid: string) =>
    units.filter((unit) => unit.grid === grid && unit.after).reduce((sum, { after }) => sum + after!.households, 0)
  const unitAt = async (code: string) => (await listStanding(db, SAMPLE)).above.find((unit) => unit.code === code)
  const postsAt = async (code: string): Promise<number> =>
    (await db.query<{ count: number }>(sql`select count(*)::int as count from post where unit_code = ${code}`))[0]!.count

  it('cuts a village that has no grids into some, and stays the village with its staff', async () => {
    const line = [corner(9, 5.5), corner(9, 12.5)]
    await bringAbout({ type: 'split', unit: BARE, line, newIds: ['n1', 'n2', 'n3', 'n4'], below: true })
    expect(await leavesUnder(BARE)).toEqual([`${BARE}001`, `${BARE}002`])
    expect(await unitAt(BARE)).toMatchObject({ level: 'village', isLeaf: false })
    expect(await postsAt(BARE)).toBe(1)
  })

  it('splits a grid with its micro-grids, all with codes of their own', async () => {
    const { foreseen, asked } = await bringAbout({ type: 'split', unit: CUT, line: [corner(0.6, -0.5), corner(0.6, 1.5)], newIds: ['n1'] })
    const fresh = `${VILLAGE}901`
    expect((await leavesUnder(fresh)).length).toBeGreaterThan(0)
    expect(await unitAt(fresh)).toMatchObject({ level: 'grid', name: '网格1-2' })
    expect(await postsAt(CUT)).toBe(1)
    const [old, n1] = [rowOf(foreseen, CUT), rowOf(foreseen, 'n1')]
    expect(n1).toMatchObject({ level: 'grid', before: null, newCode: fresh, parentCode: VILLAGE })
    expect(old!.before!.households).toBe(160)
    expect(n1!.after!.households).toBe(householdsIn(foreseen, 'n1'))
    expect(old!.after!.households + n1!.after!.households).toBe(160)
    expect(asked).toEqual(foreseen)
  })

  it('merges grids with micro-grids and without into one; whoever stood in them stands in that', async () => {
    const { foreseen, asked } = await bringAbout({ type: 'merge', units: [CUT, BESIDE], keep: CUT })
    expect(await leavesUnder(BESIDE)).toEqual([])
    expect(await postsAt(CUT)).toBe(2)
    expect(foreseen.moved.posts).toBeGreaterThan(0)
    // The other is a micro-grid of it now, and no grid any more.
    expect(rowOf(foreseen, BESIDE)).toMatchObject({ before: { households: 80 }, after: null })
    const { before, after } = rowOf(foreseen, CUT)!
    expect(after!.parts).toBe(before!.parts + 1)
    expect(after!.households).toBe(before!.households + 80)
    expect(asked).toEqual(foreseen)
  })

  it('renumbers grids with all their micro-grids, and renames one', async () => {
    const before = (await leavesUnder(CUT)).length
    const { foreseen, asked } = await bringAbout({ type: 'renumber', parentCode: VILLAGE }, { type: 'describe', unit: CUT, name: '东桥' })
    const row = rowOf(foreseen, CUT)!
    expect(row).toMatchObject({ code: CUT, before: { name: '网格1', parts: before }, after: { name: '东桥', parts: before } })
    expect(row.after!.households).toBe(row.before!.households)
    expect(row.after!.households).toBeGreaterThan(80)
    expect(asked).toEqual(foreseen)
    expect(await leavesUnder(CUT)).toEqual([])
    const { above } = await listStanding(db, SAMPLE)
    const renamed = above.find(({ name }) => name === '东桥')!
    expect(row.newCode).toBe(renamed.code)
    expect((await leavesUnder(renamed.code)).length).toBe(before)
    expect(await postsAt(renamed.code)).toBe(2)
    const ids = await db.query<{ count: number }>(sql`select count(distinct unit_id)::int as count from unit_code where code in (${CUT}, ${renamed.code})`) // prettier-ignore
    expect(ids).toEqual([{ count: 1 }])
  })

  it('makes one grid without micro-grids of a grid again, under its code', async () => {
    const { above } = await listStanding(db, SAMPLE)
    const { code } = above.find(({ name }) => name === '东桥')!
    const [row] = await db.query<{ shape: string }>(sql`select ST_AsGeoJSON(geom, 7) as shape from unit_version where valid_to is null and code = ${code}`) // prettier-ignore
    const { coordinates } = JSON.parse(row!.shape) as { coordinates: [number, number][][][] }
    const { foreseen } = await bringAbout({ type: 'divide', units: [code], into: [{ unit: { id: code, name: '东桥', unitKind: 'general', parentCode: VILLAGE }, polygons: coordinates }] }) // prettier-ignore
    expect(await leavesUnder(code)).toEqual([code])
    const joined = foreseen.units.filter(({ level }) => level === 'grid')
    expect(joined).toMatchObject([{ id: code, after: { parts: 0 } }])
    expect(joined[0]!.before!.parts).toBeGreaterThan(1)
    expect(joined[0]!.after!.households).toBe(joined[0]!.before!.households)
    expect(await postsAt(code)).toBe(2)
  })

  it('may tear a village, which is written down for whoever approves', async () => {
    const { id } = await createPlan(context(), ANNA, { name: '方案', unitCode: SAMPLE })
    const actions: Action[] = [{ type: 'describe', unit: `${SAMPLE}001002018`, parentCode: VILLAGE }]
    await saveActions(context(), ANNA, id, { revision: 0, from: 0, actions })
    await takePlanStep(context(), ANNA, id, 'submit', { revision: 1 })
    const torn = { code: 'torn', params: { unit: VILLAGE, parts: 2, before: 1 } }
    expect(await listComments(db, id)).toMatchObject([{ text: '', says: torn, where: [expect.any(Number), expect.any(Number)] }])
  })

  describe('codes', () => {
    it(`are never given twice (${kind})`, async () => {
      const [row] = await db.query<{ twice: number }>(sql`
        select count(*)::int as twice from (select code from unit_version where valid_to is null group by code having count(*) > 1) as same`)
      expect(row).toEqual({ twice: 0 })
    })
  })
})
