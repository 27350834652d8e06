/** The columns against counting one by one: sorted and prepared, then with incidents that come, move, change their grade and go. */
import fc from 'fast-check'
import { DateTime, FixedOffsetZone } from 'luxon'
import { describe, expect, it } from 'vitest'
import { sideOfRing } from '../../../../server/model/exact.ts'
import { type HeatFilter, traitsOf } from '../../../../server/model/heat/filter.ts'
import { foldUuid, IncidentColumns, type IncidentEntry } from '../../../../server/model/heat/incident-columns.ts'
import { CELL_SIZES, latticeOf } from '../../../../server/model/heat/lattice.ts'
import { boundsOf, clockOf, offsetAt } from '../../../../server/model/heat/local-time.ts'
import { NOWHERE } from '../../../../server/model/heat/month-block.ts'
import { stepOf } from '../../../../server/model/heat/steps.ts'
import { heatFilter, type HeatIncident, heatIncident } from '../../../fixtures/heat-incidents.ts'

const secondsOf = ({ reportedAt }: HeatIncident) => Math.floor(reportedAt.getTime() / 1000)
const placeOf = ({ location }: HeatIncident) => location?.map((degrees) => Math.round(degrees * 1e7)) as [number, number] | undefined
const entryOf = (incident: HeatIncident): IncidentEntry => {
  const [x, y] = placeOf(incident) ?? [NOWHERE, 0]
  return {
    x,
    y,
    seconds: secondsOf(incident),
    id: foldUuid(incident.id),
    kind: incident.kind,
    unit: incident.unitCode,
    traits: traitsOf(incident),
  }
}

const passes = (
  incident: HeatIncident,
  { units, from, to, kinds, severities, states, sources, box, polygon, dial, inside, clock }: HeatFilter,
): boolean => {
  const [seconds, place] = [secondsOf(incident), placeOf(incident)]
  const local = DateTime.fromSeconds(seconds, { zone: FixedOffsetZone.instance(offsetAt(clock, seconds) / 60) })
  return (
    units.some((code) => incident.unitCode.startsWith(code)) &&
    !(inside && incident.unitCode.length === 6) &&
    (from === null || seconds >= from) &&
    (to === null || seconds < to) &&
    (kinds?.some((kind) => incident.kind.startsWith(kind)) ?? true) &&
    (severities?.includes(incident.severity) ?? true) &&
    (states?.includes(incident.state) ?? true) &&
    (sources?.includes(incident.source) ?? true) &&
    (!box || (place !== undefined && place[0] >= box[0] && place[0] < box[2] && place[1] >= box[1] && place[1] < box[3])) &&
    (!polygon || (place !== undefined && sideOfRing(...place, polygon) >= 0)) &&
    (!dial || ((dial[local.weekday - 1]! >> local.hour) & 1) === 1)
  )
}

/** One kind in one severity, and one unit, all else open: what lists of rows are there for. And everything: what days are. */
const narrow = (filter: HeatFilter, timeZone: string | null): HeatFilter[] => {
  const open = { ...filter, states: null, sources: null, box: null, polygon: null, dial: null }
  return [
    { ...open, units: ['331004'], kinds: ['0301'], severities: ['red'] },
    { ...open, units: ['331004001001002'], kinds: null, severities: null },
    { ...open, units: ['331004'], kinds: null, severities: null, inside: false, clock: timeZone ? clockOf(timeZone, open.from!, open.to!) : open.clock }, // prettier-ignore
  ]
}

describe('incidents in columns', () => {
  it('count cells as they lie, under any filter, while incidents come, change and go', () => {
    const change = fc.record({ what: fc.constantFrom('move', 'grade', 'hand over', 'add', 'remove'), at: fc.nat(), next: heatIncident })
    fc.assert(
      fc.property(
        fc.array(heatIncident, { minLength: 1, maxLength: 80 }),
        fc.array(change, { maxLength: 20 }),
        fc.array(fc.tuple(heatFilter, fc.constantFrom('hour' as const, 'day' as const, 'week' as const), fc.constantFrom(...CELL_SIZES), fc.boolean()), { minLength: 1, maxLength: 4 }), // prettier-ignore
        fc.constantFrom('Asia/Shanghai', 'America/Chicago', null),
        (first, changes, asked, timeZone) => {
          const columns = new IncidentColumns(Infinity)
          columns.ground = timeZone && { timeZone, latitude: 28 }
          let known = [...first]
          const ask = () => {
            for (const [filter, step, metres, weighted] of asked.flatMap(([all, ...rest]) =>
              [all, ...narrow(all, timeZone)].map((each) => [each, ...rest] as const),
            )) {
              const bounds = boundsOf(step, filter.from!, filter.to!, filter.clock, 20_000)!
              const lattice = latticeOf(28, metres)
              const { cells, unplaced } = columns.cells(filter, lattice, bounds, weighted)
              const found = known.filter((each) => passes(each, filter))
              const counts = new Map<string, [count: number, weight: number]>()
              for (const each of found) {
                const place = placeOf(each)
                if (!place) continue
                const key = `${Math.floor(place[1] / lattice.cellY)} ${Math.floor(place[0] / lattice.cellX)} ${stepOf(bounds, secondsOf(each))}`
                const [count, weight] = counts.get(key) ?? [0, 0]
                counts.set(key, [count + 1, weight + { red: 5, yellow: 2, green: 1 }[each.severity]])
              }
              const told: [string, [number, number]][] = []
              for (let cell = 0; cell < cells.columns.length; cell++)
                for (let n = cells.starts[cell]!; n < cells.starts[cell + 1]!; n++)
                  told.push([`${cells.rows[cell]!} ${cells.columns[cell]!} ${cells.steps[n]!}`, [cells.counts[n]!, weighted ? cells.weights![n]! : counts.get(`${cells.rows[cell]!} ${cells.columns[cell]!} ${cells.steps[n]!}`)?.[1] ?? -1]]) // prettier-ignore
              expect(new Set(told.map(([key]) => key)).size).toBe(told.length)
              expect(new Map(told)).toEqual(counts)
              expect(unplaced).toBe(found.filter(({ location }) => location === null).length)
            }
          }
          for (const each of first) columns.put(entryOf(each))
          for (const block of columns.blocks) {
            block.sort()
            columns.prepare(block)
            columns.daysOf(block)
          }
          ask()
          for (const { what, at, next } of changes) {
            const old = known[at % known.length]
            if (what === 'add' || !old) {
              columns.put(entryOf(next))
              known.push(next)
            } else {
              known = known.filter((each) => each !== old)
              const { kind, severity, state, unitCode } = next
              const renewed = {
                ...{ move: { ...next, id: old.id, reportedAt: old.reportedAt }, grade: { ...old, kind, severity, state } },
                ...{ 'hand over': { ...old, unitCode }, remove: old },
              }[what]
              if (what === 'remove') columns.remove(entryOf(old))
              else columns.put(entryOf(renewed))
              if (what !== 'remove') known.push(renewed)
            }
          }
          ask()
        },
      ),
    )
  })
})
