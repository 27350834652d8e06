import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { SequencedRow } from '../../../server/store/outbox.ts'
import { type Audience, createHub, type HubOptions, type Sink } from '../../../server/stream/hub.ts'
import { createSseParser, type SseEvent } from '../../fixtures/sse.ts'

const OPTIONS: HubOptions = { keep: 100, coalesceMs: 0, maxWaitingBytes: 10_000, maxUnreadBeats: 2, maxClients: 3 }
const NOW = new Date('2026-03-01T04:00:00Z')
const hubOf = (start = 0, changes: Partial<HubOptions> = {}) => createHub(start, '1.2.3', { ...OPTIONS, ...changes }, () => NOW)

/** Who may read the incidents of this unit, and no plans. */
const only = (incidents: string): Audience => ({ incidents, plans: null })

/** Rows at positions from…to, in turn of the units given. */
const rows = (from: number, to: number, units = ['331004001']): SequencedRow[] =>
  Array.from({ length: to - from + 1 }, (_, n) => ({
    pos: from + n,
    unitCode: units[n % units.length]!,
    noun: 'incident',
    message: `{"n":${from + n}}`,
  }))

/** A client that reads everything, or leaves `unread` bytes lying. */
const client = (unread: (total: number) => number = () => 0) => {
  const events: SseEvent[] = []
  const parse = createSseParser((event) => events.push(event))
  let total = 0
  let writes = 0
  const state = { ended: false, destroyed: false }
  const sink: Sink = {
    write(bytes) {
      writes++
      total += bytes.length
      parse(bytes.toString())
      return unread(total)
    },
    end: () => void (state.ended = true),
    destroy: () => void (state.destroyed = true),
  }
  const messages = () => events.filter(({ event }) => event === 'message').map(({ id }) => id)
  return { sink, events, messages, state, writes: () => writes }
}

describe('the hub', () => {
  it('greets with its version and position, and goes on from there', () => {
    const hub = hubOf(7)
    const screen = client()
    hub.join(only('331004'), null, screen.sink)
    hub.take(rows(8, 9))
    hub.beat()
    expect(screen.events.map(({ event }) => event)).toEqual(['hello', 'message', 'message', 'beat'])
    expect(JSON.parse(screen.events[0]!.data)).toEqual({ version: '1.2.3', pos: 7, now: NOW.toISOString() })
    expect(screen.messages()).toEqual([8, 9])
  })

  it('replays what a client missed and repeats nothing, even what was still waiting to be sent', () => {
    const hub = hubOf(0, { coalesceMs: 60_000 })
    const early = client()
    hub.join(only('331004'), null, early.sink)
    hub.take(rows(1, 5))
    const late = client()
    hub.join(only('331004'), 3, late.sink)
    hub.take(rows(6, 6))
    hub.beat()
    expect(late.messages()).toEqual([4, 5, 6])
    expect(early.messages()).toEqual([1, 2, 3, 4, 5, 6])
    hub.close()
  })

  it('shows a jurisdiction its own and what is for everybody, and moves its position past the rest', () => {
    const hub = hubOf()
    const town = client()
    const all = client()
    const grid = client()
    hub.join(only('331004001'), null, town.sink)
    hub.join(only(''), null, all.sink)
    hub.join(only('331004001002003'), null, grid.sink)
    hub.take(rows(1, 4, ['331004001002003', '331004002', '', '331004']))
    hub.beat()
    expect(town.messages()).toEqual([1, 3])
    expect(grid.messages()).toEqual([1, 3])
    expect(all.messages()).toEqual([1, 2, 3, 4])
    expect(town.events.at(-1)).toMatchObject({ event: 'beat', id: 4 })
    expect(JSON.parse(town.events.at(-1)!.data)).toEqual({ pos: 4, now: NOW.toISOString() })
  })

  it('tells of plans those who may read them there, and nobody else', () => {
    const hub = hubOf()
    const [planner, elsewhere, wall] = [client(), client(), client()]
    hub.join({ incidents: null, plans: '331004' }, null, planner.sink)
    hub.join({ incidents: '331004', plans: '331004002' }, null, elsewhere.sink)
    hub.join(only('331004'), null, wall.sink)
    hub.take(rows(1, 4).map((row) => ({ ...row, noun: row.pos % 2 === 0 ? 'plan' : 'incident' })))
    hub.beat()
    expect(planner.messages()).toEqual([2, 4])
    expect(elsewhere.messages()).toEqual([1, 3])
    expect(wall.messages()).toEqual([1, 3])
    hub.close()
  })

  it('resets who is further behind than it remembers, or ahead of everything, and then goes on', () => {
    const hub = hubOf(0, { keep: 4 })
    hub.take(rows(1, 20))
    for (const after of [0, 15, 21]) {
      const screen = client()
      const leave = hub.join(only('331004'), after, screen.sink)
      expect([after, screen.events.map(({ event }) => event)]).toEqual([after, ['hello', 'reset']])
      expect(JSON.parse(screen.events[0]!.data).pos).toBe(20)
      leave()
    }
    const screen = client()
    hub.join(only('331004'), 16, screen.sink)
    expect(screen.messages()).toEqual([17, 18, 19, 20])
    expect(JSON.parse(screen.events[0]!.data).pos).toBe(16)
    hub.close()
  })

  it('resets everybody when the outbox was pruned past it', () => {
    const hub = hubOf()
    const screen = client()
    hub.join(only('331004'), null, screen.sink)
    hub.take(rows(1, 2))
    hub.take(rows(10, 11))
    hub.beat()
    expect(screen.events.map(({ event, id }) => `${event} ${id}`)).toEqual(['hello null', 'reset 9', 'message 10', 'message 11', 'beat 11'])
    const late = client()
    hub.join(only('331004'), 2, late.sink)
    expect(late.events.map(({ event }) => event)).toEqual(['hello', 'reset'])
    hub.close()
  })

  it('ignores what it has already taken', () => {
    const hub = hubOf()
    const screen = client()
    hub.join(only('331004'), null, screen.sink)
    hub.take(rows(1, 3))
    hub.take(rows(2, 4))
    hub.beat()
    expect(screen.messages()).toEqual([1, 2, 3, 4])
  })

  it('gathers a burst in one write', async () => {
    const hub = hubOf(0, { coalesceMs: 20 })
    const screen = client()
    hub.join(only('331004'), null, screen.sink)
    hub.take(rows(1, 1))
    await sleep(5)
    const before = screen.writes()
    for (let pos = 2; pos <= 50; pos++) hub.take(rows(pos, pos))
    await sleep(40)
    expect(screen.messages()).toHaveLength(50)
    expect(screen.writes() - before).toBe(1)
    hub.close()
  })

  it('drops a client that lets too much lie, and no other', () => {
    const hub = hubOf()
    const slow = client((total) => total)
    const good = client()
    hub.join(only('331004'), null, slow.sink)
    hub.join(only('331004'), null, good.sink)
    for (let pos = 1; pos <= 600; pos++) {
      hub.take(rows(pos, pos))
      hub.beat()
    }
    expect(slow.state.destroyed).toBe(true)
    expect(good.state.destroyed).toBe(false)
    expect(good.messages()).toHaveLength(600)
    expect(hub.stats()).toMatchObject({ clients: 1, dropped: 1 })
  })

  it('does not drop a client for one large replay', () => {
    const hub = hubOf(0, { maxWaitingBytes: 100 })
    hub.take(rows(1, 80))
    const screen = client((total) => total)
    hub.join(only('331004'), 0, screen.sink)
    expect(screen.state.destroyed).toBe(false)
    expect(screen.messages()).toHaveLength(80)
    hub.close()
  })

  it('drops a client that has not read a beat for long, however little lies there', () => {
    const hub = hubOf()
    const hanging = client(() => 500)
    hub.join(only('331004'), null, hanging.sink)
    hub.beat()
    hub.beat()
    expect(hanging.state.destroyed).toBe(false)
    hub.beat()
    expect(hanging.state.destroyed).toBe(true)
  })

  it('is full at its limit and has room again when one leaves', () => {
    const hub = hubOf()
    const leaves = [1, 2, 3].map(() => hub.join(only(''), null, client().sink))
    expect(hub.full).toBe(true)
    leaves[0]!()
    leaves[0]!()
    expect(hub.stats().clients).toBe(2)
    expect(hub.full).toBe(false)
  })

  it('ends everybody when it closes', () => {
    const hub = hubOf()
    const screen = client()
    hub.join(only(''), null, screen.sink)
    hub.close()
    expect(screen.state).toEqual({ ended: true, destroyed: false })
    expect(hub.stats().clients).toBe(0)
  })
})
