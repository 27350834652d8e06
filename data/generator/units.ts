/** From a divided mesh to units with codes, names and exact polygons, every level the union of its grids. */
import { type Level, LEVELS } from '#model/level.ts'
import { childCode } from '#model/code.ts'
import type { Border, LngLat, Unit } from './county.ts'
import type { Division, GridPlan } from './divide.ts'
import { labelPoint } from './label-point.ts'
import type { Mesh } from './mesh.ts'
import { type Leaves, microgridOf } from './microgrids.ts'
import { englishName, nameGrids, type VillageName } from './naming.ts'
import { countHouseholds } from './people.ts'
import type { Point } from './plane.ts'
import { createRandom } from './random.ts'
import { assemble, type Line, signedArea } from './rings.ts'

export interface Names {
  county: { code: string; name: string; nameEn: string }
  towns: { code: string; name: string; nameEn: string; villages: VillageName[] }[]
}

/** What the later parts need beside the units: grids by number, as the mesh has them. */
export interface GridUnit {
  unit: Unit
  plan: GridPlan
  /** Mesh vertices of the grid. */
  vertices: number[]
}

const DENSE = 0.0022

export function makeUnits(
  mesh: Mesh,
  division: Division,
  { gridOfLeaf }: Leaves,
  lines: readonly Line[],
  names: Names,
  seed: number,
): { units: Unit[]; grids: GridUnit[]; borders: Border[] } {
  const random = createRandom(seed, 3)
  const { grids: plans, gridOf } = division
  const villages = names.towns.flatMap((town) => town.villages)
  const verticesOf: number[][] = plans.map(() => [])
  gridOf.forEach((g, v) => verticesOf[g]?.push(v))
  const mass = new Float64Array(plans.length)
  const area = new Float64Array(plans.length)
  gridOf.forEach((g, v) => {
    mass[g] = (mass[g] as number) + (division.mass[v] as number)
    area[g] = (area[g] as number) + (mesh.area[v] as number)
  })
  const households = countHouseholds(plans, mass, random)
  const gridPolygons = assemble(lines, gridOfLeaf, plans.length)

  const grids: GridUnit[] = new Array(plans.length)
  villages.forEach((village, number) => {
    const own = plans.flatMap((plan, g) => (plan.village === number ? [g] : []))
    own.sort((a, b) => northWest(gridPolygons[a] as Point[][][]) - northWest(gridPolygons[b] as Point[][][]) || a - b)
    const dense = own.reduce((sum, g) => sum + (mass[g] as number), 0) / own.reduce((sum, g) => sum + (area[g] as number), 0) > DENSE
    const titles = nameGrids(
      village,
      own.map((g) => plans[g] as GridPlan),
      dense,
      random,
    )
    own.forEach((g, i) => {
      const polygons = gridPolygons[g] as Point[][][]
      grids[g] = {
        plan: plans[g] as GridPlan,
        vertices: verticesOf[g] as number[],
        unit: {
          code: childCode(village.code, 'grid', i + 1),
          parentCode: village.code,
          level: 'grid',
          unitKind: plans[g]?.use === 'general' ? 'general' : 'dedicated',
          ...(titles[i] as { name: string; nameEn: string }),
          ...shape(polygons),
          households: households[g] as number,
          residents: 0,
          isLeaf: true,
          source: 'synthetic',
        },
      }
    })
  })

  const leaves = makeLeaves(lines, gridOfLeaf, grids)
  const townOf = names.towns.flatMap((town, t) => town.villages.map(() => t))
  const coarser = (
    level: Level,
    count: number,
    unitOf: (g: number) => number,
    describe: (i: number) => Pick<Unit, 'code' | 'parentCode' | 'name' | 'nameEn'>,
  ): Unit[] =>
    assemble(lines, gridOfLeaf.map(unitOf), count).map((polygons, i) => ({
      ...describe(i),
      level,
      unitKind: 'general',
      ...shape(polygons),
      households: households.reduce((sum, h, g) => sum + (unitOf(g) === i ? h : 0), 0),
      residents: 0,
      isLeaf: false,
      source: level === 'county' ? 'real outline, synthetic lines' : 'synthetic',
    }))
  const villageOf = (g: number): number => (plans[g] as GridPlan).village
  const { code: countyCode } = names.county
  const units = [
    ...coarser(
      'county',
      1,
      () => 0,
      () => ({ ...names.county, parentCode: null }),
    ),
    ...coarser(
      'town',
      names.towns.length,
      (g) => townOf[villageOf(g)] as number,
      (i) => {
        const { code, name, nameEn } = names.towns[i] as Names['towns'][number]
        return { code, name, nameEn, parentCode: countyCode }
      },
    ),
    ...coarser('village', villages.length, villageOf, (i) => {
      const village = villages[i] as VillageName
      return { code: village.code, name: village.name, nameEn: englishName(village), parentCode: village.code.slice(0, 9) }
    }),
    ...grids.map(({ unit }) => unit),
    ...leaves.filter(({ level }) => level === 'microgrid'),
  ]
  units.sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || (a.code < b.code ? -1 : 1))
  return { units, grids, borders: lines.map((line) => toBorder(line, leaves)) }
}

const degrees = ([x, y]: Point): LngLat => [x / 1e7, y / 1e7]

function shape(polygons: Point[][][]): Pick<Unit, 'geometry' | 'labelPoint' | 'areaM2'> {
  return {
    geometry: { type: 'MultiPolygon', coordinates: polygons.map((rings) => rings.map((ring) => ring.map(degrees))) },
    labelPoint: degrees(labelPoint(polygons[0] as Point[][])),
    areaM2: Math.round(polygons.flat().reduce((sum, ring) => sum + ringArea(ring), 0)),
  }
}

/** m², signed. On the ellipsoid the length of a degree changes by 1 % over the county's height: taken at the ring's middle. */
function ringArea(ring: readonly Point[]): number {
  let south = Infinity
  let north = -Infinity
  for (const [, y] of ring) {
    south = Math.min(south, y)
    north = Math.max(north, y)
  }
  // Linear in latitude between 28.4 and 28.7 degrees, where it errs by less than 1e-6.
  const lat = (south + north) / 2e7
  const lngMetres = 97_997.6 + (lat - 28.4) * -928.7
  const latMetres = 110_826.1 + (lat - 28.4) * 16.4
  return (signedArea(ring) / 2 / 1e14) * lngMetres * latMetres
}

/** Grows from the north-west to the south-east: the order of a village's codes. */
function northWest(polygons: Point[][][]): number {
  let sum = 0
  const ring = polygons[0]?.[0] as Point[]
  for (const [x, y] of ring) sum += x - y
  return sum / ring.length
}

/** The unit of each leaf: the grid itself while it is whole, else its micro-grids, numbered as grids are in a village. */
function makeLeaves(lines: readonly Line[], gridOfLeaf: readonly number[], grids: readonly GridUnit[]): Unit[] {
  const leavesOf: number[][] = grids.map(() => [])
  gridOfLeaf.forEach((g, leaf) => leavesOf[g]?.push(leaf))
  const leaves = gridOfLeaf.map((g) => (grids[g] as GridUnit).unit)
  if (leaves.length === grids.length) return leaves
  const polygons = assemble(
    lines,
    gridOfLeaf.map((_, leaf) => leaf),
    gridOfLeaf.length,
  )
  grids.forEach(({ unit }, g) => {
    const own = leavesOf[g] as number[]
    if (own.length === 1) return
    unit.isLeaf = false
    own.sort((a, b) => northWest(polygons[a] as Point[][][]) - northWest(polygons[b] as Point[][][]) || a - b)
    own.forEach((leaf, i) => (leaves[leaf] = microgridOf(unit, i + 1, shape(polygons[leaf] as Point[][][]))))
  })
  return leaves
}

function toBorder({ points, left, right }: Line, leaves: readonly Unit[]): Border {
  const codeOf = (leaf: number): string | null => (leaf < 0 ? null : (leaves[leaf] as Unit).code)
  const [leftCode, rightCode] = [codeOf(left), codeOf(right)]
  return { level: coarsestBetween(leftCode, rightCode), leftCode, rightCode, line: points.map(degrees) }
}

/** The coarsest level whose units differ on the two sides of a line. */
export function coarsestBetween(leftCode: string | null, rightCode: string | null): Level {
  if (!leftCode || !rightCode || leftCode.slice(0, 6) !== rightCode.slice(0, 6)) return 'county'
  if (leftCode.slice(0, 9) !== rightCode.slice(0, 9)) return 'town'
  if (leftCode.slice(0, 12) !== rightCode.slice(0, 12)) return 'village'
  return leftCode.slice(0, 15) !== rightCode.slice(0, 15) ? 'grid' : 'microgrid'
}
