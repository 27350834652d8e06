/** Hot spots of a window, now and over time: counts from the index or the database, the test in a thread. Reads only. */
import type { Emerging, HotPlace, HotSpots } from '#contract/analysis.ts'
import { LEAST_PLACES, MOST_PLACES, type PLACE_LEVELS } from '#contract/analysis.ts'
import type { Bbox } from '#contract/geojson.ts'
import { Problem } from '#contract/problem.ts'
import { codeAt, countyOf } from '#model/code.ts'
import { type CellSize, type Lattice, latticeOf } from '#model/heat/lattice.ts'
import { PATTERNS } from '#model/hot-spots/emerging.ts'
import { bordering, type Neighbours, withinBand } from '#model/hot-spots/neighbours.ts'
import type { Period, Span } from '#model/hot-spots/periods.ts'
import type { Reader } from '../db/db.ts'
import * as store from '../store/analysis.ts'
import { type Counting, countingIn, findLatitude } from '../store/heat-counts.ts'
import { analyse } from './analysis-worker.ts'
import { countElsewhere, countLeaves, countSquares } from './place-counts.ts'

/** The eight squares around a square belong to its neighbourhood. */
const BAND = 1.5

export interface Where {
  by: 'cell' | 'unit'
  cell: CellSize
  level: (typeof PLACE_LEVELS)[number]
}
export interface HotSpotsRequest extends Where {
  what: store.What
  span: Span
  /** The window right before. */
  before: Span
  timeZone: string
  fdr: number
}

/** What is tested: places, what each had in each step, and who is whose neighbour. */
interface Ground {
  places: { key: string; bbox: Bbox; unitCode: string }[]
  /** Of place i in step t, at t × places + i. */
  counts: Float64Array
  neighbours: Neighbours
}

interface Sources {
  db: Reader
  counting: Counting
}

/** The squares of a unit's county: the same as those of its heat. */
export const latticeFor = async (db: Reader, unitCode: string, cell: CellSize): Promise<Lattice> =>
  latticeOf((await findLatitude(db, countyOf(unitCode))) ?? 0, cell)

async function groundOfSquares({ db, counting }: Sources, what: store.What, cell: CellSize, bounds: readonly Date[]): Promise<Ground> {
  const lattice = await latticeFor(db, what.unitCode, cell)
  const [own, rows] = await Promise.all([
    store.listSquares(db, what.unitCode, lattice, MOST_PLACES),
    countSquares(counting, what, lattice, bounds),
  ])
  if (own === null) throw new Problem('bad-request', `Squares of ${cell} m are too small for this unit: take larger ones.`)
  const keyOf = (column: number, row: number) => `${column}.${row}`
  const squares = new Map(own.map((each) => [keyOf(each.column, each.row), each]))
  // A square whose middle lies outside is counted where something was reported in it.
  const others = new Map(rows.map(({ column, row }) => [keyOf(column, row), { column, row, unitCode: what.unitCode }]))
  for (const key of squares.keys()) others.delete(key)
  const known = others.size === 0 ? [] : await store.listLeavesOf(db, what.unitCode, lattice, [...others.values()])
  for (const each of known) others.set(keyOf(each.column, each.row), each)
  for (const [key, each] of others) squares.set(key, each)
  const list = [...squares.values()]
  const at = new Map([...squares.keys()].map((key, i) => [key, i]))
  const counts = new Float64Array(list.length * (bounds.length - 1))
  for (const { column, row, step, count } of rows) counts[step * list.length + at.get(keyOf(column, row))!] = count
  const degrees = (index: number, size: number) => (index * size) / 1e7
  const places = list.map(({ column, row, unitCode }) => ({
    key: keyOf(column, row),
    bbox: [
      degrees(column, lattice.cellX),
      degrees(row, lattice.cellY),
      degrees(column + 1, lattice.cellX),
      degrees(row + 1, lattice.cellY),
    ] as Bbox,
    unitCode,
  }))
  const neighbours = withinBand(
    list.map(({ column, row }) => [column, row]),
    BAND,
  )
  return { places, counts, neighbours }
}

async function groundOfUnits({ db, counting }: Sources, what: store.What, level: Where['level'], bounds: readonly Date[]): Promise<Ground> {
  const [leaves, pairs, rows] = await Promise.all([
    store.listLeafBoxes(db, what.unitCode),
    store.listBorderPairs(db, countyOf(what.unitCode)),
    countLeaves(counting, what, bounds),
  ])
  // A leaf above the level stands for itself, so that the units cover the land.
  const ownerOf = (code: string) => codeAt(code, level) ?? code
  const at = new Map<string, number>()
  const places: Ground['places'] = []
  for (const { code, bbox } of leaves) {
    const owner = ownerOf(code)
    const known = at.get(owner)
    if (known === undefined) {
      at.set(owner, places.length)
      places.push({ key: owner, bbox: [...bbox], unitCode: owner })
    } else {
      const box = places[known]!.bbox
      places[known]!.bbox = [Math.min(box[0], bbox[0]), Math.min(box[1], bbox[1]), Math.max(box[2], bbox[2]), Math.max(box[3], bbox[3])]
    }
  }
  const counts = new Float64Array(places.length * (bounds.length - 1))
  for (const { unitCode, step, count } of rows) {
    const i = at.get(ownerOf(unitCode))
    // Of a leaf that is no more: counted with the next import or plan that moves it.
    if (i !== undefined) counts[step * places.length + i]! += count
  }
  const edges = pairs.flatMap(({ left, right }) => {
    const [a, b] = [at.get(ownerOf(left)), at.get(ownerOf(right))]
    return a === undefined || b === undefined || a === b ? [] : [[a, b] as const]
  })
  return { places, counts, neighbours: bordering(places.length, edges) }
}

const groundOf = (from: Sources, { what, by, cell, level }: Where & { what: store.What }, bounds: readonly Date[]): Promise<Ground> =>
  by === 'cell' ? groundOfSquares(from, what, cell, bounds) : groundOfUnits(from, what, level, bounds)

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0)
const iso = ({ from, to }: Span) => ({ from: from.toISOString(), to: to.toISOString() })
const around = (boxes: readonly Bbox[]): Bbox => [
  Math.min(...boxes.map(([west]) => west)),
  Math.min(...boxes.map(([, south]) => south)),
  Math.max(...boxes.map(([, , east]) => east)),
  Math.max(...boxes.map(([, , , north]) => north)),
]
const emptyReason = (total: number, places: number, found: number) =>
  total === 0 ? 'nothing-reported' : places < LEAST_PLACES ? 'too-few-places' : found === 0 ? 'nothing-found' : null

/** Throws `bad-request` for squares that are too small for the unit. */
export async function findHotSpots(db: Reader, request: HotSpotsRequest, counting = countingIn(db)): Promise<HotSpots> {
  const { what, span, before, timeZone, fdr, by, cell, level } = request
  const [{ places, counts, neighbours }, outside] = await Promise.all([
    groundOf({ db, counting }, request, [before.from, span.from, span.to]),
    countElsewhere(counting, what, span),
  ])
  const n = places.length
  const [past, now] = [counts.subarray(0, n), counts.slice(n)]
  const total = sumOf(now)
  const spots = total === 0 || n < LEAST_PLACES ? [] : await analyse('spots', { counts: now, neighbours, fdr })
  const mean = n === 0 ? 0 : total / n
  const results = spots.map((spot, rank): HotSpots['results'][number] => {
    const members = spot.places.map((each): HotPlace => {
      const { key, bbox, unitCode } = places[each.place]!
      const { z, p, q, expected } = each
      return { key, bbox, unitCode, count: now[each.place]!, before: past[each.place]!, around: each.around, expected, z, p, q }
    })
    const [peak] = members
    const all = [...spot.places.map(({ place }) => place), ...spot.ring]
    const sum = (values: Float64Array) => all.reduce((whole, place) => whole + values[place]!, 0)
    const middle = peak!.bbox
    return {
      rank: rank + 1,
      heat: spot.heat > 0 ? 'hot' : 'cold',
      unitCode: peak!.unitCode,
      bbox: around(all.map((place) => places[place]!.bbox)),
      center: [(middle[0] + middle[2]) / 2, (middle[1] + middle[3]) / 2],
      count: sum(now),
      expected: mean * all.length,
      before: sum(past),
      z: peak!.z!,
      p: peak!.p!,
      q: peak!.q!,
      members,
      ring: spot.ring.map((place) => places[place]!),
    }
  })
  return {
    unitCode: what.unitCode,
    timeZone,
    window: iso(span),
    before: iso(before),
    total,
    beforeTotal: sumOf(past),
    by,
    cell,
    level,
    fdr,
    places: n,
    significant: results.reduce((sum, { members }) => sum + members.length, 0),
    outside,
    empty: emptyReason(total, n, results.length),
    results,
  }
}

export interface EmergingRequest extends Omit<HotSpotsRequest, 'before' | 'span'> {
  step: Period
  /** Of the steps, one more than there are. */
  bounds: readonly Date[]
}

/** Throws as `findHotSpots` does. */
export async function findEmerging(db: Reader, request: EmergingRequest, counting = countingIn(db)): Promise<Emerging> {
  const { what, timeZone, fdr, by, cell, level, step, bounds } = request
  const { places, counts, neighbours } = await groundOf({ db, counting }, request, bounds)
  const [n, slices] = [places.length, bounds.length - 1]
  const total = sumOf(counts)
  const found = total === 0 || n < LEAST_PLACES ? [] : await analyse('emerging', { counts, neighbours, slices, fdr })
  const WORDS = { '1': 'hot', '-1': 'cold', '0': 'none' } as const
  const results = found.map(({ place, pattern, heat, trend, marks, z, p, q, around, expected }): Emerging['results'][number] => ({
    ...places[place]!,
    pattern,
    heat: heat > 0 ? 'hot' : 'cold',
    counts: Array.from({ length: slices }, (_, t) => counts[t * n + place]!),
    marks: marks.map((mark) => WORDS[String(mark) as '0']),
    intensity: z.map((each) => Math.round(each * 100) / 100),
    around,
    expected,
    z: z.at(-1)!,
    p,
    q,
    trend: { z: trend.z, p: trend.p },
  }))
  // What is new comes first: the rest is known.
  const rank = ({ heat, pattern }: (typeof results)[number]) => (heat === 'hot' ? 0 : PATTERNS.length) + PATTERNS.indexOf(pattern)
  results.sort((a, b) => rank(a) - rank(b) || Math.abs(b.z) - Math.abs(a.z) || a.key.localeCompare(b.key))
  return {
    unitCode: what.unitCode,
    timeZone,
    window: iso({ from: bounds[0]!, to: bounds.at(-1)! }),
    total,
    by,
    cell,
    level,
    fdr,
    places: n,
    step,
    bounds: bounds.map((bound) => bound.toISOString()),
    empty: emptyReason(total, n, results.length),
    results,
  }
}
