import { afterEach, describe, expect, it } from 'vitest'
import en from '../../../web/i18n/en.json'
import { speak } from '../../../web/i18n/i18n.ts'
import { leafName, nameIn } from '../../../web/i18n/unit-names.ts'
import zh from '../../../web/i18n/zh.json'
import { asciiCoverage } from '../../fixtures/ascii-coverage.ts'
import { VILLAGE } from '../../fixtures/leaves.ts'

const known = {
  today: asciiCoverage('AB', { A: { name: '石曲社区 01', nameEn: 'Shiqu Community 01' }, B: { name: '市场', nameEn: 'Market' } }),
  above: new Map([[VILLAGE, { name: '石曲社区', nameEn: 'Shiqu Community' }]]),
}
const named = (name: string, nameEn: string | null = null) => leafName({ name, nameEn, parentCode: VILLAGE }, known)

describe('the name of a unit', () => {
  afterEach(() => speak({ lang: 'zh' }))

  it('is its own in Chinese, and its English one in English', () => {
    expect(named('石曲社区 01', 'Shiqu Community 01')).toBe('石曲社区 01')
    speak({ lang: 'en' })
    expect(named('石曲社区 01', 'Shiqu Community 01')).toBe('Shiqu Community 01')
    expect(nameIn({ name: '石曲社区', nameEn: 'Shiqu Community' })).toBe('Shiqu Community')
    expect(nameIn({ name: '石曲社区', nameEn: null })).toBe('石曲社区')
  })

  it('is made of what is known where it has no English one', () => {
    speak({ lang: 'en' })
    expect(named('市场-2')).toBe('Market-2')
    expect(named('市场-2-3')).toBe('Market-2-3')
    expect(named('石曲社区 05')).toBe('Shiqu Community 05')
    expect(named('石曲社区 05-2')).toBe('Shiqu Community 05-2')
    expect(named(zh.hand.newUnit)).toBe(en.hand.newUnit)
    expect(named('老街')).toBe('老街')
  })
})
