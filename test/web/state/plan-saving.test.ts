import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Action } from '#model/actions/action.ts'
import { readDraft } from '../../../web/state/plan-draft.ts'
import { PlanSaving, type Save, type SaveAnswer } from '../../../web/state/plan-saving.svelte.ts'

const action = (n: number): Action => ({ type: 'move-vertex', from: [121 + n / 1000, 28], to: [121 + n / 1000, 28.001] })
const list = (...numbers: number[]) => numbers.map(action)
const AT = new Date('2026-11-22T06:31:00Z')

/** A server that holds one plan, as ours does: a save of another revision is answered with what stands there. */
class OnePlan {
  revision = 0
  actions: Action[] = []
  saves: Save[] = []
  reachable = true

  send = async (_plan: number, save: Save): Promise<SaveAnswer> => {
    if (!this.reachable) return { unreachable: new Error('no line') }
    this.saves.push(save)
    if (save.revision !== this.revision) {
      return { newer: { revision: this.revision, from: 0, actions: this.actions, savedBy: '别人', savedAt: AT.toISOString() } }
    }
    this.actions = [...this.actions.slice(0, save.from), ...save.actions]
    return { saved: { revision: ++this.revision, savedAt: AT } }
  }
}

describe('the autosave of a plan', () => {
  let server: OnePlan
  let saving: PlanSaving
  beforeEach(() => {
    localStorage.clear()
    server = new OnePlan()
    saving = new PlanSaving(server.send)
    saving.start(1, 0, [], AT)
  })
  /** The same plan in a browser that was closed and opened again. */
  const again = () => {
    saving.stop()
    const next = new PlanSaving(server.send)
    return { next, shown: next.start(1, server.revision, server.actions, AT) }
  }

  it('sends what is new, and what an undo has left', async () => {
    saving.want(list(1, 2))
    await saving.flush()
    saving.want(list(1, 2, 3))
    await saving.flush()
    saving.want(list(1))
    await saving.flush()
    expect(server.saves.map(({ from, actions }) => [from, actions.length])).toEqual([
      [0, 2],
      [2, 1],
      [1, 0],
    ])
    expect(server.actions).toEqual(list(1))
    expect(saving.status).toBe('saved')
  })

  it('keeps what was not sent over the end of the browser, and nothing more afterwards', async () => {
    server.reachable = false
    saving.want(list(1, 2))
    await saving.flush()
    expect(saving.status).toBe('offline')
    server.reachable = true
    const { next, shown } = again()
    expect(shown).toEqual(list(1, 2))
    await next.flush()
    expect(server.actions).toEqual(list(1, 2))
    expect(readDraft(localStorage, 1)).toBeNull()
  })

  it('saves nothing in a conflict, and keeps both sides', async () => {
    saving.want(list(1))
    await saving.flush()
    server.revision = 9
    server.actions = list(1, 7)
    saving.want(list(1, 2))
    await saving.flush()
    expect(saving.status).toBe('conflict')
    expect(saving.sides()).toMatchObject({ theirs: list(1, 7), mine: list(2) })
    saving.want(list(1, 2, 3))
    await saving.flush()
    expect(server.actions).toEqual(list(1, 7))
    saving.settle(list(1, 7, 2, 3))
    await saving.flush()
    expect(server.actions).toEqual(list(1, 7, 2, 3))
    expect(saving.status).toBe('saved')
  })

  it('finds the conflict again when the browser was closed in the middle of it', async () => {
    saving.want(list(1))
    await saving.flush()
    server.reachable = false
    saving.want(list(1, 2))
    await saving.flush()
    server.reachable = true
    server.revision = 9
    server.actions = list(1, 7)
    const { next, shown } = again()
    expect(next.status).toBe('conflict')
    expect(shown).toEqual(list(1, 2))
    expect(next.sides()).toMatchObject({ theirs: list(1, 7), mine: list(2) })
  })

  it('says when the server will not, and tries again with the next step', async () => {
    const refusing = new PlanSaving(async () => ({ refused: new Error('not allowed') }))
    refusing.start(2, 0, [], AT)
    refusing.want(list(1))
    await refusing.flush()
    expect(refusing.status).toBe('refused')
    expect(readDraft(localStorage, 2)?.actions).toEqual(list(1))
    refusing.stop()
  })

  it('says when a save takes long', async () => {
    vi.useFakeTimers()
    try {
      let answer: (saved: SaveAnswer) => void = () => {}
      const waiting = new PlanSaving(() => new Promise((resolve) => (answer = resolve)))
      waiting.start(3, 0, [], AT)
      waiting.want(list(1))
      const saved = waiting.flush()
      expect([waiting.status, waiting.slow]).toEqual(['saving', false])
      await vi.advanceTimersByTimeAsync(10_000)
      expect([waiting.status, waiting.slow]).toEqual(['saving', true])
      answer({ saved: { revision: 1, savedAt: AT } })
      await saved
      expect([waiting.status, waiting.slow]).toEqual(['saved', false])
    } finally {
      vi.useRealTimers()
    }
  })

  it('passes over a draft that it cannot read', () => {
    localStorage.setItem('gridward.plan.1', '{"revision":0,"from":0,"actions":[{"type":"fly"}]}')
    expect(again().shown).toEqual([])
  })
})
