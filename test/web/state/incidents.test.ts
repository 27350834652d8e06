import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { incidentMarker, type IncidentMarker } from '#contract/incident.ts'
import { type IncidentMessage, Incidents, TICKER_CAP } from '../../../web/state/incidents.svelte.ts'

const GRID = '331004001001001'
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

/** A marker as the contract has it; `n` makes the id and the minute of the report. */
function marker(n: number, more: Partial<IncidentMarker> = {}): IncidentMarker {
  return incidentMarker.parse({
    id: uuid(n),
    location: [121.37, 28.58],
    unitCode: GRID,
    placement: 'inside',
    kind: '0101',
    severity: 'yellow',
    state: 'reported',
    source: 'grid_worker',
    reportedAt: new Date(Date.UTC(2026, 10, 22, 6, n)).toISOString(),
    dueAt: new Date(Date.UTC(2026, 10, 22, 6, n + 30)).toISOString(),
    closedAt: null,
    supervisions: 0,
    version: 1,
    ...more,
  })
}
const message = (incident: IncidentMarker, change: IncidentMessage['change'] = 'changed'): IncidentMessage => ({
  noun: 'incident',
  change,
  at: '2026-11-22T06:00:00Z',
  incident,
})
const snapshot = (...incidents: IncidentMarker[]) => ({ pos: 1, now: '2026-11-22T06:00:00Z', incidents })

describe('Incidents', () => {
  let incidents: Incidents
  beforeEach(() => {
    incidents = new Incidents()
    incidents.takeSnapshot(snapshot(marker(1), marker(2, { severity: 'red' })))
  })

  it('counts what is open at a unit and at all above it', () => {
    expect(incidents.openIn(GRID)).toEqual({ red: 1, yellow: 1, green: 0, total: 2 })
    expect(incidents.openIn('331004001')).toEqual({ red: 1, yellow: 1, green: 0, total: 2 })
    expect(incidents.openIn('331004')).toMatchObject({ total: 2 })
    expect(incidents.openIn('331004002')).toMatchObject({ total: 0 })
  })

  it('moves the counts with a change of severity, of unit and of state', () => {
    incidents.apply([message(marker(1, { severity: 'green', unitCode: '331004002001001', version: 2 }))])
    expect(incidents.openIn(GRID)).toMatchObject({ red: 1, yellow: 0 })
    expect(incidents.openIn('331004002')).toMatchObject({ green: 1, total: 1 })
    incidents.apply([message(marker(1, { severity: 'green', state: 'closed', version: 3 }))])
    expect(incidents.openIn('331004')).toMatchObject({ total: 1 })
  })

  it('ignores a line that is not newer than what is known', () => {
    incidents.apply([message(marker(1, { state: 'accepted', version: 3 }))])
    const { revision } = incidents
    incidents.apply([message(marker(1, { state: 'reported', version: 2 })), message(marker(1, { state: 'reported', version: 3 }))])
    expect(incidents.byId.get(uuid(1))!.state).toBe('accepted')
    expect(incidents.revision).toBe(revision)
  })

  it('keeps what the stream brought before the snapshot when the snapshot is older', () => {
    incidents.apply([message(marker(1, { state: 'accepted', version: 2 }))])
    incidents.takeSnapshot(snapshot(marker(1), marker(2, { severity: 'red' })))
    expect(incidents.byId.get(uuid(1))!.state).toBe('accepted')
  })

  describe('reading ahead of the stream', () => {
    let pos = 0
    let reads = 0
    beforeEach(() => {
      reads = 0
      vi.stubGlobal('fetch', async () => {
        reads++
        return Response.json({ ...snapshot(marker(1)), pos })
      })
    })
    afterEach(() => vi.unstubAllGlobals())

    it.each([
      [7, 7, 'once where nothing has happened since', 1],
      [8, 7, 'once where the snapshot is newer than the line', 1],
      [7, 8, 'again where it is older', 2],
    ])('from %i, the line from %i: %s', async (snapshotPos, linePos, _words, times) => {
      pos = snapshotPos
      const early = new Incidents()
      void early.load()
      await early.catchUp(linePos)
      expect(early.loaded).toBe(true)
      expect(reads).toBe(times)
    })
  })

  it('lets go of what a snapshot no longer holds', () => {
    incidents.takeSnapshot(snapshot(marker(2, { severity: 'red' })))
    expect(incidents.byId.has(uuid(1))).toBe(false)
    expect(incidents.openIn('331004')).toMatchObject({ yellow: 0, red: 1, total: 1 })
  })

  it('does not bring a deleted one back by an older line', () => {
    incidents.apply([message(marker(1, { version: 5 }), 'deleted')])
    incidents.apply([message(marker(1, { version: 1 }))])
    expect(incidents.byId.has(uuid(1))).toBe(false)
  })

  it('names the ids that changed since a revision, and says when it no longer knows', () => {
    const before = incidents.revision
    incidents.apply([message(marker(3)), message(marker(4))])
    incidents.apply([message(marker(3, { version: 2 }))])
    expect(incidents.changesSince(before)).toEqual({ all: false, ids: new Set([uuid(3), uuid(4)]) })
    expect(incidents.changesSince(before + 1)).toEqual({ all: false, ids: new Set([uuid(3)]) })
    expect(incidents.changesSince(incidents.revision)).toEqual({ all: false, ids: new Set() })
    expect(incidents.changesSince(-1)).toEqual({ all: true })
    incidents.takeSnapshot(snapshot(marker(1)))
    expect(incidents.changesSince(before)).toEqual({ all: true })
  })

  it('keeps the log of changes and the ticker short through thousands of changes', () => {
    const start = incidents.revision
    for (let n = 3; n < 8_000; n++) incidents.apply([message(marker(n)), message(marker(n, { state: 'closed', version: 2 }))])
    expect(incidents.changesSince(start)).toEqual({ all: true })
    expect(incidents.newest).toHaveLength(TICKER_CAP)
    incidents.prune(new Date(Date.UTC(2026, 10, 22, 6, 8_003)))
    expect(incidents.byId.size).toBeLessThanOrEqual(2 + TICKER_CAP)
  })

  it('shows the newest first, closed ones too until they are older than ten minutes', () => {
    incidents.apply([message(marker(20)), message(marker(10))])
    expect(incidents.newest.map((each) => each.id)).toEqual([20, 10, 2, 1].map(uuid))
    incidents.apply([message(marker(20, { state: 'closed', version: 2 }))])
    incidents.prune(new Date(Date.UTC(2026, 10, 22, 6, 29)))
    expect(incidents.newest.map((each) => each.id)).toEqual([20, 10, 2, 1].map(uuid))
    incidents.prune(new Date(Date.UTC(2026, 10, 22, 6, 31)))
    expect(incidents.newest.map((each) => each.id)).toEqual([10, 2, 1].map(uuid))
  })

  it('lists what is overdue, the longest first, and never what is closed', () => {
    incidents.apply([message(marker(5, { state: 'closed', dueAt: null }))])
    const at = (minute: number) => incidents.overdue(new Date(Date.UTC(2026, 10, 22, 6, minute))).map((each) => each.id)
    expect(at(31)).toEqual([])
    expect(at(32)).toEqual([uuid(1)])
    expect(at(40)).toEqual([uuid(1), uuid(2)])
  })

  it('tells its listeners what was known before', () => {
    const heard: [string, string | undefined][] = []
    incidents.onChange((incident, before) => heard.push([incident.state, before?.state]))
    incidents.apply([message(marker(1, { state: 'accepted', version: 2 })), message(marker(9))])
    expect(heard).toEqual([
      ['accepted', 'reported'],
      ['reported', undefined],
    ])
  })
})
