import { beforeEach, describe, expect, it } from 'vitest'
import type { IncidentMarker } from '#contract/incident.ts'
import { Attention, PULSE_MS, TURN_MS } from '../../../web/state/attention.svelte.ts'
import type { Clock } from '../../../web/state/clock.svelte.ts'
import { Selection } from '../../../web/state/selection.svelte.ts'

const START = Date.UTC(2026, 10, 22, 6)

const red = (id: string, more: Partial<IncidentMarker> = {}): IncidentMarker => ({
  id,
  location: [121.37, 28.58],
  unitCode: '331004001001001',
  placement: 'inside',
  kind: '0101',
  severity: 'red',
  state: 'reported',
  source: 'grid_worker',
  reportedAt: new Date(START).toISOString(),
  dueAt: null,
  closedAt: null,
  supervisions: 0,
  version: 1,
  ...more,
})

describe('Attention', () => {
  const clock = { exact: START }
  let rings = 0
  let selection: Selection
  let attention: Attention
  const pass = (ms: number) => {
    clock.exact += ms
    attention.tick()
  }
  beforeEach(() => {
    clock.exact = START
    rings = 0
    selection = new Selection()
    attention = new Attention(clock as Clock, selection, () => rings++)
  })

  it('shows, pulses and sounds a new red at once', () => {
    attention.hear(red('a'), undefined, false)
    expect([attention.shown, [...attention.pulsing], rings]).toEqual(['a', ['a'], 1])
  })

  it('takes no notice of other severities, nor of a red that was accepted when it was first heard of', () => {
    attention.hear(red('a', { severity: 'yellow' }), undefined, false)
    attention.hear(red('b', { state: 'accepted' }), undefined, false)
    expect([attention.shown, attention.pulsing.size, rings]).toEqual([null, 0, 0])
  })

  it('notices one that became red', () => {
    attention.hear(red('a', { version: 2 }), red('a', { severity: 'yellow' }), false)
    expect(attention.shown).toBe('a')
  })

  it('in the first snapshot notices only what is younger than a minute', () => {
    attention.hear(red('old', { reportedAt: new Date(START - 61_000).toISOString() }), undefined, true)
    attention.hear(red('young', { reportedAt: new Date(START - 5_000).toISOString() }), undefined, true)
    expect([...attention.pulsing]).toEqual(['young'])
  })

  it('notices every red that came while the line was broken, one turn each', () => {
    const past = { reportedAt: new Date(START - 30 * 60_000).toISOString() }
    for (const id of ['a', 'b', 'c']) attention.hear(red(id, past), undefined, false)
    expect([attention.shown, attention.waiting]).toEqual(['a', ['b', 'c']])
    pass(TURN_MS - 1)
    expect(attention.shown).toBe('a')
    pass(1)
    expect(attention.shown).toBe('b')
    pass(TURN_MS)
    expect([attention.shown, attention.waiting]).toEqual(['c', []])
  })

  it('sounds again at 30 and 60 s while nobody accepts, and stops pulsing after a minute', () => {
    attention.hear(red('a'), undefined, false)
    pass(29_000)
    expect(rings).toBe(1)
    pass(1_000)
    expect(rings).toBe(2)
    pass(30_000)
    expect([rings, attention.pulsing.size]).toEqual([3, 1])
    pass(1_000)
    expect([rings, attention.pulsing.size]).toEqual([3, 0])
    pass(3_600_000)
    expect([rings, attention.shown]).toEqual([3, 'a'])
  })

  it('is calm as soon as it is accepted, and leaves the screen a minute later', () => {
    attention.hear(red('a'), undefined, false)
    attention.hear(red('a', { state: 'accepted', version: 2 }), red('a'), false)
    expect(attention.pulsing.size).toBe(0)
    pass(30_000)
    expect([rings, attention.shown]).toEqual([1, 'a'])
    pass(PULSE_MS)
    expect([rings, attention.shown]).toEqual([1, null])
  })

  it('goes before what somebody chose, and what is chosen later goes before it', () => {
    selection.incident = 'chosen'
    expect(attention.focused).toBe('chosen')
    attention.hear(red('a'), undefined, false)
    expect(attention.focused).toBe('a')
    selection.choose('other')
    expect(attention.focused).toBe('other')
  })
})
