import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cube } from '#model/heat/cube.ts'
import { createSums } from '#model/heat/window.ts'
import { bandOf, bandsFor, countBands, quantile, scaleFor } from '../../../../web/map/heat/bands.ts'
import { cellAt, cellKm2, createScatter, fieldAround, kernelOf, smooth } from '../../../../web/map/heat/field.ts'
import { fromGround, groundOf, onGround, trianglesAround, trianglesOf } from '../../../../web/map/heat/ground.ts'
import { insideOf, mergedAt, mergedCells, outlinesOf } from '../../../../web/map/heat/merged-cells.ts'
import { fullestWindow, HeatPainter, sigmaFor } from '../../../../web/map/heat/painter.ts'

/** Cells of 200 m at 28.5° north with their incidents by day. */
const cubeOf = (cells: { column: number; row: number; level?: number; days: number[] }[], days = 4): Cube => {
  const entries = cells.flatMap(({ days: at }) => at.map((count, step) => ({ count, step })).filter(({ count }) => count > 0))
  let next = 0
  const starts = [0, ...cells.map((cell) => (next += cell.days.filter((count) => count > 0).length))]
  const merged = cells.some(({ level }) => level !== undefined)
  return {
    step: 'day',
    metres: 200,
    originX: 1_213_000_000,
    originY: 285_000_000,
    cellX: 20_480,
    cellY: 17_988,
    width: 100,
    height: 100,
    bounds: Float64Array.from({ length: days + 1 }, (_day, n) => n * 86_400),
    columns: Int32Array.from(cells, (each) => each.column),
    rows: Int32Array.from(cells, (each) => each.row),
    levels: merged ? Uint8Array.from(cells, (each) => each.level ?? 0) : null,
    starts: Uint32Array.from(starts),
    steps: Uint32Array.from(entries, (each) => each.step),
    counts: Uint32Array.from(entries, (each) => each.count),
    weights: null,
    total: entries.reduce((sum, each) => sum + each.count, 0),
    unplaced: 0,
    withheld: false,
  }
}
const sum = (values: Iterable<number>) => [...values].reduce((total, each) => total + each, 0)

describe('the bands', () => {
  it('have round bounds that grow as those of the look do', () => {
    expect(bandsFor(270, 7)).toEqual([10, 25, 50, 80, 130, 190, 270])
    expect(bandsFor(0.27, 7)).toEqual([0.01, 0.025, 0.05, 0.08, 0.13, 0.19, 0.27])
    for (const peak of [1e-4, 0.7, 3, 41, 999, 123_456]) {
      const bounds = bandsFor(peak, 7)
      expect(bounds.at(-1)).toBeGreaterThanOrEqual(peak * 0.98)
      expect(bounds.at(-1)).toBeLessThan(peak * 1.4)
      expect(bounds).toEqual([...new Set(bounds)].sort((a, b) => a - b))
    }
  })

  it('are those of one where there is nothing', () => {
    for (const peak of [0, -1, NaN, Infinity]) expect(bandsFor(peak, 7)).toEqual(bandsFor(1, 7))
  })

  it('of counts begin at whole numbers, each at its own', () => {
    expect(countBands(0, 7)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(countBands(270, 7)).toEqual([10, 25, 50, 80, 130, 190, 270])
    expect(countBands(12, 4)).toEqual([1, 3, 6, 12])
  })

  it('hold their lower bound and not the upper', () => {
    expect([0, 9.9, 10, 24, 25, 1e9].map((value) => bandOf(value, [10, 25]))).toEqual([0, 0, 1, 1, 2, 2])
  })

  it('look at what is there, not at the empty rest', () => {
    expect(quantile([0, 0, 0, 1, 2, 3, 4], 0.5)).toBe(3)
    expect(quantile([0, 0], 0.9)).toBe(0)
  })
})

describe('the scale', () => {
  const share = (values: ArrayLike<number>, bounds: readonly number[]) => {
    const reach = (bound: number) => Array.prototype.filter.call(values, (each: number) => each >= bound).length
    return reach(bounds.at(-1)!) / reach(bounds[0]!)
  }
  const kinds = fc.constantFrom([7, false], [6, false], [7, true], [6, true], [4, true]) as fc.Arbitrary<[7 | 6 | 4, boolean]>
  /** Long-tailed, as incidents over a county are. */
  const part = fc.noBias(fc.integer({ min: -1000, max: 1000 }))
  const place = fc.tuple(part, part, part, part).map((parts) => Math.exp(sum(parts) / 1000))

  it('keeps the top band for at most 3 % of the land with heat, and leaves some in it and in the lowest', () => {
    fc.assert(
      fc.property(
        kinds,
        fc.array(place, { minLength: 300, maxLength: 400 }),
        fc.integer({ min: -3, max: 3 }),
        ([count, inSteps], raw, power) => {
          const values = raw.map((each) => (inSteps ? Math.ceil(each * 10 ** Math.abs(power)) : each * 10 ** power))
          const bounds = scaleFor(values, count, inSteps)
          expect(bounds).toEqual([...new Set(bounds)].sort((a, b) => a - b))
          // Counts of a few have no coarser scale to go to.
          if (inSteps && bounds.at(-1) === count) return
          expect(share(values, bounds)).toBeLessThanOrEqual(0.03)
          expect(share(values, bounds)).toBeGreaterThan(0)
          if (inSteps) expect(bounds[0]).toBe(1)
          else expect(values.some((each) => bandOf(each, bounds) === 1)).toBe(true)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('reaches as far as the cores do, and no core is all there is', () => {
    const cores = [...Array<number>(970).fill(1), ...Array<number>(30).fill(27)]
    expect(scaleFor(cores, 7, false)).toEqual([1, 2.5, 5, 8, 13, 19, 27])
    expect(scaleFor(cores, 7, true)).toEqual([1, 3, 5, 8, 13, 19, 27])
    expect(bandOf(3, scaleFor(Array<number>(500).fill(3), 7, false))).toBe(6)
    expect(scaleFor([0, 0], 7, true)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(scaleFor([1, 2, 1, 3], 6, true)).toEqual([1, 2, 3, 4, 5, 6])
  })
})

describe('the field', () => {
  it('loses and invents nothing while it smooths, and is symmetrical', () => {
    const cube = cubeOf([{ column: 40, row: 30, days: [8, 0, 0, 0] }])
    const field = fieldAround(cube, 6)!
    const [raw, result, between] = [0, 1, 2].map(() => new Float32Array(field.columns * field.rows)) as [
      Float32Array<ArrayBuffer>,
      Float32Array<ArrayBuffer>,
      Float32Array<ArrayBuffer>,
    ]
    createScatter(cube, field)([8], raw)
    smooth(raw, result, between, field, 2)
    expect(sum(result)).toBeCloseTo(8, 4)
    expect(Math.max(...result)).toBeCloseTo(8 * kernelOf(2)[0]! ** 2, 5)
    expect([...result].reverse()).toEqual([...result])
  })

  it('spreads a merged cell evenly over its ground, and leaves out what is nowhere', () => {
    const cube = cubeOf([
      { column: 4, row: 8, level: 2, days: [16] },
      { column: 0, row: 0, level: 255, days: [99] },
    ])
    const field = fieldAround(cube, 1)!
    expect([field.columns, field.rows]).toEqual([6, 6])
    const into = new Float32Array(36)
    createScatter(cube, field)([16, 99], into)
    expect(sum(into)).toBe(16)
    expect(into[6 + 1]).toBe(1)
    expect(into[0]).toBe(0)
  })

  it('is none where no incident has a place', () => {
    expect(fieldAround(cubeOf([]), 3)).toBeNull()
    expect(new HeatPainter(createSums(cubeOf([])), { look: 'bands', weighted: false, sigma: 300, colours: 7 }).paint(0, 4)).toBeNull()
  })

  it('knows how large a cell is on the ground, and which one holds a place', () => {
    const field = fieldAround(cubeOf([{ column: 10, row: 10, days: [1] }]), 0)!
    expect(cellKm2(field, 0)).toBeCloseTo(0.04, 3)
    expect(cellAt(field, [121.3 + 10.5 * 0.002048, 28.5 + 10.5 * 0.0017988])).toEqual([0, 0])
  })
})

describe('the ground', () => {
  const field = fieldAround(
    cubeOf([
      { column: 0, row: 0, days: [1] },
      { column: 180, row: 160, days: [1] },
    ]),
    4,
  )!

  it('finds every row from the map to the hundredth of a cell', () => {
    const { x, y, columns, rows } = groundOf(field)
    const corners = trianglesAround(field)
    const places = onGround(corners, { x, y, columns, rows })
    for (let n = 0; n < places.length; n += 2) {
      const s = places[n + 1]!
      const row = rows[0] + s * (rows[1] + s * (rows[2] + s * rows[3]))
      expect(Math.min(Math.abs(row), Math.abs(row - field.rows)), `row ${row}`).toBeLessThan(0.01)
      expect(Math.min(Math.abs(places[n]!), Math.abs(places[n]! - field.columns))).toBeLessThan(0.01)
    }
  })

  it('brings its places where the whole world’s matrix brings them', () => {
    const ground = groundOf(field)
    const world = [3, 0, 0, 0, 0, -5, 0, 0, 0, 0, 1, 0, 0.25, 0.5, 0, 1]
    const own = fromGround(world, ground)
    const [u, v] = [12, -7]
    const x = 3 * (ground.x + u / ground.columns) + 0.25
    expect(own[0]! * u + own[12]!).toBeCloseTo(x, 6)
    expect(own[5]! * v + own[13]!).toBeCloseTo(-5 * (ground.y + v / ground.columns) + 0.5, 6)
  })

  it('cuts a shape with a hole into triangles of its own area', () => {
    const ring = (a: number, b: number) => [
      [a, a],
      [b, a],
      [b, b],
      [a, b],
      [a, a],
    ]
    const corners = trianglesOf({ type: 'MultiPolygon', coordinates: [[ring(0, 0.004), ring(0.001, 0.002)], [ring(0.01, 0.011)]] })
    let area = 0
    for (let n = 0; n < corners.length; n += 6) {
      const [ax, ay, bx, by, cx, cy] = corners.slice(n, n + 6) as unknown as [number, number, number, number, number, number]
      area += Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2
    }
    expect(area * 360 ** 2 * 1e6).toBeCloseTo(16, 3)
  })
})

describe('the painter', () => {
  const cube = cubeOf([
    { column: 10, row: 10, days: [3, 0, 5, 2] },
    { column: 11, row: 10, days: [0, 1, 0, 0] },
    { column: 30, row: 25, days: [0, 0, 0, 40] },
  ])

  it('draws a window’s own counts in cells', () => {
    const painter = new HeatPainter(createSums(cube), { look: 'cells', weighted: false, sigma: 0, colours: 7 })
    const picture = painter.paint(0, 2)!
    expect([...picture.values].filter((n) => n > 0)).toEqual([3, 1])
    expect(sum(painter.paint(0, 4)!.values)).toBe(51)
  })

  it('keeps its scale wherever the window stands, and takes another for another length', () => {
    const painter = new HeatPainter(createSums(cube), { look: 'bands', weighted: false, sigma: 300, colours: 7 })
    const first = painter.paint(0, 1)!.bounds
    expect(painter.paint(3, 4)!.bounds).toBe(first)
    const [whole, fullest] = [painter.paint(0, 4)!, fullestWindow(createSums(cube), 1)]
    expect(fullest).toEqual([3, 4])
    // In the fullest day, and in all four, the hottest place is in the top band and little more.
    for (const [values, bounds] of [
      [painter.paint(...fullest)!.values, first],
      [whole.values, whole.bounds],
    ] as const) {
      // prettier-ignore
      expect(Math.max(...values)).toBeGreaterThanOrEqual(bounds.at(-1)!)
      expect(values.filter((value) => value >= bounds.at(-1)!).length).toBeLessThan(
        values.filter((value) => value >= bounds[0]!).length / 10,
      )
    }
  })

  it('draws incidents per square kilometre: over its ground they are all there', () => {
    const painter = new HeatPainter(createSums(cube), { look: 'bands', weighted: false, sigma: 300, colours: 7 })
    const { values, field } = painter.paint(0, 4)!
    const all = values.reduce((total, value, n) => total + value * cellKm2(field, Math.floor(n / field.columns)), 0)
    expect(all).toBeCloseTo(51, 1)
  })

  it('smooths as finely as the data bear, and no finer than an eye needs', () => {
    expect(sigmaFor(31_390, 250, 27)).toBe(300)
    expect(sigmaFor(384, 250, 27)).toBe(600)
    expect(sigmaFor(0, 250, 27)).toBe(1500)
    expect(sigmaFor(1e9, 250, 2)).toBe(60)
  })
})

describe('cells that small numbers made larger', () => {
  const cube = cubeOf([
    { column: 0, row: 0, level: 255, days: [3, 3, 3, 3] },
    { column: 8, row: 4, level: 2, days: [5, 0, 0, 5] },
    { column: 8, row: 4, level: 3, days: [0, 6, 6, 0] },
    { column: 9, row: 4, days: [7, 7, 7, 7] },
  ])
  const at = (column: number, row: number) => [cube.originX + column * cube.cellX, cube.originY + row * cube.cellY] as const
  const metresIn = (from: number, to: number) => mergedCells(createSums(cube), from, to).map(({ metres }) => metres)

  it('are those of the window alone, the largest first, and never what is anywhere', () => {
    expect([metresIn(0, 1), metresIn(1, 3), metresIn(0, 2)]).toEqual([[800], [1600], [1600, 800]])
    expect(mergedCells(createSums({ ...cube, levels: null }), 0, 4)).toEqual([])
  })

  it('are painted though a number of five is a fraction in each of their places', () => {
    const only = cubeOf([{ column: 8, row: 4, level: 3, days: [5, 5, 5, 5] }])
    const painter = new HeatPainter(createSums(only), { look: 'cells', weighted: false, sigma: 0, colours: 7 })
    const { values, bounds } = painter.paint(0, 1)!
    expect(values.filter((value) => bandOf(value, bounds) > 0)).toHaveLength(64)
  })

  it('are found by a place, west and south inside', () => {
    const cells = mergedCells(createSums(cube), 0, 4)
    expect(mergedAt(cells, ...at(8, 4))).toEqual({ box: [...at(8, 4), ...at(16, 12)], metres: 1600 })
    expect([mergedAt(cells, ...at(16, 4)), mergedAt(cells, ...at(7, 4))]).toEqual([null, null])
  })

  it('have outlines that are drawn once, and only inside of the county', () => {
    const cells = mergedCells(createSums(cube), 0, 4)
    const [west, south] = at(8, 4).map((each) => each / 1e7) as [number, number]
    const [width, height] = [cube.cellX / 1e7, cube.cellY / 1e7]
    // The smaller square shares two sides with the larger: six lines in all, not eight.
    const all = outlinesOf(cells, cube, () => true)
    expect(all).toHaveLength(6)
    expect(sum(all.map(([a, b]) => Math.round((b![0]! - a![0]!) / width + (b![1]! - a![1]!) / height)))).toBe(4 * 8 + 2 * 4)
    const [middle, top] = [west + 3.5 * width, south + 20 * height]
    const county = { type: 'Polygon' as const, coordinates: [[[0, 0], [middle, 0], [middle, top], [0, top], [0, 0]]] } // prettier-ignore
    const within = outlinesOf(cells, cube, insideOf(county))
    expect(Math.max(...within.flat().map(([lng]) => Math.round((lng! - west) / width)))).toBe(3)
    expect(within).toHaveLength(4)
  })
})
