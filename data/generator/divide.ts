/**
 * Who belongs where: every vertex of the mesh gets a grid, every grid a village, every village a town. Towns grow from
 * their real places, villages within towns, grids within villages, so levels nest by construction.
 */
import { Growth } from './growth.ts'
import type { Mesh } from './mesh.ts'
import { toPlane } from './plane.ts'
import { createRandom, valueNoise, type Random } from './random.ts'
import { type Terrain, TOWNS } from './terrain.ts'

export interface GridPlan {
  /** Number of the village, in the order of the names file. */
  village: number
  /** general: where people live; place: a market, school…; flats: off the land. */
  use: 'general' | 'place' | 'flats'
}

export interface Division {
  grids: GridPlan[]
  /** Grid of each vertex. */
  gridOf: Int32Array
  /** Invented households of each vertex's surroundings. */
  mass: Float64Array
}

export const GRID_COUNT = 635
const PLACE_COUNT = 46
const FLATS_MIN_M2 = 1_300_000
const FLATS_EACH_M2 = 6_000_000

/** `villagesOf[t]`: numbers of the villages of TOWNS[t]; the first get the densest land. */
export function divideCounty(mesh: Mesh, terrain: Terrain, villagesOf: readonly (readonly number[])[], seed: number): Division {
  const count = mesh.x.length
  const mass = new Float64Array(count)
  const weight = new Float64Array(count)
  for (let v = 0; v < count; v++) {
    const area = mesh.area[v] as number
    mass[v] = terrain.density(mesh.x[v] as number, mesh.y[v] as number) * area
    weight[v] = (mass[v] as number) + area * (terrain.isLand(mesh.x[v] as number, mesh.y[v] as number) ? 3e-5 : 1e-9)
  }
  const random = createRandom(seed, 2)
  const growth = new Growth(mesh, weight, edgeCosts(mesh, terrain), random)
  const [main, ...islands] = components(mesh)

  const townOf = spread(
    main,
    growth.divide({ vertices: main, wishes: TOWNS.map(({ share }) => share), seeds: townSeeds(mesh, main), fixed: true, rounds: 12 }),
    count,
  )
  const grids: GridPlan[] = []
  const gridOf = new Int32Array(count).fill(-1)
  const villages = TOWNS.flatMap((_, t): { village: number; vertices: Int32Array }[] => {
    const numbers = villagesOf[t] as readonly number[]
    const vertices: Int32Array = main.filter((v) => townOf[v] === t)
    const parts = growth.divide({ vertices, wishes: numbers.map(() => 0.55 + 1.1 * random.unit()), rounds: 10 })
    const pieces = numbers.map((_, p) => vertices.filter((_vertex, i) => parts[i] === p))
    const density = new Map(pieces.map((piece) => [piece, sumOf(mass, piece) / sumOf(mesh.area, piece)]))
    pieces.sort((a, b) => (density.get(b) as number) - (density.get(a) as number))
    return numbers.map((village, p) => ({ village, vertices: pieces[p] as Int32Array }))
  })
  for (const village of villages) {
    const flats = cutFlats(mesh, terrain, village.vertices, mass, seed)
    if (flats.off.length === 0) continue
    village.vertices = flats.land
    const area = sumOf(mesh.area, flats.off)
    const parts = growth.divide({
      vertices: flats.off,
      wishes: Array.from({ length: Math.ceil(area / FLATS_EACH_M2) }, () => 1),
      rounds: 6,
    })
    flats.off.forEach((v, i) => (gridOf[v] = grids.length + (parts[i] as number)))
    for (let p = 0; p <= Math.max(...parts); p++) grids.push({ village: village.village, use: 'flats' })
  }
  const generalCount = GRID_COUNT - PLACE_COUNT - grids.length
  const shares = share(
    villages.map(({ vertices }) => sumOf(mass, vertices)),
    generalCount,
  )
  const places = choosePlaces(shares, random)
  villages.forEach(({ village, vertices }, i) => {
    const wishes = Array.from({ length: shares[i] as number }, () => 0.85 + 0.3 * random.unit())
    for (let p = 0; p < (places[i] as number); p++) wishes.push(0.22 + 0.2 * random.unit())
    const parts = growth.divide({ vertices, wishes, rounds: 9 })
    vertices.forEach((v, n) => (gridOf[v] = grids.length + (parts[n] as number)))
    wishes.forEach((_, p) => grids.push({ village, use: p < (shares[i] as number) ? 'general' : 'place' }))
  })
  for (const island of islands) {
    const home = nearest(mesh, main, mesh.x[island[0] as number] as number, mesh.y[island[0] as number] as number)
    for (const v of island) gridOf[v] = gridOf[home] as number
  }
  return { grids, gridOf, mass }
}

function edgeCosts(mesh: Mesh, terrain: Terrain): Float64Array {
  const resistance = mesh.x.map((x, v) => terrain.resistance(x, mesh.y[v] as number))
  return mesh.lengths.map((length, k) => length * (resistance[mesh.neighbours[k] as number] as number))
}

/** The largest connected piece, and the others. */
function components(mesh: Mesh, among?: Int32Array): [Int32Array, ...Int32Array[]] {
  const open = new Uint8Array(mesh.x.length).fill(among ? 0 : 1)
  for (const v of among ?? []) open[v] = 1
  const found: number[][] = []
  for (const start of among ?? open.keys()) {
    if (!open[start]) continue
    const piece = [start]
    open[start] = 0
    for (let i = 0; i < piece.length; i++) {
      const v = piece[i] as number
      for (let k = mesh.starts[v] as number; k < (mesh.starts[v + 1] as number); k++) {
        const w = mesh.neighbours[k] as number
        if (!open[w]) continue
        open[w] = 0
        piece.push(w)
      }
    }
    found.push(piece)
  }
  found.sort((a, b) => b.length - a.length)
  return found.map((piece) => Int32Array.from(piece).sort()) as [Int32Array, ...Int32Array[]]
}

/** What of a village lies out on the flats, when it is much; what that cuts off from the land goes with it. */
function cutFlats(
  mesh: Mesh,
  terrain: Terrain,
  vertices: Int32Array,
  mass: Float64Array,
  seed: number,
): { land: Int32Array; off: Int32Array } {
  const whole = { land: vertices, off: new Int32Array() }
  const wet = vertices.filter((v) => {
    const [x, y] = [mesh.x[v] as number, mesh.y[v] as number]
    return !terrain.isLand(x, y) && !terrain.isLand(x - 250 - 500 * valueNoise(x, y, 700, seed + 31), y)
  })
  if (wet.length === 0) return whole
  const out = new Set(components(mesh, wet)[0])
  const pieces = components(
    mesh,
    vertices.filter((v) => !out.has(v)),
  )
  if (!pieces[0]) return whole
  pieces.sort((a, b) => sumOf(mass, b) - sumOf(mass, a))
  const land = pieces[0]
  const dry = new Set(land)
  const off = vertices.filter((v) => !dry.has(v))
  return sumOf(mesh.area, off) < FLATS_MIN_M2 ? whole : { land, off }
}

/** Whole numbers, at least one each, in proportion (largest remainder). */
export function share(weights: readonly number[], total: number): number[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  const spare = total - weights.length
  const exact = weights.map((weight) => Math.max(0, (weight / sum) * total - 1))
  const scale = spare / exact.reduce((a, b) => a + b, 0)
  const parts = exact.map((e) => Math.floor(e * scale))
  const order = exact.map((e, i) => ({ i, rest: e * scale - Math.floor(e * scale) })).sort((a, b) => b.rest - a.rest || a.i - b.i)
  const left = spare - parts.reduce((a, b) => a + b, 0)
  for (const { i } of order.slice(0, left)) parts[i] = (parts[i] as number) + 1
  return parts.map((part) => part + 1)
}

/** Which villages hold a place of their own: one at most, rather the large ones. */
function choosePlaces(shares: readonly number[], random: Random): number[] {
  const order = shares.map((size, i) => ({ i, key: random.unit() * (size + 1) })).sort((a, b) => b.key - a.key || a.i - b.i)
  const places = shares.map(() => 0)
  for (const { i } of order.slice(0, PLACE_COUNT)) places[i] = 1
  return places
}

function townSeeds(mesh: Mesh, vertices: Int32Array): number[] {
  return TOWNS.map(({ centre, seed = centre }) => {
    const [x, y] = toPlane(seed[0] * 1e7, seed[1] * 1e7)
    return nearest(mesh, vertices, x, y)
  })
}

function nearest(mesh: Mesh, vertices: Int32Array, x: number, y: number): number {
  let best = Infinity
  let found = vertices[0] as number
  for (const v of vertices) {
    const d = ((mesh.x[v] as number) - x) ** 2 + ((mesh.y[v] as number) - y) ** 2
    if (d < best) [best, found] = [d, v]
  }
  return found
}

function spread(vertices: Int32Array, parts: Int32Array, count: number): Int32Array {
  const all = new Int32Array(count).fill(-1)
  vertices.forEach((v, i) => (all[v] = parts[i] as number))
  return all
}

const sumOf = (values: Float64Array, vertices: Int32Array): number => {
  let sum = 0
  for (const v of vertices) sum += values[v] as number
  return sum
}
