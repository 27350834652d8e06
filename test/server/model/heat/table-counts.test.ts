import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Dimension, countGroups, sortGroups } from '../../../../server/model/heat/groups.ts'
import { traitsOf } from '../../../../server/model/heat/filter.ts'
import { foldUuid, IncidentColumns, type IncidentEntry } from '../../../../server/model/heat/incident-columns.ts'
import { boundsOf } from '../../../../server/model/heat/local-time.ts'
import { NOWHERE } from '../../../../server/model/heat/month-block.ts'
import { heatFilter, type HeatIncident, heatIncident } from '../../../fixtures/heat-incidents.ts'

const entryOf = ({ id, reportedAt, location, kind, unitCode, ...traits }: HeatIncident): IncidentEntry => ({
  ...{ seconds: Math.floor(reportedAt.getTime() / 1000), id: foldUuid(id), kind, unit: unitCode, traits: traitsOf(traits) },
  ...{ x: location ? Math.round(location[0] * 1e7) : NOWHERE, y: location ? Math.round(location[1] * 1e7) : 0 },
})
const names = ['unit', 'class', 'kind', 'severity', 'state', 'source', 'weekday', 'hourOfDay', 'hour', 'day', 'week', 'month'] as const
const change = fc.record({ what: fc.constantFrom('put', 'remove'), at: fc.nat(), next: heatIncident })

/** Every table, or none: all is read by rows. */
const both = () => [new IncidentColumns(Infinity), new IncidentColumns(0)] as const

describe('tables of a month', () => {
  it('tell what the rows tell, under any filter, while incidents come, change and go', () => {
    fc.assert(
      fc.property(
        fc.array(heatIncident, { minLength: 1, maxLength: 80 }),
        fc.array(change, { maxLength: 20 }),
        fc.array(fc.tuple(heatFilter, fc.uniqueArray(fc.constantFrom(...names), { maxLength: 3 })), { minLength: 1, maxLength: 4 }),
        (first, changes, asked) => {
          const [tables, rows] = both()
          const ask = () => {
            for (const [filter, dimensions] of asked) {
              // A place has no table: those that ask for one are answered by rows on either side.
              const plain = { ...filter, box: null, polygon: null }
              const counted = [tables, rows].map((each) => sortGroups(countGroups(each, plain, dimensions.map((name) => dimensionOf(name, plain))))) // prettier-ignore
              expect(counted[0]).toEqual(counted[1])
            }
          }
          const known = first.map(entryOf)
          for (const each of [tables, rows]) for (const entry of known) each.put(entry)
          for (const block of tables.blocks) tables.prepare(block)
          expect(tables.blocks.every((block) => block.tables!.tables.length > 0)).toBe(true)
          ask()
          for (const { what, at, next } of changes) {
            const old = known[at % known.length]!
            for (const each of [tables, rows]) {
              if (what === 'remove') each.remove(old)
              else each.put({ ...entryOf(next), id: old.id, seconds: old.seconds })
            }
            ask()
          }
        },
      ),
    )
  })

  it('make room for counts of any size and for words that come later', () => {
    const [tables, rows] = both()
    const entry = entryOf(fc.sample(heatIncident, 1)[0]!)
    const everything = { ...fc.sample(heatFilter, 1)[0]!, units: ['33'], from: null, to: null, kinds: null, severities: null, states: null, sources: null, box: null, polygon: null, dial: null, inside: false } // prettier-ignore
    const count = (each: IncidentColumns) => sortGroups(countGroups(each, everything, [{ by: 'unit', level: 'grid' }, { by: 'kind' }]))
    for (const each of [tables, rows]) each.put(entry)
    count(tables)
    for (let id = 0; id < 70_000; id++) {
      const unit = id % 1000 === 0 ? `331004${String(id / 1000).padStart(3, '0')}` : '331004001'
      for (const each of [tables, rows]) each.block(entry.seconds < 0 ? 0 : 600).append({ time: 5, x: NOWHERE, y: 0, id, traits: 3, kind: each.kindPlace('0101'), unit: each.units.place(unit) }) // prettier-ignore
      if (id % 20_000 === 0) expect(count(tables)).toEqual(count(rows))
    }
    expect(count(tables)).toEqual(count(rows))
    expect(count(tables).reduce((sum, group) => sum + group.count, 0)).toBe(70_001)
  })

  it('are not made where they would take more room than they are worth', () => {
    const columns = new IncidentColumns()
    for (const each of fc.sample(heatIncident, 50)) columns.put(entryOf(each))
    for (const block of columns.blocks) columns.prepare(block)
    for (const { tables, size } of columns.blocks)
      for (const { counts } of tables!.tables) expect(counts.length).toBeLessThanOrEqual(5 * size)
  })
})

const dimensionOf = (
  name: (typeof names)[number],
  { from, to, clock }: { from: number | null; to: number | null; clock: Parameters<typeof boundsOf>[3] },
): Dimension => {
  if (name === 'unit') return { by: 'unit', level: 'village' }
  if (name === 'hour' || name === 'day' || name === 'week' || name === 'month')
    return { by: 'bin', bounds: boundsOf(name, from!, to!, clock, 20_000)! }
  return { by: name }
}
