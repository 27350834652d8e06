import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { block, dialAt, dialAtLocal, dialText, EVERY_HOUR, isWhole, readDial, withToggled } from '#model/heat/dial.ts'

const someDial = fc.array(fc.nat({ max: 0xffffff }), { minLength: 7, maxLength: 7 }).filter((dial) => dial.some((hours) => hours !== 0))

describe('the dial', () => {
  it.each([
    ['1-5:8-11,20;6:9', [0x100f00, 0x100f00, 0x100f00, 0x100f00, 0x100f00, 1 << 9, 0]],
    ['1-7:0', new Array(7).fill(1)],
    ['6-7', [0, 0, 0, 0, 0, 0xffffff, 0xffffff]],
  ])('is written as people say it: %s', (text, dial) => {
    expect(readDial(text)).toEqual(dial)
    expect(dialText(dial)).toBe(text)
  })

  it('comes back from its text', () => {
    fc.assert(fc.property(someDial, (dial) => void expect(readDial(dialText(dial))).toEqual(dial)))
  })

  it('never takes longer than a query may be', () => {
    fc.assert(fc.property(someDial, (dial) => void expect(dialText(dial).length).toBeLessThanOrEqual(400)))
  })

  it.each(['', '0', '8', '1:24', '1:8-', '1:12-8', '1:-1', '1:', ':8', '1:8:9', '1;', ';', 'x', '1-5:8,', '1 :8'])(
    'does not take %j',
    (text) => {
      expect(readDial(text)).toBeNull()
    },
  )

  it('takes a day that is named twice with both', () => {
    expect(readDial('1:8;1-2:9')).toEqual([0x300, 0x200, 0, 0, 0, 0, 0])
  })

  it('holds the hours of a block between any two corners', () => {
    const office = block({ weekday: 4, hour: 17 }, { weekday: 0, hour: 8 })
    expect(dialText(office)).toBe('1-5:8-17')
    expect(block({ weekday: 0, hour: 8 }, { weekday: 4, hour: 17 })).toEqual(office)
  })

  it('tells the hour of the week of a local second', () => {
    // 1970-01-01 was a Thursday.
    expect(dialAtLocal(readDial('4:0')!, 59 * 60)).toBe(1)
    expect(dialAtLocal(readDial('4:0')!, 3600)).toBe(0)
    expect(dialAtLocal(readDial('3:23')!, -1)).toBe(1)
  })

  const day = (weekday: number) => block({ weekday, hour: 0 }, { weekday, hour: 23 })

  it('chooses one weekday first, more after it, and all when the last is taken away', () => {
    const monday = withToggled(EVERY_HOUR, day(0))
    expect([0, 1].map((weekday) => dialAt(monday, weekday, 12))).toEqual([1, 0])
    expect(dialText(withToggled(monday, day(2)))).toBe('1,3')
    expect(withToggled(monday, day(0))).toEqual(EVERY_HOUR)
  })

  it('takes what is missing of a block, and away only what it has whole', () => {
    const morning = readDial('1-5:8-11')!
    expect(dialText(withToggled(morning, readDial('5-6:10-12')!))).toBe('1-4:8-11;5:8-12;6:10-12')
    expect(dialText(withToggled(morning, readDial('5:10-11')!))).toBe('1-4:8-11;5:8-9')
    expect(isWhole(withToggled(readDial('1-6')!, day(6)))).toBe(true)
  })
})
