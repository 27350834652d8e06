import { describe, expect, it } from 'vitest'
import { atRightAngle, nearestOnSegment, scaleAt } from '../../../web/edit/plane.ts'
import { snap } from '../../../web/edit/snapping.ts'
import { asciiCoverage, gridAt } from '../../fixtures/ascii-coverage.ts'

const coverage = asciiCoverage(`
AABB
AABB`)
const [cellX] = gridAt(1, 0)
const [originX] = gridAt(0, 0)
/** A hundred pixels in a cell. */
const scale = { x: 100 / (cellX - originX), y: 100 / (cellX - originX) }
const at = (x: number, y: number) => gridAt(x, y) as readonly [number, number]
const near = { coverage, scale, reach: 10 }

describe('snapping', () => {
  it('goes to a corner before an edge, even when the edge is nearer', () => {
    expect(snap(at(2.02, 0.06), near)).toEqual({ at: at(2, 0), to: 'vertex' })
  })

  it('goes to the nearest point of an edge', () => {
    expect(snap(at(2.05, 1), near)).toEqual({ at: at(2, 1), to: 'edge' })
  })

  it('leaves a point alone that is near nothing', () => {
    expect(snap(at(1, 1), near)).toBeNull()
  })

  it('does not stick to where the point in hand was, nor to edges that hang on it', () => {
    expect(snap(at(2.05, 0), { ...near, except: [at(2, 0)] })).toBeNull()
  })

  it('takes lines of other layers, and says so', () => {
    const road = Int32Array.from([...at(0.5, 0.2), ...at(1.5, 0.2)])
    expect(snap(at(1, 0.25), { ...near, lines: () => [road] })).toEqual({ at: at(1, 0.2), to: 'line' })
  })
})

describe('a right angle', () => {
  const square = { x: 1, y: 1 }
  it('is made at the last corner, or the line runs straight on', () => {
    expect(atRightAngle([13, 40], [10, 0], [0, 0], square)).toEqual([10, 40])
    expect(atRightAngle([40, 13], [10, 0], [0, 0], square)).toEqual([40, 0])
  })

  it('begins due north, south, east or west', () => {
    expect(atRightAngle([3, -20], [0, 0], null, square)).toEqual([0, -20])
  })

  it('is one on the screen, where a degree of latitude is longer than one of longitude', () => {
    const scale = scaleAt(14, 60)
    expect(scale.y / scale.x).toBeCloseTo(2, 5)
    const [dx, dy] = [1000, 1000]
    const [x, y] = atRightAngle([-900_000, 200_000], [dx, dy], [0, 0], scale)
    const turn = (x - dx) * scale.x * (dx * scale.x) + (y - dy) * scale.y * (dy * scale.y)
    expect(Math.abs(turn) / (Math.hypot((x - dx) * scale.x, (y - dy) * scale.y) * Math.hypot(dx * scale.x, dy * scale.y))).toBeLessThan(
      1e-4,
    )
  })
})

describe('the nearest point of a segment', () => {
  it('lies on it, its ends included, and stands on the grid', () => {
    expect(nearestOnSegment([5, 7], [0, 0], [10, 0], { x: 1, y: 1 })).toEqual({ at: [5, 0], t: 0.5 })
    expect(nearestOnSegment([-5, 7], [0, 0], [10, 0], { x: 1, y: 1 })).toEqual({ at: [0, 0], t: 0 })
    expect(nearestOnSegment([3, 4], [2, 2], [2, 2], { x: 1, y: 1 })).toEqual({ at: [2, 2], t: 0 })
  })
})
