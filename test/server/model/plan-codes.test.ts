import { describe, expect, it } from 'vitest'
import type { Leaf } from '#model/difference.ts'
import { giveCodes, needsCode, OutOfCodes } from '#model/plan-codes.ts'
import type { LeafState } from '#model/plan-outcome.ts'
import { leafFor, VILLAGE } from '../../fixtures/leaves.ts'

/** A leaf that is a square at (x, y), in metres or so. */
const stateAt = (id: string, x: number, y: number, facts: Partial<Leaf> = {}): LeafState => {
  const [west, south] = [1_214_000_000 + x * 100, 285_000_000 + y * 100]
  return { leaf: leafFor(id, facts), polygons: [[Int32Array.of(west, south, west + 90, south, west + 90, south + 90, west, south + 90)]] }
}
const code = (n: number) => VILLAGE + String(n).padStart(3, '0')

describe('a new code', () => {
  it('is needed by a new unit, a renumbered one and one that has changed its parent', () => {
    expect(needsCode(stateAt('n1', 0, 0))).toBe(true)
    expect(needsCode(stateAt('a', 0, 0, { code: code(1) }))).toBe(false)
    expect(needsCode(stateAt('a', 0, 0, { code: code(1), renumber: true }))).toBe(true)
    expect(needsCode(stateAt('a', 0, 0, { code: code(1), parentCode: '331004001002' }))).toBe(true)
    expect(needsCode(stateAt('a', 0, 0, { code: '029510000000001', parentCode: '029510' }))).toBe(false)
  })

  it('follows the highest number that was ever given out, from west to east, then from north to south', () => {
    const leaves = [stateAt('east', 9, 0), stateAt('south', 1, 0), stateAt('north', 1, 5), stateAt('west', 0, 3)]
    const used = [code(4), code(7), '331004001002009', `${code(7)}12`, VILLAGE]
    expect([...giveCodes(leaves, used)].sort()).toEqual([
      ['east', code(11)],
      ['north', code(9)],
      ['south', code(10)],
      ['west', code(8)],
    ])
  })

  it('is counted below each parent by itself, of two digits for a micro-grid', () => {
    const leaves = [
      stateAt('a', 0, 0, { parentCode: '331004001002' }),
      stateAt('b', 0, 0),
      stateAt('c', 0, 0, { parentCode: code(3), level: 'microgrid' }),
      stateAt('d', 0, 0, { parentCode: '331004001' }),
    ]
    expect(Object.fromEntries(giveCodes(leaves, [`${code(3)}05`]))).toEqual({
      a: '331004001002001',
      b: code(1),
      c: `${code(3)}06`,
      d: '331004001000001',
    })
  })

  it('is one that was left out once the highest has been given out', () => {
    const used = [1, 2, 4, 999].map(code)
    expect([...giveCodes([stateAt('a', 0, 0), stateAt('b', 1, 0)], used).values()]).toEqual([code(3), code(5)])
  })

  it('is not to be had where all have been given out', () => {
    const used = Array.from({ length: 99 }, (_, n) => `${code(3)}${String(n + 1).padStart(2, '0')}`)
    expect(() => giveCodes([stateAt('a', 0, 0, { parentCode: code(3), level: 'microgrid' })], used)).toThrow(OutOfCodes)
  })
})
