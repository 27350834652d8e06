/**
 * From polygons as they come to a coverage, with an account of everything that was done. In this order:
 *
 *   1. Rings are read onto the grid (`dirty-rings.ts`), and lines within the tolerance of each other become one (`snap.ts`).
 *   2. What is left over or claimed twice is a sliver when no circle wider than SLIVER × tolerance fits into it: twice, because
 *      two lines may each be off by the tolerance. A sliver goes to the unit with the longest border along it: of those that
 *      claim it, when it is claimed; the first in order when two are equal. An overhang that narrow is cut off.
 *   3. Wider ones are for a person. Each has a key; without a decision under that key nothing is made of any of it.
 *
 * What is a coverage already, without cracks (`cracks.ts`), comes back as it was. A result has passed the check that every import has to pass.
 */
import { checkPolygons } from '../coverage-check.ts'
import { fromGrid, toGrid } from '../crs.ts'
import { sideOfPolygon } from '../exact.ts'
import { areaM2, labelPoint, metresPerUnit, ringAreaM2 } from '../measure.ts'
import { nodeCoverage, type Noded } from '../noding.ts'
import { bboxOf, type GridPolygons } from '../rings.ts'
import { leafPolygons, toGridPolygons, type Topology } from '../topology.ts'
import { hasCrack } from './cracks.ts'
import { type Break, type DirtyRing, type DirtyUnit, readDirty } from './dirty-rings.ts'
import { type ClaimMap, drawOwners, findPlaces, LAND, type PlaceKind, polygonsOfPlaces } from './places.ts'
import { snapRings } from './snap.ts'
import { widerThan } from './width.ts'

export const SLIVER = 2

export interface CleanOptions {
  /** Metres. */
  tolerance: number
  /** Land that the units must cover exactly, and whose line stays; without it they make their own. */
  land?: readonly GridPolygons[] | undefined
  /** By the key of a place: the id of the unit that gets it, `leave` for a gap that is to stay, `cut` for an overhang. */
  decisions?: Readonly<Record<string, string>> | undefined
}

/** A place that somebody else gets, or that is in question. */
export interface Spot {
  kind: PlaceKind
  /** Units that claim it; of a gap, those round it. */
  ids: string[]
  /** [lng, lat] */
  where: [number, number]
  areaM2: number
  /** Of the widest circle inside; of a sliver, its area over half its border. */
  widthM: number
}
export interface Settled extends Spot {
  /** Null: cut off, or left uncovered. */
  to: string | null
  /** Null for a sliver. */
  key: string | null
}
export interface Fault extends Spot {
  key: string
  polygons: GridPolygons
}

export interface Cleaning {
  /** Null while there are faults, or units that are unusable or have lost all their land. */
  units: { id: string; polygons: GridPolygons }[] | null
  /** True when the polygons were a coverage without cracks as they came. */
  unchanged: boolean
  vertices: number
  movedVertices: number
  largestMoveM: number
  breaks: Break[]
  settled: Settled[]
  /** Land that went to somebody else or to nobody. */
  movedM2: number
  faults: Fault[]
  /** Units without any land left. */
  lost: string[]
  /** What the coverage check still says; empty unless the lines are closer than the grid can tell apart. */
  unsound: { ids: string[]; where: [number, number] | null; reason: string }[]
  areas: { id: string; beforeM2: number; afterM2: number | null }[]
}

/** Throws a RangeError for a tolerance that is no positive number. Ids must be distinct. */
export function clean(units: readonly DirtyUnit[], { tolerance, land, decisions = {} }: CleanOptions): Cleaning {
  if (!(tolerance > 0)) throw new RangeError('a tolerance is a positive number of metres')
  const breaks: Break[] = []
  const dirty = units.flatMap((unit, index) => readDirty(unit, index, breaks))
  const result: Cleaning = {
    ...{ units: null, unchanged: false, vertices: 0, movedVertices: 0, largestMoveM: 0, breaks, settled: [], movedM2: 0 },
    ...{ faults: [], lost: [], unsound: [], areas: units.map(({ id }, index) => ({ id, beforeM2: rawArea(dirty, index), afterM2: null })) },
  }
  if (breaks.some(({ kind }) => kind === 'unusable') || dirty.length === 0) return result
  const asCame = nodeCoverage(dirty.map(({ points }) => [[points]]), 0) // prettier-ignore
  breaks.push(...selfCrossings(asCame, dirty, units))
  const fixed = (land ?? []).flatMap((polygons, set) =>
    polygons.flatMap((rings, part) =>
      rings.map((points, index): DirtyRing => ({ unit: LAND, part: part + 1000 * set, isHole: index > 0, points })),
    ),
  )
  const all = [...fixed, ...dirty]
  const [, minY, , maxY] = bboxOf(all.map(({ points }) => [points]))
  const scale = metresPerUnit((minY + maxY) / 2)
  if (!land && breaks.length === 0) {
    const sound = findSound(units, dirty, asCame)
    if (sound && !hasCrack(sound, tolerance, scale))
      return finish({ ...result, unchanged: true, vertices: sound.x.length }, polygonsOf(sound), () => false)
  }
  const snapped = snapRings(all.map(({ points }) => points), fixed.length, tolerance, scale) // prettier-ignore
  Object.assign(result, { vertices: snapped.vertices, movedVertices: snapped.moved, largestMoveM: snapped.largestMove })
  const noded = nodeCoverage(snapped.rings.map((ring) => (ring.length < 6 ? [] : [[ring]])), 1) // prettier-ignore
  const map = findPlaces(all, noded, fixed.length > 0, scale)
  for (const [unit, h] of map.doubled) {
    const vertex = map.faces.tail[h]!
    breaks.push({ kind: 'parts-overlap', id: units[unit]!.id, where: fromGrid([noded.vertices.x[vertex]!, noded.vertices.y[vertex]!]), count: 1 }) // prettier-ignore
  }
  const owners = settle(map, units, SLIVER * tolerance, decisions, result)
  for (const { id } of units) {
    const broken = breaks.some((each) => each.id === id && (each.kind === 'self-crossing' || each.kind === 'parts-overlap'))
    if (broken) correctBefore(result, map, units, id)
  }
  const topology = drawOwners(map, units.map(({ id }) => id), (place) => owners[place]!) // prettier-ignore
  const isLeft = result.settled.some(({ kind, to }) => kind === 'gap' && to === null)
  // Holes of the land are no gaps: others' units lie in them.
  const isLand = (where: readonly number[]) => (land ?? []).flat().some((rings) => sideOfPolygon(...toGrid(where), rings) > 0)
  return finish(result, polygonsOf(topology), (where) => isLeft || (land !== undefined && !isLand(where)))
}

const polygonsOf = (topology: Topology): Map<string, GridPolygons> =>
  new Map([...leafPolygons(topology)].map(([id, arcs]) => [id, toGridPolygons(topology, arcs)]))

/** The topology when the units are a coverage already. Asked in the order of effort: most dirty covers fall at the first hurdle. */
function findSound(units: readonly DirtyUnit[], rings: readonly DirtyRing[], noded: Noded): Topology | null {
  if (noded.crossings.length > 0 || !noded.settled) return null
  const { places, doubled } = findPlaces(rings, noded, false, { x: 1, y: 1 })
  if (doubled.size > 0 || places.some(({ kind }) => kind !== 'own' && kind !== 'outside')) return null
  return checkPolygons(units.map(({ id }, index) => ({ id, polygons: asPolygons(rings, index) }))).topology
}

/** One for each unit whose rings cross themselves or each other. */
function selfCrossings({ crossings }: Noded, rings: readonly DirtyRing[], units: readonly DirtyUnit[]): Break[] {
  const found = new Map<number, Break>()
  for (const { leaves, x, y } of crossings) {
    const { unit } = rings[leaves[0]]!
    if (rings[leaves[1]]!.unit !== unit) continue
    const known = found.get(unit)
    if (known) known.count++
    else found.set(unit, { kind: 'self-crossing', id: units[unit]!.id, where: fromGrid([x, y]), count: 1 })
  }
  return [...found.values()]
}

/** Puts the polygons in, unless something forbids it. `mayGape` says of which places the check need not be heeded. */
function finish(result: Cleaning, polygons: Map<string, GridPolygons>, mayGape: (where: readonly number[]) => boolean): Cleaning {
  const lost = result.areas.filter(({ id }) => !polygons.has(id)).map(({ id }) => id)
  const areas = result.areas.map((each) => ({ ...each, afterM2: polygons.has(each.id) ? areaM2(polygons.get(each.id)!) : 0 }))
  if (result.faults.length > 0 || lost.length > 0) return { ...result, lost }
  const units = areas.map(({ id }) => ({ id, polygons: polygons.get(id)! }))
  const { faults } = checkPolygons(units)
  const unsound = faults
    .filter(({ kind, where }) => kind !== 'gap' || where === null || !mayGape(where))
    .map(({ ids, where, reason }) => ({ ids, where, reason }))
  return unsound.length > 0 ? { ...result, unsound } : { ...result, areas, units }
}

const asPolygons = (rings: readonly DirtyRing[], unit: number): GridPolygons => {
  const parts = new Map<number, DirtyRing[]>()
  for (const ring of rings) if (ring.unit === unit) parts.set(ring.part, [...(parts.get(ring.part) ?? []), ring])
  return [...parts.values()].map((part) => part.map(({ points, isHole }) => turned(points, !isHole)))
}

/** The ring turning left (land) or right (hole). */
function turned(points: Int32Array, left: boolean): Int32Array {
  if (ringAreaM2(points) > 0 === left) return points
  const back = new Int32Array(points.length)
  for (let i = 0; i < points.length; i += 2) back.set(points.subarray(points.length - 2 - i, points.length - i), i)
  return back
}

const rawArea = (rings: readonly DirtyRing[], unit: number): number =>
  rings.reduce((sum, ring) => (ring.unit === unit ? sum + (ring.isHole ? -1 : 1) * Math.abs(ringAreaM2(ring.points)) : sum), 0)

/** Lobes of a bow-tie cancel in the sum over its ring: the area before is taken from the faces it claims. */
function correctBefore(result: Cleaning, map: ClaimMap, units: readonly DirtyUnit[], id: string): void {
  const unit = units.findIndex((each) => each.id === id)
  const claimed = polygonsOfPlaces(map, (place) => map.places[place]!.claims.includes(unit))
  result.areas.find((each) => each.id === id)!.beforeM2 = [...claimed.values()].reduce((sum, polygons) => sum + areaM2(polygons), 0)
}

/** Owner of each place, -1 for nobody. Fills in what was settled, what moved and what is in question. */
function settle(
  map: ClaimMap,
  units: readonly DirtyUnit[],
  limit: number,
  decisions: Readonly<Record<string, string>>,
  result: Cleaning,
): Int32Array {
  const { places } = map
  const owners = Int32Array.from(places, ({ kind, claims }) => (kind === 'own' ? claims[0]! : -1))
  const isAsked = (place: number) => places[place]!.kind !== 'own' && places[place]!.kind !== 'outside'
  const shapes = polygonsOfPlaces(map, isAsked)
  const open: { place: number; spot: Spot }[] = []
  for (const [place, polygons] of shapes) {
    const { kind, claims, borders } = places[place]!
    const area = areaM2(polygons)
    const border = [...borders.values()].reduce((sum, length) => sum + length, 0)
    const around = [...borders.keys()].flatMap((other) => (places[other]!.kind === 'own' ? places[other]!.claims : []))
    const ids = (kind === 'gap' ? [...new Set(around)].sort((a, b) => a - b) : claims).map((unit) => units[unit]!.id)
    const where = fromGrid(labelPoint(polygons))
    const isSmall = area <= (Math.PI / 4) * limit * limit
    const width = isSmall ? null : widerThan(polygons, limit)
    const spot: Spot = { kind: kind as PlaceKind, ids, where, areaM2: area, widthM: width ?? (border > 0 ? (2 * area) / border : 0) }
    if (width === null) {
      open.push({ place, spot })
      continue
    }
    const key = `${kind}:${ids.join('+')}@${where[0].toFixed(6)},${where[1].toFixed(6)}`
    const said = Object.hasOwn(decisions, key) ? decisions[key]! : undefined
    const index = units.findIndex(({ id }) => id === said)
    if (kind === 'overhang' ? said === 'cut' : index >= 0 ? kind === 'gap' || claims.includes(index) : kind === 'gap' && said === 'leave') {
      owners[place] = kind === 'overhang' ? -1 : index
      result.settled.push({ ...spot, key, to: owners[place] < 0 ? null : units[index]!.id })
      result.movedM2 += kind === 'gap' && index < 0 ? 0 : area
    } else result.faults.push({ ...spot, key, polygons })
  }
  giveSlivers(map, open, owners, units, result)
  return owners
}

/** In rounds: first those beside land that has an owner, then those beside them. What nobody borders on stays in question. */
function giveSlivers(
  map: ClaimMap,
  slivers: { place: number; spot: Spot }[],
  owners: Int32Array,
  units: readonly DirtyUnit[],
  result: Cleaning,
) {
  let open = slivers
  const give = (spot: Spot, to: number) => {
    result.settled.push({ ...spot, key: null, to: to < 0 ? null : units[to]!.id })
    result.movedM2 += spot.areaM2
  }
  for (let before = -1; open.length !== before;) {
    before = open.length
    const given: [place: number, owner: number][] = []
    open = open.filter(({ place, spot }) => {
      const { kind, claims, borders } = map.places[place]!
      if (kind === 'overhang') {
        give(spot, -1)
        return false
      }
      const lengths = new Map<number, number>()
      for (const [other, length] of borders) {
        const owner = owners[other]!
        if (owner >= 0 && (kind === 'gap' || claims.includes(owner))) lengths.set(owner, (lengths.get(owner) ?? 0) + length)
      }
      const [best] = [...lengths].sort(([a, one], [b, other]) => other - one || a - b)
      if (!best) return true
      given.push([place, best[0]])
      give(spot, best[0])
      return false
    })
    for (const [place, owner] of given) owners[place] = owner
  }
  for (const { place, spot } of open) {
    const polygons = polygonsOfPlaces(map, (each) => each === place).get(place)!
    result.faults.push({
      ...spot,
      key: `${spot.kind}:${spot.ids.join('+')}@${spot.where[0].toFixed(6)},${spot.where[1].toFixed(6)}`,
      polygons,
    })
  }
}
