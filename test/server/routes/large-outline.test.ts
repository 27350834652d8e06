import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { relocate } from '../../../server/store/unit-versions.ts'
import { makeToken, startApp, type TestApp } from '../../fixtures/app.ts'
import { openEmbedded } from '../../fixtures/database.ts'
import { corner, loadSample, SAMPLE } from '../../fixtures/sample-county.ts'

const VILLAGE = `${SAMPLE}001001`
const OUTLINE = 8_000

describe('an outline of very many vertices', () => {
  let db: Db
  let app: TestApp
  let planner: string
  beforeAll(async () => {
    db = await openEmbedded()
    await loadSample(db, { cameras: 0, incidents: 0 })
    await db.transaction((tx) => relocate(tx, SAMPLE))
    app = await startApp(db)
    planner = await makeToken(db, 'planner', SAMPLE)
  })
  afterAll(() => app.close())

  const as = { Authorization: '' }
  /** Asks for the server's health for as long as something is under way; resolves with how often it answered, and with the other's answer. */
  async function meanwhile<T>(underWay: Promise<T>): Promise<{ answers: number; result: T }> {
    let isDone = false
    const finished = underWay.finally(() => (isDone = true))
    let answers = 0
    while (!isDone) {
      await app.request.get('/healthz').expect(200)
      answers++
    }
    return { answers, result: await finished }
  }

  it('is cut out, saved and checked while the server goes on answering', async () => {
    as.Authorization = `Bearer ${planner}`
    const plan = await app.request.post('/api/plans').set(as).send({ name: '方案', unitCode: SAMPLE }).expect(201)
    const [x, y] = corner(3, 3)
    // A saw on a circle, round a place where four grids meet.
    const ring = Array.from({ length: OUTLINE }, (_, i) => {
      const [angle, r] = [(2 * Math.PI * i) / OUTLINE, 0.003 + (i % 2) * 1e-5]
      return [x + r * Math.cos(angle), y + r * Math.sin(angle)]
    })
    const unit = { id: 'n1', name: '园区', unitKind: 'dedicated', parentCode: VILLAGE }
    const actions = [{ type: 'cut-out', ring, unit }]
    const path = `/api/plans/${plan.body.id}`
    const saved = await meanwhile(app.request.post(`${path}/actions`).set(as).send({ revision: 0, from: 0, actions }).then((answer) => answer)) // prettier-ignore
    expect(saved.result.body).toMatchObject({ revision: 1, actionCount: 1 })
    expect(saved.answers).toBeGreaterThan(10)
    const checked = await meanwhile(app.request.get(`${path}/check`).set(as).then((answer) => answer)) // prettier-ignore
    expect(checked.result.body).toMatchObject({ refused: [] })
    expect(checked.answers).toBeGreaterThan(10)
  })
})
