import { fork } from 'node:child_process'
import { expect, it } from 'vitest'
import { checkPolygons } from '#model/coverage-check.ts'
import { checkUnits } from '#model/unit-check.ts'
import { saveActions } from '../../../server/commands/plan-actions.ts'
import { PlanReplays } from '../../../server/commands/plan-replay.ts'
import { takePlanStep } from '../../../server/commands/plan-steps.ts'
import { createPlan, getPlan } from '../../../server/commands/plans.ts'
import { readConfig } from '../../../server/config.ts'
import type { Db } from '../../../server/db/db.ts'
import { openPglite } from '../../../server/db/pglite.ts'
import { SYSTEM } from '../../../server/middleware/actor.ts'
import { listStoredBorders, listStoredUnits } from '../../../server/store/unit-checks.ts'
import { listStanding } from '../../../server/store/unit-leaves.ts'
import { embeddedFolder } from '../../fixtures/database.ts'
import { corner, loadSample, SAMPLE } from '../../fixtures/sample-county.ts'

const PUBLISHER = new URL('../../fixtures/embedded-publisher.ts', import.meta.url)
const NOW = new Date('2026-03-01T04:00:00Z')
const LATER = '2026-03-02T00:00:00Z'

/** Lets a process publish and kills it before its n-th statement; resolves with whether it came to that. */
const publish = (dataDir: string, killAt: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const publisher = fork(PUBLISHER, [dataDir, LATER], { execArgv: ['--import', 'tsx'], stdio: 'inherit' })
    publisher.on('message', (n: number) => {
      if (n === killAt) publisher.kill('SIGKILL')
    })
    publisher.once('exit', (status, signal) =>
      status === 0 || signal === 'SIGKILL' ? resolve(signal !== null) : reject(new Error(`The publisher ended with ${status}.`)),
    )
  })

const schedule = async (db: Db): Promise<number> => {
  const context = { db, replays: new PlanReplays(), targets: readConfig({}).targets, now: () => NOW }
  const { id } = await createPlan(context, SYSTEM, { name: 'x', unitCode: SAMPLE })
  await saveActions(context, SYSTEM, id, {
    revision: 0,
    from: 0,
    actions: [
      { type: 'move-junction', from: corner(3, 3), to: corner(3.1, 3.1) },
      { type: 'split', unit: `${SAMPLE}001001015`, line: [corner(1.7, 2.5), corner(3.3, 2.5)], newIds: ['n1'] },
      { type: 'merge', units: [`${SAMPLE}001002001`, `${SAMPLE}001002002`], keep: `${SAMPLE}001002001` },
    ],
  })
  await takePlanStep(context, SYSTEM, id, 'submit', { revision: 1 })
  await takePlanStep(context, { ...SYSTEM, kind: 'user', id: 1 }, id, 'approve', { revision: 1 })
  await takePlanStep(context, SYSTEM, id, 'publish', { revision: 1, effectiveOn: '2026-03-02' })
  return id
}

it('comes into force whole or not at all when its server is killed in the midst of it', async () => {
  const dataDir = await embeddedFolder()
  let db = await openPglite({ dataDir })
  await loadSample(db, { cameras: 50, incidents: 100 })
  const id = await schedule(db)
  const before = await listStanding(db, SAMPLE)
  await db.close()
  for (const killAt of [8, 22, Infinity]) {
    const killed = await publish(dataDir, killAt)
    expect(killed).toBe(killAt !== Infinity)
    db = await openPglite({ dataDir })
    const now = await listStanding(db, SAMPLE)
    expect((await getPlan(db, SYSTEM, id)).state).toBe(killed ? 'scheduled' : 'in_force')
    expect(checkPolygons(now.leaves.map(({ code, polygons }) => ({ id: code, polygons }))).faults).toEqual([])
    if (killed) expect(now).toEqual(before)
    else expect(checkUnits(await listStoredUnits(db, SAMPLE, null), await listStoredBorders(db, SAMPLE, null))).toEqual([])
    await db.close()
  }
}, 600_000)
