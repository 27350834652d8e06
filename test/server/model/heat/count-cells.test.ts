/** Counting by cell and step against adding up one by one, in whatever order the rows lie. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countCells } from '../../../../server/model/heat/count-cells.ts'
import { SEVERITY_WEIGHTS, traitsOf } from '../../../../server/model/heat/filter.ts'
import { MonthBlock } from '../../../../server/model/heat/month-block.ts'
import { SEVERITIES } from '../../../../server/model/incident.ts'

const HOUR = 3600
const LATTICE = { metres: 50, cellX: 10, cellY: 10 } as const

const row = fc.record({
  time: fc.nat({ max: 100 * HOUR - 1 }),
  x: fc.integer({ min: -15, max: 15 }),
  y: fc.integer({ min: -5, max: 5 }),
  severity: fc.constantFrom(...SEVERITIES),
})

/** What each cell and step must hold: `column row step` → incidents and their weight. */
function addUp(rows: readonly { time: number; x: number; y: number; severity: (typeof SEVERITIES)[number] }[]) {
  const sums = new Map<string, [count: number, weight: number]>()
  for (const { time, x, y, severity } of rows) {
    const key = `${Math.floor(x / 10)} ${Math.floor(y / 10)} ${Math.floor(time / HOUR)}`
    const [count, weight] = sums.get(key) ?? [0, 0]
    sums.set(key, [count + 1, weight + SEVERITY_WEIGHTS[severity]])
  }
  return sums
}

describe('counting by cell and step', () => {
  // One far away makes a rectangle too large for a table of its cells.
  it.each([0, 20_000_000])('takes rows in any order, and one %d units away', (away) => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 300 }), fc.constantFrom('as they come', 'forwards', 'backwards'), (rows, order) => {
        if (order !== 'as they come') rows.sort((a, b) => a.time - b.time)
        if (order === 'backwards') rows.reverse()
        const all = [...rows, { time: 0, x: away, y: away, severity: 'red' as const }]
        const block = new MonthBlock(0)
        const traits = { state: 'reported', source: 'camera' } as const
        for (const { severity, ...each } of all)
          block.append({ ...each, id: 0, kind: 0, unit: 0, traits: traitsOf({ ...traits, severity }) })
        const bounds = Float64Array.from({ length: 101 }, (_, hour) => hour * HOUR)
        const { cells, unplaced } = countCells(block, Uint32Array.from(all.keys()), LATTICE, bounds, true)
        const told: [string, [number, number]][] = []
        for (let cell = 0; cell < cells.columns.length; cell++) {
          for (let n = cells.starts[cell]!; n < cells.starts[cell + 1]!; n++) {
            if (n > cells.starts[cell]!) expect(cells.steps[n]).toBeGreaterThan(cells.steps[n - 1]!)
            told.push([`${cells.columns[cell]!} ${cells.rows[cell]!} ${cells.steps[n]!}`, [cells.counts[n]!, cells.weights![n]!]])
          }
        }
        expect(new Map(told)).toEqual(addUp(all))
        expect(told.length).toBe(addUp(all).size)
        expect(unplaced).toBe(0)
      }),
    )
  })
})
