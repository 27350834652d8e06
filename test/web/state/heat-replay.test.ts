import { flushSync } from 'svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { IncidentMarker } from '#contract/incident.ts'
import { HeatBoundaries } from '../../../web/state/heat-boundaries.svelte.ts'
import { HeatReplay } from '../../../web/state/heat-replay.svelte.ts'
import { marker } from '../../fixtures/wall-figures.ts'

const NOW = Date.parse('2026-11-22T06:00:00Z')
const HOUR = 3_600_000
const START = Date.parse('2026-11-10T00:00:00Z')
const at = (hours: number) => START + hours * HOUR
const iso = (ms: number) => new Date(ms).toISOString()
const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`
const one = (n: number, state: IncidentMarker['state']) => marker({ id: id(n), state, severity: 'yellow' })

/** What a server would answer, by the query that it was asked with. */
function serve(answer: (url: URL) => { status?: number; body: unknown }) {
  const asked: URL[] = []
  vi.stubGlobal('fetch', (address: string) => {
    const url = new URL(address, 'http://localhost')
    asked.push(url)
    const { status = 200, body } = answer(url)
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } }))
  })
  return asked
}
afterEach(() => vi.unstubAllGlobals())

/** 1 is open from before, closed after 10 hours; 2 comes after 5. */
const week = (url: URL) => ({
  body: {
    at: url.searchParams.get('at'),
    until: url.searchParams.get('until'),
    incidents: [one(1, 'reported')],
    changes: [
      { at: iso(at(5)), incident: one(2, 'reported') },
      { at: iso(at(8)), incident: one(1, 'accepted') },
      { at: iso(at(10)), incident: one(1, 'closed') },
    ],
  },
})
const states = (replay: HeatReplay) =>
  Object.fromEntries([...replay.markers.values()].map((each) => [Number(each.id.slice(-1)), each.state]))

describe('the replay', () => {
  it('finds any instant of a stretch, forwards and back, with one question', async () => {
    const asked = serve(week)
    const replay = new HeatReplay(() => NOW)
    expect(replay.seek('331004', at(0))).toBe(false)
    await vi.waitFor(() => expect(replay.at).toBe(at(0)))
    expect(states(replay)).toEqual({ 1: 'reported' })
    expect(replay.seek('331004', at(9))).toBe(true)
    expect(states(replay)).toEqual({ 1: 'accepted', 2: 'reported' })
    replay.seek('331004', at(12))
    expect(states(replay)).toEqual({ 2: 'reported' })
    replay.seek('331004', at(6))
    expect(states(replay)).toEqual({ 1: 'reported', 2: 'reported' })
    expect(asked).toHaveLength(1)
  })

  it('tells the map of every change: no two pictures of an incident have one version', async () => {
    serve(week)
    const replay = new HeatReplay(() => NOW)
    replay.seek('331004', at(6))
    await vi.waitFor(() => expect(replay.at).toBe(at(6)))
    const before = replay.markers.get(id(1))!.version
    replay.seek('331004', at(9))
    expect(replay.markers.get(id(1))!.version).not.toBe(before)
  })

  it('halves a stretch that is too much for one answer, and tells what it cannot get', async () => {
    const asked = serve((url) => {
      const hours = (Date.parse(url.searchParams.get('until')!) - Date.parse(url.searchParams.get('at')!)) / HOUR
      const problem = { type: 'about:blank', title: 'Too large', status: 413, code: 'too-large' }
      return hours > 50 ? { status: 413, body: problem } : week(url)
    })
    const replay = new HeatReplay(() => NOW)
    replay.seek('331004', at(0))
    await vi.waitFor(() => expect(replay.at).toBe(at(0)))
    expect(asked.map((url) => (Date.parse(url.searchParams.get('until')!) - at(0)) / HOUR)).toEqual([168, 84, 42])
    serve(() => ({ status: 500, body: { type: 'about:blank', title: 'Internal error', status: 500, code: 'server-error' } }))
    replay.seek('331004', at(-500))
    await vi.waitFor(() => expect(replay.error?.message).toBe('Internal error'))
    serve(week)
    replay.retry()
    await vi.waitFor(() => expect(replay.error).toBeNull())
  })
})

describe('the boundaries of then', () => {
  const changes = ['2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z', '2026-11-01T00:00:00Z']
  const answers = () =>
    serve((url) =>
      url.pathname.endsWith('/history')
        ? { body: { changes: changes.map((each) => ({ at: each })) } }
        : { body: { units: [], version: 1 } },
    )

  it('are those of the last change before an instant, asked for once, and none of their own since the newest', async () => {
    const asked = answers()
    const then = new HeatBoundaries({ lang: 'zh' })
    for (const [instant, wanted] of [
      ['2026-07-01T00:00:00Z', changes[1]],
      ['2026-08-01T00:00:00Z', changes[1]],
      ['2026-11-20T00:00:00Z', null],
    ] as const) {
      await then.seek('331004', Date.parse(instant))
      flushSync()
      expect(then.at).toBe(wanted)
      expect(then.isGuess).toBe(false)
    }
    expect(asked).toHaveLength(2)
  })

  it('are the first known ones before that, and say so', async () => {
    answers()
    const then = new HeatBoundaries({ lang: 'zh' })
    await then.seek('331004', Date.parse('2025-03-01T00:00:00Z'))
    expect([then.at, then.isGuess]).toEqual([changes[0], true])
  })
})
