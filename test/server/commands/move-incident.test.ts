import { randomUUID } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFiling, fileIncident } from '../../../server/commands/file-incident.ts'
import { moveIncident, transitionsFor } from '../../../server/commands/move-incident.ts'
import type { Severity } from '../../../server/model/incident.ts'
import type { Role } from '../../../server/model/access.ts'
import type { Transition } from '../../../server/model/workflow.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import type { Actor } from '../../../server/middleware/actor.ts'
import { findIncident, listTimeline } from '../../../server/store/incident-reads.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { loadSample, SAMPLE, SAMPLE_UNTIL } from '../../fixtures/sample-county.ts'

const MINUTE = 60_000
const actor = (role: Role, unitCode = SAMPLE): Actor => ({ kind: 'user', id: 3, name: role, displayName: `The ${role}`, role, unitCode })
const dispatcher = actor('dispatcher')
const after = (minutes: number) => new Date(SAMPLE_UNTIL.getTime() + minutes * MINUTE)

describe('moving an incident', () => {
  eachDatabase((open) => {
    let db: Db
    let id: string
    beforeAll(async () => {
      db = await open()
      await loadSample(db, { cameras: 0, incidents: 0 })
    })
    const file = async (severity: Severity = 'yellow') => {
      const input = {
        id: randomUUID(),
        kind: '0101',
        severity,
        text: '',
        location: [121.3155, 28.506],
        occurredAt: SAMPLE_UNTIL.toISOString(),
        source: 'grid_worker',
      }
      const { incident } = await fileIncident(createFiling({ db, isKind: () => true, now: () => SAMPLE_UNTIL }), dispatcher, input as never)
      return incident.id
    }
    const move = (transition: Transition, minutes: number, who = dispatcher, note?: string) =>
      moveIncident({ db, now: () => after(minutes) }, who, id, transition, note)
    beforeEach(async () => {
      id = await file()
    })

    it('walks the loop, each step with its instant and the deadline of the next', async () => {
      expect(await move('accept', 10)).toMatchObject({ state: 'accepted', acceptedAt: after(10), dueAt: after(10 + 120), version: 2 })
      expect(await move('assign', 20)).toMatchObject({ state: 'assigned', assignedAt: after(20), dueAt: after(20 + 3 * 1440) })
      expect(await move('handle', 30)).toMatchObject({ state: 'handling', dueAt: after(20 + 3 * 1440) })
      expect(await move('feedback', 40)).toMatchObject({ state: 'fed_back', fedBackAt: after(40), dueAt: after(20 + 3 * 1440) })
      const closed = await move('close', 50, dispatcher, 'done')
      expect(closed).toMatchObject({ state: 'closed', closedAt: after(50), dueAt: null, version: 6 })
      expect(await findIncident(db, id)).toEqual(closed)
      const timeline = await listTimeline(db, id)
      expect(timeline.map((step) => `${step.transition}: ${step.fromState} → ${step.toState}`)).toEqual([
        'report: null → reported',
        'accept: reported → accepted',
        'assign: accepted → assigned',
        'handle: assigned → handling',
        'feedback: handling → fed_back',
        'close: fed_back → closed',
      ])
      expect(timeline.at(-1)).toMatchObject({ note: 'done', actor: 'The dispatcher', at: after(50).toISOString() })
    })

    it('writes one audit row and one message a move, with the marker as it is now', async () => {
      const moved = await move('accept', 1)
      const messages = await db.query<{ message: { change: string; incident: { version: number; state: string } } }>(
        sql`select message from outbox where message -> 'incident' ->> 'id' = ${id} order by id`,
      )
      expect(messages.map(({ message }) => [message.change, message.incident.version, message.incident.state])).toEqual([
        ['created', 1, 'reported'],
        ['changed', 2, 'accepted'],
      ])
      const audits = await db.query(sql`select action, actor, unit_code from audit where noun_id = ${id} order by id`)
      expect(audits).toEqual([
        { action: 'incident.report', actor: 'dispatcher', unit_code: moved.unitCode },
        { action: 'incident.accept', actor: 'dispatcher', unit_code: moved.unitCode },
      ])
    })

    it('closes on the spot, cancels, and moves nothing that is finished', async () => {
      expect(await move('close', 5)).toMatchObject({ state: 'closed', closedAt: after(5), acceptedAt: null })
      await expect(move('accept', 6)).rejects.toMatchObject({ code: 'unlawful-transition' })
      id = await file()
      expect(await move('cancel', 5)).toMatchObject({ state: 'cancelled', closedAt: after(5), dueAt: null })
      await expect(move('close', 6)).rejects.toMatchObject({ code: 'unlawful-transition' })
    })

    it('refuses what the state does not allow', async () => {
      await expect(move('feedback', 1)).rejects.toMatchObject({ code: 'unlawful-transition' })
      expect((await findIncident(db, id))!.version).toBe(1)
    })

    it('resumes where it was paused, with a new deadline', async () => {
      await move('accept', 1)
      await move('assign', 2)
      await move('handle', 3)
      expect(await move('pause', 4)).toMatchObject({ state: 'paused', dueAt: null })
      expect(await move('resume', 10_000)).toMatchObject({ state: 'handling', dueAt: after(10_000 + 3 * 1440), assignedAt: after(2) })
    })

    it('keeps the first acceptance when it is returned and accepted again', async () => {
      await move('accept', 1)
      await move('assign', 2)
      expect(await move('return', 500)).toMatchObject({ state: 'returned', dueAt: after(500 + 120) })
      expect(await move('accept', 510)).toMatchObject({ state: 'accepted', acceptedAt: after(1), dueAt: after(500 + 120) })
    })

    it('counts supervisions and leaves state and deadline alone', async () => {
      const commander = actor('commander')
      await move('supervise', 40, commander)
      expect(await move('supervise', 50, commander)).toMatchObject({ state: 'reported', supervisions: 2, dueAt: after(30) })
    })

    it('asks for the permission of the transition, and knows nothing of what lies elsewhere', async () => {
      await expect(move('accept', 1, actor('grid_worker'))).rejects.toMatchObject({ code: 'not-allowed' })
      await expect(move('supervise', 1)).rejects.toMatchObject({ code: 'not-allowed' })
      await expect(move('accept', 1, actor('dispatcher', `${SAMPLE}002`))).rejects.toMatchObject({ code: 'not-found' })
      id = randomUUID()
      await expect(move('accept', 1)).rejects.toMatchObject({ code: 'not-found' })
    })

    it('offers each role what it may do', async () => {
      const incident = (await findIncident(db, id))!
      expect(transitionsFor(dispatcher, incident)).toEqual(['accept', 'close', 'cancel'])
      expect(transitionsFor(actor('grid_worker'), incident)).toEqual(['close'])
      expect(transitionsFor(actor('wall'), incident)).toEqual([])
    })

    it('lets one of twenty simultaneous acceptances through and refuses the others', async () => {
      const all = await Promise.allSettled(Array.from({ length: 20 }, () => move('accept', 1)))
      const refused = all.filter((each) => each.status === 'rejected')
      expect(refused).toHaveLength(19)
      for (const { reason } of refused) expect(reason).toMatchObject({ code: 'unlawful-transition' })
      expect((await findIncident(db, id))!.version).toBe(2)
      expect(await listTimeline(db, id)).toHaveLength(2)
    })

    it('loses none of ten simultaneous supervisions', async () => {
      await Promise.all(Array.from({ length: 10 }, () => move('supervise', 1, actor('commander'))))
      expect(await findIncident(db, id)).toMatchObject({ supervisions: 10, version: 11 })
    })
  })
})
