import { describe, expect, it } from 'vitest'
import { circleAround } from '../../../web/map/layers/attention.ts'
import { tileAddress } from '../../../web/map/sources.ts'
import { Flights, metresPerPixel, roomIn } from '../../../web/map/view.ts'

describe('flights to a new red', () => {
  it('happen once for an incident and eight seconds apart', () => {
    const flights = new Flights()
    expect([flights.take('a', 0), flights.take('a', 60_000)]).toEqual([true, false])
    expect([flights.take('b', 7_999), flights.take('b', 8_000)]).toEqual([false, true])
  })

  it('never take the map out of somebody’s hands', () => {
    const flights = new Flights()
    flights.touch(1_000)
    expect([flights.take('a', 2_000), flights.take('a', 60_999), flights.take('a', 61_000)]).toEqual([false, false, true])
  })
})

describe('the room between the panels', () => {
  const window = (clientWidth: number, clientHeight: number) => ({ clientWidth, clientHeight }) as HTMLElement

  it('is what they leave, as long as they leave enough', () => {
    const padding = { top: 60, right: 380, bottom: 150, left: 380 }
    expect(roomIn(window(1920, 1080), padding)).toEqual(padding)
    expect(roomIn(window(800, 1080), padding)).toMatchObject({ left: 38, right: 38, top: 60 })
  })
})

describe('lengths on the ground', () => {
  it('are those of web mercator with tiles of 512 pixels', () => {
    expect(metresPerPixel(0, 0)).toBeCloseTo(78_271.52, 1)
    expect(metresPerPixel(60, 10)).toBeCloseTo(78_271.52 / 1024 / 2, 3)
  })

  it('make a circle of 300 m that closes', () => {
    const ring = circleAround([121.37, 28.58], 300)
    const metres = ring.map(([lng, lat]) =>
      Math.hypot((lng! - 121.37) * 111_320 * Math.cos((28.58 * Math.PI) / 180), (lat! - 28.58) * 111_320),
    )
    expect(ring[0]).toEqual([expect.closeTo(ring.at(-1)![0]!, 12), expect.closeTo(ring.at(-1)![1]!, 12)])
    for (const each of metres) expect(each).toBeCloseTo(300, 6)
  })
})

describe('the address of a tile set', () => {
  it('is absolute and carries the version', () => {
    expect(tileAddress('http://wall:8080', 'units', 7)).toBe('http://wall:8080/tiles/units/{z}/{x}/{y}.mvt?v=7')
  })
})
