import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ancestorsOf, childCode, codeAt, codeLength, isCode, isWithin, levelOf, parentOf, parseCode } from '#model/code.ts'
import { type Level, LEVELS } from '#model/level.ts'

const digits = (width: number) => fc.integer({ min: 0, max: 10 ** width - 1 }).map((n) => String(n).padStart(width, '0'))
const anyCode = fc
  .tuple(fc.integer({ min: 1, max: 999999 }), digits(3), digits(3), digits(3), digits(2), fc.constantFrom<Level>(...LEVELS))
  .map(([county, town, village, grid, micro, level]) =>
    (String(county).padStart(6, '0') + town + village + grid + micro).slice(0, codeLength(level)),
  )
  .filter(isCode)

describe('unit codes', () => {
  it('tells the level by the length', () => {
    expect(['331004', '331004001', '331004001201', '331004001201003', '33100400120100307'].map(levelOf)).toEqual(LEVELS)
  })
  it('takes nothing else for a code', () => {
    for (const text of [
      '',
      '33100',
      '3310041',
      '33100400',
      '33100a',
      '331004 01',
      '３３１００４',
      '000000',
      '331004000',
      '331004001000',
      "331004' or 1",
    ]) {
      expect(levelOf(text), text).toBeNull()
    }
  })
  it('trims the zeros of official codes', () => {
    expect(parseCode(' 331004001000 ')).toEqual({ code: '331004001', level: 'town' })
    expect(parseCode('331004000000')).toEqual({ code: '331004', level: 'county' })
    expect(parseCode('33100400000000100')).toEqual({ code: '331004000000001', level: 'grid' })
    expect(parseCode('000000000000')).toHaveProperty('reason')
    expect(parseCode('12345')).toHaveProperty('reason')
    expect(parseCode('12a456')).toHaveProperty('reason')
  })
  it('skips missing levels on the way up', () => {
    expect(parentOf('029510000000001')).toBe('029510')
    expect(ancestorsOf('33100400120100307')).toEqual(['331004001201003', '331004001201', '331004001', '331004'])
    expect(ancestorsOf('331004001000003')).toEqual(['331004001', '331004'])
    expect(parentOf('331004')).toBeNull()
    expect(() => parentOf('nonsense')).toThrow(RangeError)
  })
  it('numbers children, levels between them 000', () => {
    expect(childCode('029510', 'grid', 1)).toBe('029510000000001')
    expect(childCode('331004001201003', 'microgrid', 12)).toBe('33100400120100312')
    expect(() => childCode('331004001', 'town', 1)).toThrow(RangeError)
    expect(() => childCode('331004', 'town', 1000)).toThrow(RangeError)
  })
  it('finds the unit above at a level', () => {
    expect(codeAt('331004001201003', 'town')).toBe('331004001')
    expect(codeAt('029510000000001', 'village')).toBeNull()
    expect(codeAt('331004', 'town')).toBeNull()
  })
  it('nests by prefix: every code lies within all above it', () => {
    fc.assert(
      fc.property(anyCode, (code) => {
        const above = ancestorsOf(code)
        expect(above.every((parent) => isCode(parent) && isWithin(code, parent) && !isWithin(parent, code))).toBe(true)
        expect(isWithin(code, code) && isWithin(code, '')).toBe(true)
        expect(parseCode(code)).toEqual({ code, level: levelOf(code) })
      }),
    )
  })
})
