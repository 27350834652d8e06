import { describe, expect, it } from 'vitest'
import { dayAfter, queryOf, readAddress, TABS, wholeDays, writeAddress } from '../../../web/state/analysis-address.ts'

describe('the address of the analysis', () => {
  it('says what is not the default, and reads it back', () => {
    const text = '?tab=emerging&from=2026-02-01&to=2026-03-01&kind=02&severity=red%2Cyellow&by=unit&level=village&step=week'
    const address = readAddress(text)
    expect(address).toMatchObject({ tab: 'emerging', kind: '02', severity: 'red,yellow', by: 'unit', level: 'village', step: 'week' })
    expect(readAddress(writeAddress(address))).toEqual(address)
    expect(writeAddress({ tab: 'heat' })).toBe('')
  })

  it('leaves out what belongs to another tab, and what it does not know', () => {
    const address = readAddress('?tab=clusters&hours=12&step=week&x=1')
    expect(writeAddress(address)).toBe('?tab=clusters&hours=12')
    expect(readAddress('?tab=nothing').tab).toBe('heat')
  })

  it.each(TABS)('asks the server for what the tab %s takes', (tab) => {
    const query = queryOf({ tab, unit: '331004', trend: 'town', metres: '80', report: '3' })
    expect(query).toEqual({
      unit: '331004',
      ...(tab === 'trends' && { by: 'town' }),
      ...((tab === 'clusters' || tab === 'repeats') && { metres: '80' }),
      ...(tab === 'reports' && { report: '3' }),
    })
  })

  it('takes from the heat what all share, with whole days of its hours', () => {
    const heat = readAddress('?heat=units&by=perKm2&level=town&days=1-5&kind=02,0301&from=2026-02-18T09&to=2026-02-28T17')
    expect(wholeDays(heat)).toEqual({ tab: 'heat', kind: '02,0301', from: '2026-02-18', to: '2026-03-01' })
    expect(wholeDays(readAddress('?from=2026-02-18&to=2026-02-19'))).toMatchObject({ from: '2026-02-18', to: '2026-02-19' })
  })

  it('counts days over months and leap years', () => {
    expect(dayAfter('2028-02-28', 1)).toBe('2028-02-29')
    expect(dayAfter('2026-03-01', -1)).toBe('2026-02-28')
  })
})
