import { describe, expect, it } from 'vitest'
import { leaderLine, polyline } from '../../../web/map/leader.ts'

describe('the leader line', () => {
  it('leaves the marker at 45° and runs level into the card', () => {
    const [start, bend, end] = leaderLine({ x: 100, y: 300 }, { x: 500, y: 200 }, Math.SQRT2 * 10)
    expect([start!.x, start!.y]).toEqual([expect.closeTo(110), expect.closeTo(290)])
    expect([bend, end]).toEqual([
      { x: 200, y: 200 },
      { x: 500, y: 200 },
    ])
  })

  it('is straight where the card is too near for that', () => {
    expect(leaderLine({ x: 0, y: 0 }, { x: 30, y: 400 }, 0)).toEqual([
      { x: 0, y: 0 },
      { x: 30, y: 400 },
    ])
  })

  it('is level when they stand at the same height', () => {
    expect(leaderLine({ x: 0, y: 50 }, { x: 100, y: 50 }, 20)).toEqual([
      { x: 20, y: 50 },
      { x: 100, y: 50 },
    ])
  })

  it('is not drawn when the card lies on the marker', () => {
    expect(leaderLine({ x: 0, y: 0 }, { x: 5, y: 5 }, 30)).toEqual([])
  })

  it('is written as SVG has it', () => {
    expect(
      polyline([
        { x: 1, y: 2.04 },
        { x: 3.26, y: 4 },
      ]),
    ).toBe('1.0,2.0 3.3,4.0')
  })
})
