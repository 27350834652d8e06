import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEAD } from '../../../../server/model/heat/filter.ts'
import { kindSeverityOf } from '../../../../server/model/heat/month-tables.ts'
import { type RowRange, sizeOf } from '../../../../server/model/heat/row-lists.ts'
import { type BlockRow, MonthBlock, monthOf, NOWHERE } from '../../../../server/model/heat/month-block.ts'

const place = fc.oneof(fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }), fc.integer({ min: 1_213_000_000, max: 1_213_400_000 }))
const row: fc.Arbitrary<BlockRow> = fc.record({
  ...{ time: fc.nat({ max: 2_400_000 }), x: fc.oneof(place, fc.constant(NOWHERE)), y: place, id: fc.nat({ max: 20 }) },
  ...{ traits: fc.nat({ max: 179 }), kind: fc.nat({ max: 255 }), unit: fc.oneof(fc.nat({ max: 9 }), fc.nat({ max: 70_000 })) },
})
const rowsOf = (block: MonthBlock): BlockRow[] =>
  Array.from({ length: block.size }, (_, i) => ({
    ...{ time: block.times[i]!, x: block.xs[i]!, y: block.ys[i]!, id: block.ids[i]! },
    ...{ traits: block.traits[i]!, kind: block.kinds[i]!, unit: block.units[i]! },
  })).filter(({ traits }) => traits !== DEAD)
const sorted = (rows: readonly BlockRow[]): string[] => rows.map((each) => JSON.stringify(Object.entries(each).sort())).sort()

describe('a month of incidents', () => {
  it('holds what was added, changed and taken away, sorted or not', () => {
    const step = fc.record({ what: fc.constantFrom('append', 'append', 'replace', 'remove', 'sort'), row, at: fc.nat() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const block = new MonthBlock(672)
        let model: BlockRow[] = []
        for (const { what, row: next, at } of steps) {
          const revision = block.revision
          if (what === 'append') {
            block.append(next)
            model.push(next)
          } else if (what === 'sort') block.sort()
          else if (model.length > 0) {
            const old = model[at % model.length]!
            const found = block.find(old.id, old.time)
            expect(found.length).toBe(model.filter(({ id, time }) => id === old.id && time === old.time).length)
            if (found.length > 1) continue
            const renewed = { ...next, id: old.id, time: old.time }
            if (what === 'replace') block.replace(found[0]!, renewed)
            else block.remove(found[0]!)
            model = model.filter((each) => each !== old)
            if (what === 'replace') model.push(renewed)
            expect(block.revision).toBeGreaterThan(revision)
          }
        }
        expect(sorted(rowsOf(block))).toEqual(sorted(model))
        expect(block.size - block.dead).toBe(model.length)
      }),
    )
  })

  it('finds all that lies in a box and a time, of some kinds and severities, and each row once', () => {
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 60 }),
        fc.array(row, { maxLength: 5 }),
        place,
        place,
        place,
        place,
        fc.nat({ max: 2_500_000 }),
        fc.nat({ max: 300_000 }),
        fc.uniqueArray(fc.nat({ max: 767 }), { maxLength: 700 }),
        fc.uniqueArray(fc.nat({ max: 9 })),
        (first, later, a, b, c, d, low, length, listed, units) => {
          const block = new MonthBlock(0)
          for (const each of first) block.append(each)
          block.sort()
          for (const each of later) block.append(each)
          const box = [Math.min(a, b), Math.min(c, d), Math.max(a, b), Math.max(c, d)] as const
          const isInside = ({ x, y }: { x: number; y: number }) => x !== NOWHERE && x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3]
          const high = low + length
          const isThen = ({ time }: { time: number }) => time >= low && time < high
          const rows = [...first, ...later]
          const mask = new Uint8Array(768)
          for (const place of listed) mask[place] = 1
          const isListed = ({ kind, traits }: BlockRow) => mask[kindSeverityOf(kind, traits)] === 1
          const found = (ranges: readonly RowRange[], passes: (each: BlockRow) => boolean) => {
            const seen = ranges.flatMap(({ list, from, to }) =>
              Array.from({ length: to - from }, (_, n) => (list ? list[from + n]! : from + n)),
            )
            expect(new Set(seen).size).toBe(seen.length)
            expect(sizeOf(ranges)).toBe(seen.length)
            const columns = (i: number) => ({ x: block.xs[i]!, y: block.ys[i]!, time: block.times[i]!, kind: block.kinds[i]!, traits: block.traits[i]!, unit: block.units[i]! }) // prettier-ignore
            expect(seen.filter((i) => passes(columns(i) as BlockRow)).length).toBe(rows.filter(passes).length)
            return seen
          }
          const unitMask = new Uint8Array(70_001)
          for (const unit of units) unitMask[unit] = 1
          const isOfUnit = ({ unit }: BlockRow) => unitMask[unit] === 1
          found(block.rowsFor(box, null, null), isInside)
          found(block.rowsFor(null, null, null, low, high), isThen)
          found(block.rowsFor(box, null, null, low, high), (each) => isInside(each) && isThen(each))
          found(block.rowsFor(null, mask, null), isListed)
          found(block.rowsFor(null, null, unitMask), isOfUnit)
          found(block.rowsFor(null, mask, unitMask, low, high), (each) => isListed(each) && isOfUnit(each) && isThen(each))
          found(block.rowsFor(box, mask, unitMask, low, high), (each) => isInside(each) && isThen(each) && isListed(each) && isOfUnit(each))
          expect(found(block.rowsFor(null, null, null), () => true).length).toBe(rows.length)
          // Of no kind, or of no unit: nothing but what hangs behind.
          const none = new Uint8Array(70_001)
          for (const [kinds, ofUnits] of [[none, null], [null, none]] as const) expect(sizeOf(block.rowsFor(null, kinds, ofUnits))).toBe(later.length) // prettier-ignore
        },
      ),
    )
  })

  it('knows its month, before 1970 and far after it too', () => {
    expect(
      ['1969-12-31T23:59:59Z', '1970-01-01T00:00:00Z', '2099-12-31T23:59:59Z'].map((text) => monthOf(Date.parse(text) / 1000)),
    ).toEqual([-1, 0, 1559])
    const block = new MonthBlock(-1)
    expect([block.start, block.end]).toEqual([Date.UTC(1969, 11) / 1000, 0])
  })
})
