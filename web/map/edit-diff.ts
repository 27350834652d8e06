/** From the coverage to the workbench's sources: per source only the units, arcs and labels that are new, changed or gone. */
import type { Feature, LineString, MultiPolygon, Point } from 'geojson'
import type { GeoJSONSourceDiff } from 'maplibre-gl'
import type { LeafId } from '#model/actions/action.ts'
import { ancestorsOf, isCode, isWithin, levelOf } from '#model/code.ts'
import type { Coverage } from '#model/coverage.ts'
import { fromGrid } from '#model/crs.ts'
import { type Arc, gridOf, type Leaf } from '#model/difference.ts'
import { areaM2, depthOf, labelPoint } from '#model/measure.ts'
import type { GridPolygons } from '#model/rings.ts'
import { atOnce, type Steps } from '#model/steps.ts'
import { factsOf as factsIn, landOf, type UnitLevel, unitOver } from '../edit/unit-level.ts'
import type { BalanceRow } from '../state/workbench-rows.ts'

export interface EditDiffs {
  'edit-units': GeoJSONSourceDiff
  'edit-arcs': GeoJSONSourceDiff
  'edit-labels': GeoJSONSourceDiff
}

/** What colour and label say of a unit. */
export type UnitFacts = Pick<BalanceRow, 'households' | 'before' | 'target' | 'isTouched'>

export interface EditScene {
  coverage: Coverage
  /** What the plan may change. */
  unitCode: string
  /** Whether a cut grid is named and coloured as one. */
  level: UnitLevel
  /** Undefined where nothing is known: only the name is written then. */
  factsOf: (id: LeafId) => UnitFacts | undefined
  /** In the screen's language. */
  nameOf: (unit: Pick<Leaf, 'name' | 'nameEn' | 'parentCode'>) => string
  /** Households in words: "468 户". */
  words: (households: number) => string
}

const ring = (flat: Int32Array): [number, number][] => {
  const points = Array.from({ length: flat.length / 2 }, (_, i) => fromGrid([flat[2 * i]!, flat[2 * i + 1]!]))
  return [...points, points[0]!]
}
const polygonOf = (polygons: GridPolygons): MultiPolygon => ({
  type: 'MultiPolygon',
  coordinates: polygons.map((rings) => rings.map(ring)),
})
const lineStringOf = ({ points }: Arc): LineString => ({
  type: 'LineString',
  coordinates: Array.from({ length: points.length / 2 }, (_, i) => fromGrid([points[2 * i]!, points[2 * i + 1]!])),
})

/** Features in a piece, and positions in one of several features. */
export interface Most {
  features: number
  positions: number
}

/**
 * A diff in pieces of at most so many: what is handed to a worker is copied in one go. Something that only changes goes and
 * comes in the same piece; what is gone for good goes last, so that nothing is bare meanwhile.
 */
export function piecesOf({ remove = [], add = [] }: GeoJSONSourceDiff, most: Most): GeoJSONSourceDiff[] {
  const parts = partsOf(add, most)
  if (parts.length <= 1) return [{ remove, add }]
  const left = new Set(remove)
  const pieces: GeoJSONSourceDiff[] = []
  for (const piece of parts) {
    const ids = piece.map(({ properties }) => properties!['id'] as string | number)
    pieces.push({ add: piece, remove: ids.filter((id) => left.delete(id)) })
  }
  return [...pieces, { remove: [...left] }]
}

function partsOf(features: readonly Feature[], most: Most): Feature[][] {
  const parts: Feature[][] = []
  let positions = Infinity
  for (const feature of features) {
    const size = positionsIn(feature.geometry as MultiPolygon | LineString | Point)
    positions += size
    if (positions <= most.positions && parts.at(-1)!.length < most.features) parts.at(-1)!.push(feature)
    else {
      parts.push([feature])
      positions = size
    }
  }
  return parts
}

function positionsIn(geometry: MultiPolygon | LineString | Point): number {
  if (geometry.type === 'Point') return 1
  return geometry.type === 'LineString'
    ? geometry.coordinates.length
    : geometry.coordinates.flat().reduce((sum, ring) => sum + ring.length, 0)
}

/** The coarsest level that differs on the two sides of a border. */
export function levelBetween(left: Leaf | undefined, right: Leaf | undefined): 'county' | 'town' | 'village' | 'grid' | 'microgrid' {
  if (!left || !right) return 'county'
  const grid = gridOf(left)
  if (grid !== null && grid === gridOf(right)) return 'microgrid'
  const above = ({ parentCode }: Leaf): string[] => (isCode(parentCode) ? [parentCode, ...ancestorsOf(parentCode)] : [])
  const theirs = new Set(above(right))
  const apart = above(left).filter((code) => !theirs.has(code))
  const coarsest = apart.length > 0 ? levelOf(apart.reduce((a, b) => (a.length <= b.length ? a : b))) : null
  return coarsest === 'town' || coarsest === 'village' ? coarsest : coarsest === 'county' ? 'county' : 'grid'
}

/** Of the greatest depth that a label could have in its unit. */
const WELL_INSIDE = 0.6

export class EditDiff {
  private readonly arcsOf = new Map<LeafId, Set<number>>()
  private readonly arcs = new Map<number, Arc>()
  private readonly labels = new Map<LeafId, readonly [x: number, y: number]>()
  /** Leaves that the source holds, each with the unit that it is named and coloured with. */
  private readonly units = new Map<LeafId, LeafId>()
  private readonly named = new Set<LeafId>()

  /** Where a unit's label stands; undefined for one that has none. */
  labelOf(id: LeafId): readonly [x: number, y: number] | undefined {
    return this.labels.get(id)
  }

  /** Diffs for leaves that may have changed; 'all' for another coverage or level: everything goes, and comes anew. */
  next(scene: EditScene, changed: ReadonlySet<LeafId> | 'all'): EditDiffs {
    return atOnce(this.nextSteps(scene, changed))
  }

  /** As `next`, with breaks; nothing large may change meanwhile. */
  *nextSteps(scene: EditScene, changed: ReadonlySet<LeafId> | 'all'): Steps<EditDiffs> {
    const { coverage, level } = scene
    const [ids, over] = changed === 'all' ? this.everything(scene) : this.around(scene, changed)
    const units: Feature<MultiPolygon>[] = []
    const gone: LeafId[] = []
    for (const id of ids) {
      const leaf = coverage.leaves.get(id)
      if (this.units.delete(id)) gone.push(id)
      if (!leaf) continue
      this.units.set(id, unitOver(coverage, id, level))
      units.push(unitFeature(leaf, coverage.polygonsOf(id), scene))
      yield
    }
    return {
      'edit-units': { remove: gone, add: units },
      'edit-arcs': yield* this.nextArcs(scene, ids),
      'edit-labels': yield* this.nextLabels(scene, over),
    }
  }

  private everything({ coverage, level }: EditScene): [leaves: LeafId[], units: Set<LeafId>] {
    const ids = [...new Set([...this.units.keys(), ...coverage.leaves.keys()])]
    return [ids, new Set([...this.named, ...ids.map((id) => unitOver(coverage, id, level))])]
  }

  /** Leaves with the others of the grids that they are, or were, part of: all of a grid have its colour. */
  private around({ coverage, level }: EditScene, changed: ReadonlySet<LeafId>): [leaves: LeafId[], units: Set<LeafId>] {
    const over = new Set<LeafId>(changed)
    for (const id of changed) {
      over.add(unitOver(coverage, id, level))
      over.add(this.units.get(id) ?? id)
    }
    const parts = level === 'grid' ? [...over].flatMap((id) => [...coverage.leavesOfGrid(id)]) : []
    return [[...new Set([...changed, ...parts])], over]
  }

  private *nextLabels(scene: EditScene, ids: ReadonlySet<LeafId>): Steps<GeoJSONSourceDiff> {
    const { coverage, level } = scene
    const remove: LeafId[] = []
    const add: Feature<Point>[] = []
    for (const id of ids) {
      yield
      if (this.named.delete(id)) remove.push(id)
      const isNamed = coverage.leaves.has(id) ? unitOver(coverage, id, level) === id : level === 'grid' && coverage.grids.has(id)
      if (!isNamed) {
        this.labels.delete(id)
        continue
      }
      const land = landOf(coverage, id)
      this.named.add(id)
      add.push(labelFeature(factsIn(coverage, id)!, this.labelAt(id, land), land, scene))
    }
    return { remove, add }
  }

  private *nextArcs({ coverage, unitCode }: EditScene, ids: readonly LeafId[]): Steps<GeoJSONSourceDiff> {
    const remove: number[] = []
    const add: Feature<LineString>[] = []
    const looked = new Set<number>()
    for (const id of ids) {
      const now = coverage.arcsOf(id)
      for (const arc of this.arcsOf.get(id) ?? []) looked.add(arc)
      for (const arc of now) looked.add(arc.id)
      this.arcsOf.set(id, new Set([...now].map((arc) => arc.id)))
    }
    for (const id of looked) {
      yield
      const [was, is] = [this.arcs.get(id), coverage.arcs.get(id)]
      // A describing action changes the level of a border without touching it, so arcs of changed units are always drawn anew.
      if (was) remove.push(id)
      this.arcs.delete(id)
      if (!is) continue
      this.arcs.set(id, is)
      const [left, right] = [is.left, is.right].map((side) => (side === null ? undefined : coverage.leaves.get(side)))
      const inside = [left, right].some((leaf) => leaf !== undefined && isInside(leaf, unitCode))
      add.push({ type: 'Feature', properties: { id, level: levelBetween(left, right), inside }, geometry: lineStringOf(is) })
    }
    return { remove, add }
  }

  /** A label stays where it stands for as long as that is well inside its unit: on a border that came near it would name nobody. */
  private labelAt(id: LeafId, polygons: GridPolygons): readonly [number, number] {
    const known = this.labels.get(id)
    const at = labelPoint(polygons)
    if (known && depthOf(polygons, known) >= WELL_INSIDE * depthOf(polygons, at)) return known
    this.labels.set(id, at)
    return at
  }
}

export const isInside = ({ parentCode, code }: Leaf, unitCode: string): boolean => isWithin(parentCode, unitCode) || code === unitCode

function unitFeature(leaf: Leaf, polygons: GridPolygons, { coverage, unitCode, level, factsOf }: EditScene): Feature<MultiPolygon> {
  const target = factsOf(unitOver(coverage, leaf.id, level))?.target ?? 'exempt'
  const properties = { id: leaf.id, inside: isInside(leaf, unitCode), target }
  return { type: 'Feature', properties, geometry: polygonOf(polygons) }
}

function labelFeature(
  leaf: Leaf,
  at: readonly [number, number],
  polygons: GridPolygons,
  { unitCode, factsOf, nameOf, words }: EditScene,
): Feature<Point> {
  const row = factsOf(leaf.id)
  const changed = row && row.before !== null && row.before !== row.households
  const properties = {
    id: leaf.id,
    level: 'leaf',
    name: nameOf(leaf),
    inside: isInside(leaf, unitCode),
    rank: row?.isTouched ? -1e12 : -areaM2(polygons),
    ...(row ? { now: words(row.households) } : {}),
    ...(changed ? { before: `${row.before} → ` } : {}),
  }
  return { type: 'Feature', properties, geometry: { type: 'Point', coordinates: fromGrid(at) } }
}

/** Names of villages and towns, each at a point of its leaves' union; what lies outside of the plan is marked so. */
export function aboveLabels(
  { coverage, unitCode, nameOf }: Pick<EditScene, 'coverage' | 'unitCode'> & { nameOf: (unit: Pick<Leaf, 'name' | 'nameEn'>) => string },
  above: Iterable<{ code: string; level: string; name: string; nameEn: string | null }>,
): Feature<Point>[] {
  const leaves = [...coverage.leaves.values()]
  return [...above].flatMap((unit) => {
    const { code, level } = unit
    if (level !== 'town' && level !== 'village') return []
    const ids = new Set(leaves.filter(({ parentCode }) => isWithin(parentCode, code)).map(({ id }) => id))
    if (ids.size === 0) return []
    const polygons = coverage.union(ids)
    const properties = {
      id: `above-${code}`,
      level,
      name: nameOf(unit),
      inside: isWithin(code, unitCode) || isWithin(unitCode, code),
      rank: (level === 'town' ? -1e12 : 0) - areaM2(polygons),
    }
    return [{ type: 'Feature', properties, geometry: { type: 'Point', coordinates: fromGrid(labelPoint(polygons)) } }]
  })
}
