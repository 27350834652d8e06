import { describe, expect, it } from 'vitest'
import type { UnitSummary } from '#contract/unit.ts'
import { labelPoints, shortName } from '../../../web/map/layers/labels.ts'

const unit = (code: string, level: UnitSummary['level'], areaM2: number): UnitSummary => ({
  code,
  parentCode: null,
  level,
  unitKind: 'general',
  name: code,
  nameEn: null,
  isLeaf: false,
  labelPoint: [121.37, 28.58],
  bbox: [121, 28, 122, 29],
  areaM2,
  households: null,
  residents: null,
})

describe('labels', () => {
  it('are one point a unit, the larger placed first', () => {
    const { features } = labelPoints([unit('331004001', 'town', 5), unit('331004001001', 'village', 2)], (code) => `name of ${code}`)
    expect(features.map(({ properties }) => properties)).toEqual([
      { id: '331004001', level: 'town', name: 'name of 331004001', rank: -5 },
      { id: '331004001001', level: 'village', name: 'name of 331004001001', rank: -2 },
    ])
  })

  it('leave out the rank of an English name, and nothing of a Chinese one', () => {
    expect(['Luqiao Subdistrict', 'Xinqiao Town', 'Townsend', '路桥街道'].map(shortName)).toEqual([
      'Luqiao',
      'Xinqiao',
      'Townsend',
      '路桥街道',
    ])
  })
})
