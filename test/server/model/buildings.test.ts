import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Buildings, buildingsOf } from '#model/buildings.ts'
import { at } from '../../fixtures/ascii-map.ts'
import { gridAt } from '../../fixtures/ascii-coverage.ts'

describe('buildings', () => {
  const small = { location: at(0.5, 0.5), households: 3, residents: 8 }
  const hall = { location: at(5, 5), households: 0, residents: 0, footprint: [at(4, 4), at(6, 4), at(6, 6), at(4, 6), at(4, 4)] }
  const buildings = buildingsOf([small, hall])

  it('are found by their points and by their footprints', () => {
    expect(buildings.within([...gridAt(0, 0), ...gridAt(1, 1)])).toEqual([0])
    expect(buildings.within([...gridAt(5.5, 5.5), ...gridAt(9, 9)])).toEqual([1])
    expect(buildings.within([...gridAt(2, 2), ...gridAt(3, 3)])).toEqual([])
  })

  it('know their footprints, not closed', () => {
    expect(buildings.footprintOf(0)).toBeNull()
    expect([...buildings.footprintOf(1)!]).toEqual([...gridAt(4, 4), ...gridAt(6, 4), ...gridAt(6, 6), ...gridAt(4, 6)])
    expect(buildingsOf([small]).footprintOf(0)).toBeNull()
    expect(buildingsOf([{ ...hall, footprint: hall.footprint.slice(0, 4) }]).footprintOf(0)).toHaveLength(8)
  })

  it('refuse what does not fit', () => {
    expect(() => buildingsOf([{ ...small, households: 70_000 }])).toThrow('building 0 cannot hold 70000')
    expect(() => buildingsOf([{ ...small, residents: 1.5 }])).toThrow('cannot hold 1.5')
    expect(() => new Buildings({ ...buildings.columns, x: new Int32Array(3) })).toThrow('columns of 3, 2, 2, 2, 2 buildings')
  })

  it('are found as a scan of all finds them', () => {
    const place = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200 }))
    fc.assert(
      fc.property(fc.array(place, { maxLength: 200 }), place, place, (places, a, b) => {
        const all = buildingsOf(places.map(([x, y]) => ({ location: [x / 1e7, y / 1e7], households: 1, residents: 1 })))
        const box = [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])] as const
        const inside = places.flatMap(([x, y], i) => (x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3] ? [i] : []))
        expect(all.within([...box]).sort((p, q) => p - q)).toEqual(inside)
      }),
    )
  })
})
