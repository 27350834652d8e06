/** What all checks of a change look at: the state after it, what it touched, and what was there before. */
import { boundsLand, closeRings } from '../arc-rings.ts'
import type { Balance } from '../balance.ts'
import { isWithin } from '../code.ts'
import type { Coverage, GridBox } from '../coverage.ts'
import { fromGrid, type LngLat } from '../crs.ts'
import { type Arc, type Difference, type Leaf, touched } from '../difference.ts'
import { sideOfPolygon } from '../exact.ts'
import { labelPoint } from '../measure.ts'
import { bboxOf, type GridPolygons } from '../rings.ts'
import { sweptBy, type Swept } from '../swept.ts'
import type { Targets } from '../targets.ts'

export interface CheckInput {
  /** The state with the difference in effect. */
  coverage: Coverage
  /** All that changed since the base: `netDifference` of a plan's differences. */
  difference: Difference
  /** The balance of `coverage`. Without one nothing is said of households and buildings. */
  balance: Balance | null
  targets: Targets
  /** Ids of leaves that have somebody on a post; a micro-grid is staffed by its grid, too. Null: not known, nothing is said. */
  staffed: ReadonlySet<string> | null
}

export interface Context extends CheckInput {
  swept: Swept
  /** Touched leaves that are there. */
  leaves: Leaf[]
  /** Of these, the ones whose rings close and bound land. */
  sound: Leaf[]
  /** Empty for a leaf that was not there. */
  before(leafId: string): GridPolygons
  leafBefore(leafId: string): Leaf | null
}

export function contextOf(input: CheckInput): Context {
  const { coverage, difference } = input
  const leafIds = touched(difference)
  const replaced = new Map(difference.leaves.removed.map((leaf) => [leaf.id, leaf]))
  const fresh = new Set(difference.leaves.added.map(({ id }) => id))
  const added = new Set(difference.arcs.added.map(({ id }) => id))
  const shapes = new Map<string, GridPolygons>()
  const leafBefore = (id: string) => replaced.get(id) ?? (fresh.has(id) ? null : (coverage.leaves.get(id) ?? null))
  const before = (id: string): GridPolygons => {
    if (leafBefore(id) === null) return []
    if (!leafIds.has(id)) return coverage.polygonsOf(id)
    let shape = shapes.get(id)
    if (!shape) {
      const kept = [...coverage.arcsOf(id)].filter((arc) => !added.has(arc.id))
      const gone = difference.arcs.removed.filter(({ left, right }) => left === id || right === id)
      shape = closeRings([...kept, ...gone], (each) => each === id)
      shapes.set(id, shape)
    }
    return shape
  }
  const leaves = [...leafIds].flatMap((id) => coverage.leaves.get(id) ?? [])
  const sound = leaves.filter(({ id }) => {
    const arcs = [...coverage.arcsOf(id)]
    return closes(arcs, id) && boundsLand(arcs, (each) => each === id)
  })
  return { ...input, swept: sweptBy(difference), leaves, sound, before, leafBefore }
}

/** The land of some leaves before the change, as one. */
export function unionBefore({ coverage, difference }: Context, leafIds: ReadonlySet<string>): GridPolygons {
  const added = new Set(difference.arcs.added.map(({ id }) => id))
  const arcs = new Set<Arc>()
  for (const id of leafIds) for (const arc of coverage.arcsOf(id)) if (!added.has(arc.id)) arcs.add(arc)
  for (const arc of difference.arcs.removed) if (leafIds.has(arc.left ?? '') || leafIds.has(arc.right ?? '')) arcs.add(arc)
  return closeRings([...arcs], (id) => leafIds.has(id))
}

/** Leaves as they were before the change, those that went with it included. */
export function leavesBefore({ coverage, difference, leafBefore }: Context): Leaf[] {
  return [...new Set([...coverage.leaves.keys(), ...difference.leaves.removed.map(({ id }) => id)])].flatMap((id) => leafBefore(id) ?? [])
}

/**
 * How many parts a unit may lie in without the change having torn it: as many as before, and one in each part that the land above it
 * was in before.
 */
export function allowedParts(context: Context, { now, before, above }: { now: GridPolygons; before: GridPolygons; above: string }): number {
  const least = Math.max(1, before.length)
  if (now.length <= least) return least
  const held = new Set(
    leavesBefore(context)
      .filter(({ code, parentCode }) => isWithin(parentCode, above) || code === above)
      .map(({ id }) => id),
  )
  const parts = unionBefore(context, held)
  const holder = (part: GridPolygons[number]) => parts.findIndex((each) => sideOfPolygon(...labelPoint([part]), each) >= 0)
  return Math.max(least, new Set(now.map(holder).filter((index) => index >= 0)).size)
}

/** True when the leaf's border leaves every node as often as it comes there. */
function closes(arcs: readonly Arc[], leafId: string): boolean {
  const net = new Map<string, number>()
  const count = (x: number, y: number, by: number) => net.set(`${x},${y}`, (net.get(`${x},${y}`) ?? 0) + by)
  for (const { points: p, left, right } of arcs) {
    if (left === right) continue
    count(p[0]!, p[1]!, left === leafId ? 1 : -1)
    count(p.at(-2)!, p.at(-1)!, left === leafId ? -1 : 1)
  }
  return arcs.length > 0 && [...net.values()].every((sum) => sum === 0)
}

/** [west, south, east, north] of a box on the grid. */
export function extentOf([minX, minY, maxX, maxY]: GridBox): [number, number, number, number] {
  return [...fromGrid([minX, minY]), ...fromGrid([maxX, maxY])]
}

/** Where to look for some land: a point well inside its largest part, and its box. */
export const placeOf = (polygons: GridPolygons): { where: LngLat; extent: [number, number, number, number] } => ({
  where: fromGrid(labelPoint(polygons)),
  extent: extentOf(bboxOf(polygons)),
})
