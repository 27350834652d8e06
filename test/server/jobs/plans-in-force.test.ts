import { pino } from 'pino'
import { expect, it } from 'vitest'
import { saveActions } from '../../../server/commands/plan-actions.ts'
import { PlanReplays } from '../../../server/commands/plan-replay.ts'
import { takePlanStep } from '../../../server/commands/plan-steps.ts'
import { createPlan, getPlan } from '../../../server/commands/plans.ts'
import { readConfig } from '../../../server/config.ts'
import { startPlansInForce } from '../../../server/jobs/plans-in-force.ts'
import { SYSTEM } from '../../../server/middleware/actor.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { loadSample, SAMPLE } from '../../fixtures/sample-county.ts'

eachDatabase((open) => {
  it('puts a plan in force whose midnight passed while the server was off, as soon as it starts', async () => {
    const db = await open()
    await loadSample(db, { cameras: 1, incidents: 1 })
    let clock = new Date('2026-03-01T04:00:00Z')
    const context = { db, replays: new PlanReplays(), targets: readConfig({}).targets, now: () => clock }
    const chief = { ...SYSTEM, kind: 'user' as const, id: 1 }
    const { id } = await createPlan(context, SYSTEM, { name: 'x', unitCode: SAMPLE })
    const rename = { type: 'describe', unit: `${SAMPLE}001001005`, name: '新名' } as const
    await saveActions(context, SYSTEM, id, { revision: 0, from: 0, actions: [rename] })
    await takePlanStep(context, SYSTEM, id, 'submit', { revision: 1 })
    await takePlanStep(context, chief, id, 'approve', { revision: 1 })
    await takePlanStep(context, chief, id, 'publish', { revision: 1, effectiveOn: '2026-03-02' })

    const log = pino({ level: 'silent' })
    await startPlansInForce(db, log, () => clock)()
    expect((await getPlan(db, SYSTEM, id)).state).toBe('scheduled')
    clock = new Date('2026-03-04T00:00:00Z')
    await startPlansInForce(db, log, () => clock)()
    expect(await getPlan(db, SYSTEM, id)).toMatchObject({ state: 'in_force', inForceAt: new Date('2026-03-01T16:00:00Z') })
  })
})
