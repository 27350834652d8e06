/**
 * Buildings in hamlets and rows, each strictly inside its grid and on land; their households and residents sum up to the
 * grid's. Dense grids have fewer, taller houses a household.
 */
import type { Building } from './county.ts'
import { share } from './divide.ts'
import type { Mesh } from './mesh.ts'
import { latOf, lngOf, type Point, RingIndex, toPlane } from './plane.ts'
import { mix } from '../../server/model/random.ts'
import { createRandom, type Random } from './random.ts'
import type { Terrain } from './terrain.ts'
import type { GridUnit } from './units.ts'

const BUILDING_COUNT = 50_000
/** Metres that a building keeps from its grid's border, and from the next building. */
const CLEAR = 4
const APART = 11

/** Directions of rows: unit vectors without trigonometry. */
const DIRECTIONS: readonly Point[] = [
  [1, 0],
  [0.96, 0.28],
  [0.96, -0.28],
  [0.8, 0.6],
  [0.8, -0.6],
  [0.992, 0.12609520212918492],
  [0.992, -0.12609520212918492],
]

/** Places of a hamlet in rows and columns, from its middle outwards. */
const LATTICE: readonly Point[] = Array.from({ length: 21 * 15 }, (_, n): Point => [(n % 21) - 10, Math.floor(n / 21) - 7]).sort(
  (a, b) => a[0] ** 2 + 2.2 * a[1] ** 2 - (b[0] ** 2 + 2.2 * b[1] ** 2) || a[0] - b[0] || a[1] - b[1],
)

/** Fills the grids' residents as it goes. */
export function placeBuildings(mesh: Mesh, terrain: Terrain, grids: readonly GridUnit[], mass: Float64Array, seed: number): Building[] {
  const lived = grids.filter(({ plan, unit }) => plan.use === 'general' || unit.households > 0)
  const counts = share(
    lived.map(({ unit }) => wishedBuildings(unit.households, unit.areaM2)),
    BUILDING_COUNT,
  )
  const wished = new Map(lived.map((grid, i) => [grid, Math.min(grid.unit.households, counts[i] as number)]))
  const buildings: Building[] = []
  grids.forEach((grid, g) => {
    // Streams of numbers of their own: what changes in one grid or hamlet does not move the houses of another.
    const own = mix(seed ^ Math.imul(g + 1, 0x9e3779b1))
    const random = createRandom(own, 4)
    const empty = grid.plan.use === 'place' ? 3 + random.below(6) : 0
    const wish = wished.get(grid) ?? 0
    if (wish + empty === 0) return
    const spots = findSpots(grid, wish + empty, mesh, terrain, mass, own)
    const houses = Math.min(wish, spots.length)
    if (houses === 0 && grid.unit.households > 0) throw new Error(`no room for the houses of ${grid.unit.code}`)
    const households =
      houses > 0
        ? share(
            spots.slice(0, houses).map(() => 0.3 + random.unit() * random.unit() * 2),
            grid.unit.households,
          )
        : []
    spots.forEach(([lng, lat], i) => {
      const here = households[i] ?? 0
      const residents = Math.round(here * (2.2 + 0.75 * random.unit()))
      grid.unit.residents += residents
      buildings.push({ unitCode: grid.unit.code, location: [lng / 1e7, lat / 1e7], households: here, residents })
    })
  })
  return buildings
}

/** From two households a house in the country to a dozen in the core. */
function wishedBuildings(households: number, areaM2: number): number {
  const perKm2 = (households / areaM2) * 1e6
  return households / (2.2 + Math.min(14, perKm2 / 420))
}

function findSpots(grid: GridUnit, count: number, mesh: Mesh, terrain: Terrain, mass: Float64Array, seed: number): Point[] {
  const index = new RingIndex(
    grid.unit.geometry.coordinates.flat().map((ring) => ring.slice(1).map(([lng, lat]) => toPlane(lng * 1e7, lat * 1e7))),
    48,
  )
  const spots: Point[] = []
  const taken: Point[] = []
  const tryAt = (x: number, y: number, apart: number): void => {
    if (!index.has(x, y) || index.distance2(x, y, CLEAR) < CLEAR * CLEAR || !terrain.isLand(x, y)) return
    for (const [tx, ty] of taken) if ((tx - x) ** 2 + (ty - y) ** 2 < apart * apart) return
    const spot: Point = [lngOf(x), latOf(y)]
    taken.push([x, y])
    spots.push(spot)
  }
  const centres = grid.vertices.filter((v) => (mass[v] as number) > 0)
  if (centres.length === 0) return spots
  const dense = (count / grid.unit.areaM2) * 1e6 > 260
  for (let hamlet = 0; spots.length < count && hamlet < 400; hamlet++) {
    const random = createRandom(seed, 100 + hamlet)
    const v = heaviest(centres, mass, mesh, random)
    const [dx, dy] = DIRECTIONS[random.below(DIRECTIONS.length)] as Point
    const along = dense ? 15 + 7 * random.unit() : 17 + 9 * random.unit()
    const across = dense ? 22 + 8 * random.unit() : 26 + 14 * random.unit()
    const size = Math.min(count - spots.length, 10 + random.below(dense ? 60 : 28))
    const goal = spots.length + size
    const cx = mesh.x[v] as number
    const cy = mesh.y[v] as number
    for (const [i, j] of LATTICE) {
      if (spots.length >= goal) break
      if (random.chance(0.16)) continue
      const a = i * along + (random.unit() - 0.5) * 4
      const b = j * across + (random.unit() - 0.5) * 4
      tryAt(cx + a * dx - b * dy, cy + a * dy + b * dx, hamlet < 200 ? APART : APART / 3)
    }
  }
  return spots
}

/** The densest of a few vertices drawn at random. */
function heaviest(vertices: readonly number[], mass: Float64Array, mesh: Mesh, random: Random): number {
  let best = -1
  let density = -1
  for (let i = 0; i < 4; i++) {
    const v = vertices[random.below(vertices.length)] as number
    const d = (mass[v] as number) / (mesh.area[v] as number)
    if (d > density) [density, best] = [d, v]
  }
  return best
}
