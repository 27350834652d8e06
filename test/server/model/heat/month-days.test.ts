/** Cubes added up from days against the same counted from rows, while incidents come, move and go. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EVERYTHING, traitsOf } from '../../../../server/model/heat/filter.ts'
import { IncidentColumns, type IncidentEntry } from '../../../../server/model/heat/incident-columns.ts'
import { CELL_SIZES, latticeOf } from '../../../../server/model/heat/lattice.ts'
import { boundsOf, clockOf } from '../../../../server/model/heat/local-time.ts'
import { NOWHERE } from '../../../../server/model/heat/month-block.ts'

const [FROM, TO] = [Date.UTC(2026, 1, 20) / 1000, Date.UTC(2026, 3, 10) / 1000]
const LATITUDE = 28
const COARSE = CELL_SIZES.filter((metres) => metres >= 100)
const traits = traitsOf({ severity: 'red', state: 'reported', source: 'camera' })

const incident = fc.record({
  seconds: fc.integer({ min: FROM, max: TO - 1 }),
  x: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: -30_000, max: 30_000 }) }, { weight: 1, arbitrary: fc.constant(NOWHERE) }),
  y: fc.integer({ min: -30_000, max: 30_000 }),
})
const entry = (each: { seconds: number; x: number; y: number }, id: number): IncidentEntry => ({ ...each, id, kind: '0101', unit: '331004', traits }) // prettier-ignore

describe('a month by days', () => {
  it('tells what its rows tell, in any window, before and after something changed', () => {
    const change = fc.record({ what: fc.constantFrom('add', 'move', 'remove'), at: fc.nat(), next: incident })
    const window = fc.tuple(fc.integer({ min: FROM, max: TO }), fc.integer({ min: 1, max: TO - FROM }), fc.constantFrom('day' as const, 'week' as const), fc.constantFrom(...COARSE)) // prettier-ignore
    fc.assert(
      fc.property(
        fc.constantFrom('Asia/Shanghai', 'America/Chicago', 'Asia/Kolkata'),
        fc.array(incident, { minLength: 1, maxLength: 60 }),
        fc.array(change, { maxLength: 8 }),
        fc.array(window, { minLength: 1, maxLength: 4 }),
        (timeZone, first, changes, windows) => {
          const [byDays, byRows] = [new IncidentColumns(), new IncidentColumns()]
          byDays.ground = { timeZone, latitude: LATITUDE }
          const known = first.map(entry)
          const both = [byDays, byRows]
          for (const each of known) for (const columns of both) columns.put(each)
          for (const columns of both) for (const block of columns.blocks) block.sort()
          const ask = () => {
            for (const [from, length, step, metres] of windows) {
              const clock = clockOf(timeZone, from, from + length)
              const bounds = boundsOf(step, from, from + length, clock, 100)!
              const [found, expected] = both.map((columns) =>
                columns.cells({ ...EVERYTHING, from, to: from + length, clock }, latticeOf(LATITUDE, metres), bounds, false),
              )
              expect(found).toEqual(expected)
            }
          }
          ask()
          for (const block of byDays.blocks) expect(byDays.daysOf(block)).not.toBeNull()
          for (const [n, { what, at, next }] of changes.entries()) {
            const old = known[at % known.length]!
            const renewed = what === 'add' ? entry(next, known.length + n) : { ...old, x: next.x, y: next.y }
            for (const columns of both) {
              if (what === 'remove') columns.remove(old)
              else columns.put(renewed)
            }
          }
          ask()
        },
      ),
    )
  })
})
