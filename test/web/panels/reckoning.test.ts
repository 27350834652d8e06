import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { can, type Role } from '#model/access.ts'
import { layoutOf } from '../../../web/pages/wall-layout.ts'
import { leadOverYesterday, runningTotal, stepsPassed, todayCurve } from '../../../web/panels/day-curve.ts'
import { classLabels, measuresFor } from '../../../web/panels/legend-classes.ts'
import { placeOf } from '../../../web/panels/names.ts'
import { axisFloor } from '../../../web/panels/rate-axis.ts'
import { scaleBar } from '../../../web/panels/scale-bar.ts'
import { topClasses } from '../../../web/panels/top-classes.ts'
import { byShare, dotRange } from '../../../web/panels/unit-rates.ts'
import { COUNTY, figures, names } from '../../fixtures/wall-figures.ts'

describe('the curves of the day', () => {
  it('add up, beginning with nothing', () => {
    expect(runningTotal([2, 0, 3])).toEqual([
      { x: 0, y: 0 },
      { x: 1, y: 2 },
      { x: 2, y: 2 },
      { x: 3, y: 5 },
    ])
  })
  it('end now, within the running step, at the printed total', () => {
    expect(stepsPassed(figures())).toBeCloseTo(87.2133, 3)
    expect(todayCurve(figures()).at(-1)).toEqual({ x: stepsPassed(figures()), y: 3128 })
  })
  it('compare whole steps only, and end at the printed difference', () => {
    const lead = leadOverYesterday(figures())
    expect(lead).toHaveLength(89)
    expect(lead[87]).toEqual({ x: 87, y: (87 - 48) * (5 - 4) })
    expect(lead.at(-1)!.y).toBe(181)
  })
})

describe('the classes of a day', () => {
  it('lose nothing when the rest is added up', () => {
    const counts = fc.array(fc.record({ code: fc.string(), today: fc.nat(500), yesterday: fc.nat(500) }), { maxLength: 20 })
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 13 }), (classes, top) => {
        const { rows, others } = topClasses(classes, top)
        const sum = (list: { today: number }[]) => list.reduce((total, each) => total + each.today, 0)
        expect(sum(rows)).toBe(sum(classes))
        expect(rows.length - (others > 0 ? 1 : 0) + others).toBe(classes.length)
        expect(others).not.toBe(1)
      }),
    )
  })
})

describe('axes', () => {
  it('begin at 90 per cent unless something lies below', () => {
    expect([axisFloor([0.97, 1], 0.98), axisFloor([0.85], 0.95), axisFloor([0.286], 0.98), axisFloor([], 0.95)]).toEqual([0.9, 0.8, 0, 0.9])
  })
  it('of units hold every dot and the whole, and never pass 100 per cent', () => {
    const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null })
    fc.assert(
      fc.property(fc.array(share), share, (shares, whole) => {
        const children = shares.map((each, i) => ({ code: String(i), share: each, reported: 1, open: 0, overdue: 0 }))
        const [low, high] = dotRange(children, whole)
        for (const each of [...shares, whole]) if (each !== null) expect(each >= low && each <= high).toBe(true)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
      }),
    )
  })
  it('put the unjudged last', () => {
    expect(byShare(figures().children).map((each) => each.share)).toEqual([0.981, 0.941, null])
  })
})

describe('the legend’s classes', () => {
  it('name whole numbers from one to another, single ones once', () => {
    expect(classLabels([1, 2, 4, 6], true)).toEqual(['0', '1', '2–3', '4–5', '6+'])
    expect(classLabels([2, 4, 7, 11], true)).toEqual(['0–1', '2–3', '4–6', '7–10', '11+'])
  })
  it('name ratios by their limits', () => {
    expect(classLabels([0.2, 0.5, 1, 2], false)).toEqual(['<0.2', '0.2–0.5', '0.5–1', '1–2', '2+'])
  })
})

describe('what the live map may be coloured by', () => {
  const forRole = (role: Role) => measuresFor((permission) => can(role, permission))
  it('is all for a wall, heat alone for whoever has only counts, nothing of counts for whoever has only incidents', () => {
    expect(forRole('wall')).toEqual(['open', 'overdue', 'perThousand', 'density', 'replay'])
    expect(forRole('planner')).toEqual(['density'])
    expect(forRole('grid_worker')).toEqual(['open', 'overdue', 'perThousand'])
  })
})

describe('the scale bar', () => {
  it('is the longest round distance that fits', () => {
    expect(scaleBar(30, 200)).toEqual({ metres: 5000, width: 5000 / 30 })
    expect(scaleBar(4999.999999999997, 200)).toMatchObject({ metres: 500_000 })
    expect(scaleBar(0, 200)).toBeNull()
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 5000, noNaN: true }), fc.integer({ min: 50, max: 500 }), (metres, room) => {
        const { width } = scaleBar(metres, room)!
        expect(width).toBeLessThanOrEqual(room * 1.000001)
        expect(width).toBeGreaterThan(room * 0.399)
      }),
    )
  })
})

describe('the layout', () => {
  it('goes by the shape of the wall, not by its pixels', () => {
    expect([layoutOf(1920, 1080), layoutOf(1366, 768), layoutOf(3840, 2160)]).toEqual(['single', 'single', 'single'])
    expect([layoutOf(5760, 2160), layoutOf(2560, 1080), layoutOf(3840, 1080)]).toEqual(['double', 'double', 'wide'])
  })
})

describe('a place', () => {
  it('is told from the unit shown downwards, and a village is not said twice', () => {
    const incident = { unitCode: '331004100201005' }
    expect(placeOf(incident, names, COUNTY)).toBe('新桥镇 · 新桥村 05')
    expect(placeOf(incident, names, '331004100')).toBe('新桥村 05')
    expect(placeOf(incident, names, '331004100201005')).toBe('新桥村 05')
    expect(placeOf(incident, names, COUNTY, 1)).toBe('新桥镇')
  })
})
