import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { IncidentMarker } from '#contract/incident.ts'
import { SEVERITIES, STATES } from '#model/incident.ts'
import { featureOf, sourceOf } from '../../../web/map/layers/incidents.ts'
import { type Diffs, MarkerDiff } from '../../../web/map/marker-diff.ts'

const marker = (id: string, more: Partial<IncidentMarker> = {}): IncidentMarker => ({
  id,
  location: [121.37, 28.58],
  unitCode: '331004001001001',
  placement: 'inside',
  kind: '0101',
  severity: 'yellow',
  state: 'reported',
  source: 'grid_worker',
  reportedAt: '2026-11-22T06:00:00Z',
  dueAt: null,
  closedAt: null,
  supervisions: 0,
  version: 1,
  ...more,
})
const mapOf = (...list: IncidentMarker[]) => new Map(list.map((each) => [each.id, each]))
const NONE: ReadonlySet<string> = new Set()

/** The sources as maplibre keeps them: removes first, then adds. */
class Sources {
  readonly held: Record<string, Map<unknown, unknown>> = { reds: new Map(), yellows: new Map(), greens: new Map() }
  take(diffs: Diffs): void {
    for (const [id, { remove, add }] of Object.entries(diffs)) {
      for (const gone of remove) expect(this.held[id]!.delete(gone), `${gone} was in ${id}`).toBe(true)
      for (const feature of add) {
        expect(this.held[id]!.has(feature.properties!['id'])).toBe(false)
        this.held[id]!.set(feature.properties!['id'], feature)
      }
    }
  }
}

describe('MarkerDiff', () => {
  let diff: MarkerDiff
  beforeEach(() => void (diff = new MarkerDiff()))

  it('adds what is open and has a place, each to the source of its severity', () => {
    const known = mapOf(
      marker('y'),
      marker('r', { severity: 'red' }),
      marker('c', { state: 'closed' }),
      marker('n', { location: null, placement: 'none' }),
    )
    const diffs = diff.next(known, 'all', NONE)
    expect(Object.entries(diffs).map(([source, { add }]) => [source, add.length])).toEqual([
      ['yellows', 1],
      ['reds', 1],
    ])
    expect(diff.size).toBe(2)
  })

  it('says nothing when nothing differs', () => {
    const known = mapOf(marker('y'))
    diff.next(known, 'all', NONE)
    expect(diff.next(known, 'all', NONE)).toEqual({})
    expect(diff.next(known, ['y', 'unknown'], NONE)).toEqual({})
  })

  it('moves a marker whose severity changed, and takes away what was closed or has gone', () => {
    diff.next(mapOf(marker('a'), marker('b')), 'all', NONE)
    const diffs = diff.next(mapOf(marker('a', { severity: 'red', version: 2 })), 'all', NONE)
    expect(diffs.yellows).toEqual({ remove: ['a', 'b'], add: [] })
    expect(diffs.reds!.add.map((feature) => feature.properties!['id'])).toEqual(['a'])
    expect(diff.next(mapOf(marker('a', { severity: 'red', state: 'closed', version: 3 })), ['a'], NONE).reds!.remove).toEqual(['a'])
    expect(diff.size).toBe(0)
  })

  it('draws a new red larger while it pulses, and as it was afterwards', () => {
    const known = mapOf(marker('r', { severity: 'red' }))
    const pulsing = (set: ReadonlySet<string>) => diff.next(known, ['r'], set).reds?.add[0]?.properties?.['pulsing']
    expect([pulsing(new Set(['r'])), pulsing(new Set(['r'])), pulsing(NONE)]).toEqual([true, undefined, false])
  })

  it('by whatever changes leaves the sources holding exactly what is open and has a place', () => {
    const ids = ['a', 'b', 'c', 'd'] as const
    const change = fc.record({
      id: fc.constantFrom(...ids),
      severity: fc.constantFrom(...SEVERITIES),
      state: fc.constantFrom(...STATES),
      located: fc.boolean(),
      gone: fc.boolean(),
      pulsing: fc.boolean(),
      all: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const own = new MarkerDiff()
        const sources = new Sources()
        const known = new Map<string, IncidentMarker>()
        changes.forEach(({ id, severity, state, located, gone, pulsing, all }, n) => {
          if (gone) known.delete(id)
          else known.set(id, marker(id, { severity, state, location: located ? [121, 28] : null, version: n + 1 }))
          const pulsed = new Set(pulsing ? [id] : [])
          sources.take(own.next(known, all ? 'all' : [id], pulsed))
          for (const [each, incident] of known) {
            for (const [source, held] of Object.entries(sources.held)) expect(held.has(each)).toBe(sourceOf(incident) === source)
          }
        })
        expect(own.size).toBe([...known.values()].filter(sourceOf).length)
      }),
    )
  })
})

describe('a marker’s feature', () => {
  it('carries nothing but what its layer reads', () => {
    expect(featureOf(marker('a', { state: 'handling' }), false)).toEqual({
      type: 'Feature',
      properties: { id: 'a', waiting: false, pulsing: false },
      geometry: { type: 'Point', coordinates: [121.37, 28.58] },
    })
  })
})
