import { describe, expect, it } from 'vitest'
import { type Box, placeTip } from '../../../web/map/tip-place.ts'

const PICTURE: Box = { left: 0, top: 0, right: 800, bottom: 600 }
const SIZE = [120, 40] as const
const around = (x: number, y: number, wide: number, high: number): Box => ({
  left: x - wide,
  top: y - high,
  right: x + wide,
  bottom: y + high,
})
const covers = ([left, top]: readonly [number, number], box: Box): boolean =>
  left < box.right && left + SIZE[0] > box.left && top < box.bottom && top + SIZE[1] > box.top

describe('a tip', () => {
  it('stands right above its point where nothing is in the way', () => {
    expect(placeTip([400, 300], SIZE, [], PICTURE)).toEqual([420, 240])
  })

  it('goes to another side of what it would cover, and never onto the point', () => {
    const labels = [around(470, 260, 60, 20), around(330, 260, 60, 20)]
    const at = placeTip([400, 300], SIZE, labels, PICTURE)
    expect(at).toEqual([420, 320])
    for (const box of [...labels, around(400, 300, 8, 8)]) expect(covers(at, box)).toBe(false)
  })

  it('goes further away where all around is taken', () => {
    const at = placeTip([400, 300], SIZE, [around(400, 300, 130, 70)], PICTURE)
    expect(covers(at, around(400, 300, 130, 70))).toBe(false)
  })

  it('stays inside of the picture', () => {
    expect(placeTip([790, 10], SIZE, [], PICTURE)).toEqual([650, 30])
  })

  it('keeps its side while that is free', () => {
    const last = [-140, 20] as const
    expect(placeTip([400, 300], SIZE, [], PICTURE, last)).toEqual([260, 320])
    expect(placeTip([400, 300], SIZE, [around(300, 340, 20, 20)], PICTURE, last)).toEqual([420, 240])
  })

  it('covers least where it must cover something', () => {
    const [x, y] = placeTip([60, 30], SIZE, [{ left: 0, top: 0, right: 200, bottom: 100 }], { left: 0, top: 0, right: 200, bottom: 100 })
    expect([x, y].every(Number.isFinite)).toBe(true)
  })
})
