/** Micro-grids, on request: general grids cut further, some dozen households each; then they are the leaves. */
import { childCode } from '#model/code.ts'
import type { Building, Camera, Unit } from './county.ts'
import { type Division, share } from './divide.ts'
import { Growth } from './growth.ts'
import type { Mesh } from './mesh.ts'
import { type Point, RingIndex, toPlane } from './plane.ts'
import { createRandom } from './random.ts'
import type { GridUnit } from './units.ts'

const MICROGRID_COUNT = 9316

export interface Leaves {
  /** Leaf of each vertex. */
  leafOf: Int32Array
  /** Grid of each leaf. */
  gridOfLeaf: number[]
}

/** Every grid is its own leaf. */
export const wholeGrids = ({ grids, gridOf }: Division): Leaves => ({ leafOf: gridOf, gridOfLeaf: grids.map((_, g) => g) })

/**
 * `grids` by number with `buildings` placed in them: each part grows from a house, so hardly one is without. Leaves of
 * one grid have numbers that follow each other.
 */
export function cutMicrogrids(
  mesh: Mesh,
  { gridOf }: Division,
  grids: readonly GridUnit[],
  buildings: readonly Building[],
  seed: number,
): Leaves {
  const homes = housesByVertex(mesh, grids, buildings)
  const growth = new Growth(mesh, homes, mesh.lengths, createRandom(seed, 7))
  const general = grids.filter(({ plan }) => plan.use === 'general')
  const counts = share(
    general.map(({ unit }) => unit.households),
    MICROGRID_COUNT,
  )
  const countOf = new Map(general.map((grid, i) => [grid, counts[i] as number]))
  const leafOf = new Int32Array(gridOf.length)
  const gridOfLeaf: number[] = []
  grids.forEach((grid, g) => {
    const vertices = Int32Array.from(grid.vertices)
    const lived = vertices.reduce((sum, v) => sum + ((homes[v] as number) > 0 ? 1 : 0), 0)
    const count = Math.max(1, Math.min(countOf.get(grid) ?? 1, lived, 99))
    const parts = growth.divide({ vertices, wishes: new Array<number>(count).fill(1), fixed: true, rounds: 2 })
    vertices.forEach((v, i) => (leafOf[v] = gridOfLeaf.length + Math.max(0, parts[i] as number)))
    for (let p = 0; p < count; p++) gridOfLeaf.push(g)
  })
  return { leafOf, gridOfLeaf }
}

/** Households of the buildings that stand nearest to each vertex of their grid. */
function housesByVertex(mesh: Mesh, grids: readonly GridUnit[], buildings: readonly Building[]): Float64Array {
  const homes = new Float64Array(mesh.x.length)
  const byCode = new Map(grids.map((grid) => [grid.unit.code, grid]))
  for (const { unitCode, location, households } of buildings) {
    const [x, y] = toPlane(location[0] * 1e7, location[1] * 1e7)
    let best = Infinity
    let at = 0
    for (const v of byCode.get(unitCode)?.vertices ?? []) {
      const d = ((mesh.x[v] as number) - x) ** 2 + ((mesh.y[v] as number) - y) ** 2
      if (d < best) [best, at] = [d, v]
    }
    homes[at] = (homes[at] as number) + households
  }
  return homes
}

/** The n-th micro-grid of a grid; who lives there is counted when buildings are known. */
export function microgridOf(grid: Unit, n: number, shape: Pick<Unit, 'geometry' | 'labelPoint' | 'areaM2'>): Unit {
  const number = String(n).padStart(2, '0')
  return {
    code: childCode(grid.code, 'microgrid', n),
    parentCode: grid.code,
    level: 'microgrid',
    unitKind: 'general',
    name: `${grid.name}-${number}`,
    nameEn: `${grid.nameEn}-${number}`,
    ...shape,
    households: 0,
    residents: 0,
    isLeaf: true,
    source: 'synthetic',
  }
}

/** Moves buildings and cameras from their grids down to the micro-grids that hold them, and counts who lives there. */
export function settleMicrogrids(units: readonly Unit[], buildings: readonly Building[], cameras: readonly Camera[]): void {
  const children = new Map<string, { unit: Unit; index: RingIndex }[]>()
  for (const unit of units) {
    if (unit.level !== 'microgrid') continue
    const rings = unit.geometry.coordinates.flat().map((ring) => ring.slice(1).map(([x, y]): Point => toPlane(x * 1e7, y * 1e7)))
    const sibling = { unit, index: new RingIndex(rings, 16) }
    const known = children.get(unit.parentCode as string)
    if (known) known.push(sibling)
    else children.set(unit.parentCode as string, [sibling])
  }
  const leafAt = ({ unitCode, location }: Building | Camera): Unit | undefined => {
    const [x, y] = toPlane(location[0] * 1e7, location[1] * 1e7)
    return children.get(unitCode)?.find(({ index }) => index.has(x, y))?.unit
  }
  for (const building of buildings) {
    const leaf = leafAt(building)
    if (!leaf) continue
    building.unitCode = leaf.code
    leaf.households += building.households
    leaf.residents += building.residents
  }
  for (const camera of cameras) camera.unitCode = leafAt(camera)?.code ?? camera.unitCode
}
