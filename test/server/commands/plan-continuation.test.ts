import { beforeAll, expect, it } from 'vitest'
import type { Action } from '#model/actions/action.ts'
import { toMultiPolygon } from '#model/rings.ts'
import { saveActions } from '../../../server/commands/plan-actions.ts'
import { planDifference } from '../../../server/commands/plan-difference.ts'
import { putDuePlansInForce } from '../../../server/commands/plan-in-force.ts'
import { PlanReplays } from '../../../server/commands/plan-replay.ts'
import { takePlanStep } from '../../../server/commands/plan-steps.ts'
import { createPlan, getPlan } from '../../../server/commands/plans.ts'
import { readConfig } from '../../../server/config.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import type { Actor } from '../../../server/middleware/actor.ts'
import { listStanding } from '../../../server/store/unit-leaves.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { loadSample, SAMPLE } from '../../fixtures/sample-county.ts'
import { expectSoundCounty } from '../../fixtures/sound-county.ts'

const actor = (id: number, name: string): Actor => ({ kind: 'user', id, name, displayName: name, role: 'administrator', unitCode: SAMPLE })
const ANNA = actor(1, 'anna')
const CHIEF = actor(2, 'chief')
const VILLAGE = `${SAMPLE}001002`
const [GONE, NEIGHBOUR] = [`${VILLAGE}001`, `${VILLAGE}002`]

eachDatabase((open) => {
  let db: Db
  let clock = new Date('2026-03-01T04:00:00Z')
  const context = () => ({ db, replays: new PlanReplays(), targets: readConfig({}).targets, now: () => clock })

  beforeAll(async () => {
    db = await open()
    await loadSample(db, { cameras: 0, incidents: 0 })
    await db.script(`
      insert into building (county_code, unit_code, households, residents, geom)
      select v.county_code, v.code, 10, 30, p.geom from unit_version v, ST_DumpPoints(ST_GeneratePoints(v.geom, 8, 1)) p where v.is_leaf`)
  })

  it('lets who keeps most of a unit’s people keep its code, whatever the plan did in between', async () => {
    const leafOf = async () => (await listStanding(db, SAMPLE)).leaves.find(({ code }) => code === GONE)
    const unitIdOf = () => db.query(sql`select unit_id as id from unit_code where code = ${GONE}`)
    const [unit] = await unitIdOf()
    const [rings] = toMultiPolygon((await leafOf())!.polygons).coordinates
    const actions: Action[] = [
      { type: 'merge', units: [NEIGHBOUR, GONE], keep: NEIGHBOUR },
      {
        type: 'cut-out',
        ring: rings![0] as [number, number][],
        unit: { id: 'again', name: '复原', parentCode: VILLAGE, unitKind: 'general' },
      },
    ]
    const { id } = await createPlan(context(), ANNA, { name: '方案', unitCode: SAMPLE })
    await saveActions(context(), ANNA, id, { revision: 0, from: 0, actions })
    const foreseen = await planDifference(context(), ANNA, id)
    expect(foreseen.moved).toMatchObject({ households: 0, residents: 0, posts: 0 })
    expect(foreseen.units.map(({ code, newCode }) => [code, newCode])).toEqual([[GONE, null]])

    await takePlanStep(context(), ANNA, id, 'submit', { revision: (await getPlan(db, ANNA, id)).revision })
    await takePlanStep(context(), CHIEF, id, 'approve', { revision: (await getPlan(db, ANNA, id)).revision })
    await takePlanStep(context(), CHIEF, id, 'publish', { revision: (await getPlan(db, ANNA, id)).revision, effectiveOn: '2026-03-02' })
    clock = new Date('2026-03-01T16:00:00Z')
    await putDuePlansInForce(context())
    expect((await leafOf())!.name).toBe('复原')
    expect(await unitIdOf()).toEqual([unit])
    const done = await planDifference(context(), ANNA, id)
    expect([done.moved, done.units]).toEqual([foreseen.moved, foreseen.units])
    await expectSoundCounty(db, SAMPLE, { asStored: true })
  })
})
