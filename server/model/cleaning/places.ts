/**
 * From faces to places: connected land that the same units claim. One claim is a unit's own land; none inside is a gap, two or
 * more an overlap, and any claim beyond the given land an overhang.
 */
import Flatbush from 'flatbush'
import { orient } from '../exact.ts'
import { drawFaces, type Faces } from '../faces.ts'
import type { Noded } from '../noding.ts'
import type { GridPolygons } from '../rings.ts'
import { joinArcs, leafPolygons, toGridPolygons, type Topology } from '../topology.ts'
import type { DirtyRing } from './dirty-rings.ts'
import type { Scale } from './snap.ts'

export const PLACE_KINDS = ['overlap', 'gap', 'overhang'] as const
export type PlaceKind = (typeof PLACE_KINDS)[number]

export interface Place {
  /** `outside` is what lies beyond everything. */
  kind: PlaceKind | 'own' | 'outside'
  /** Units that claim it, as their places in the list of all. */
  claims: readonly number[]
  /** Metres of border with each other place. */
  borders: Map<number, number>
}

export interface ClaimMap {
  faces: Faces
  noded: Noded
  places: Place[]
  /** Place of each half-edge's face. */
  placeOf: Int32Array
  /** Units whose parts lie over each other somewhere: unit → a half-edge of such a face. */
  doubled: Map<number, number>
}

/** The unit number of the rings that bound the land. */
export const LAND = -1

/** @param hasLand whether rings of the unit `LAND` say how far the land goes; otherwise it goes as far as the units do. */
export function findPlaces(rings: readonly DirtyRing[], noded: Noded, hasLand: boolean, scale: Scale): ClaimMap {
  const faces = drawFaces(noded.paths, noded.vertices)
  const doubled = new Map<number, number>()
  const keys = faces.cover.map((cover, face) => {
    const { claims, twice } = claimsOf(cover, rings)
    for (const unit of twice) if (unit !== LAND && !doubled.has(unit)) doubled.set(unit, faces.start[face]!)
    return claims
  })
  const groups = joinFaces(
    faces,
    noded,
    keys.map((claims) => claims.join()),
  )
  const number = new Map<number, number>()
  const places: Place[] = []
  for (const [face, claims] of keys.entries()) {
    const root = groups.find(face)
    if (number.has(root)) continue
    number.set(root, places.length)
    const isInside = hasLand ? claims[0] === LAND : root !== groups.outside
    const units = claims.filter((unit) => unit !== LAND)
    const kind = isInside
      ? units.length === 0
        ? 'gap'
        : units.length === 1
          ? 'own'
          : 'overlap'
      : units.length === 0
        ? 'outside'
        : 'overhang'
    places.push({ kind, claims: units, borders: new Map() })
  }
  const { x, y } = noded.vertices
  const placeOf = Int32Array.from(faces.face, (face) => number.get(groups.find(face))!)
  for (let h = 0; h < placeOf.length; h++) {
    const [here, there] = [placeOf[h]!, placeOf[h ^ 1]!]
    if (here === there) continue
    const [a, b] = [faces.tail[h]!, faces.tail[h ^ 1]!]
    const length = Math.hypot((x[a]! - x[b]!) * scale.x, (y[a]! - y[b]!) * scale.y)
    const { borders } = places[here]!
    borders.set(there, (borders.get(there) ?? 0) + length)
  }
  return { faces, noded, places, placeOf, doubled }
}

/** Units that hold a face, ascending: one of their parts winds round it at all, and none of that part's holes does. */
function claimsOf(cover: readonly number[], rings: readonly DirtyRing[]): { claims: number[]; twice: number[] } {
  const holes = new Set<string>()
  for (let i = 0; i < cover.length; i += 2) {
    const { unit, part, isHole } = rings[cover[i]!]!
    if (isHole) holes.add(`${unit} ${part}`)
  }
  const claims = new Set<number>()
  const twice = new Set<number>()
  for (let i = 0; i < cover.length; i += 2) {
    const { unit, part, isHole } = rings[cover[i]!]!
    if (isHole || holes.has(`${unit} ${part}`)) continue
    if (claims.has(unit)) twice.add(unit)
    claims.add(unit)
  }
  return { claims: [...claims].sort((a, b) => a - b), twice: [...twice] }
}

/** Joins faces that meet in an edge and are claimed alike, and the rim of each island with the face that it lies in. */
function joinFaces(faces: Faces, noded: Noded, keys: readonly string[]): { find: (face: number) => number; outside: number } {
  const above = Int32Array.from(faces.start, (_, face) => face)
  const find = (face: number): number => {
    let root = face
    while (above[root] !== root) root = above[root]!
    for (let each = face; each !== root;) [each, above[each]] = [above[each]!, root]
    return root
  }
  const join = (one: number, other: number) => {
    const [a, b] = [find(one), find(other)]
    above[Math.max(a, b)] = Math.min(a, b)
  }
  for (let h = 0; h < faces.face.length; h += 2) {
    const [here, there] = [faces.face[h]!, faces.face[h + 1]!]
    if (keys[here] === keys[there]) join(here, there)
  }
  let open: number | null = null
  for (const [rim, home] of homesOf(faces, noded)) {
    if (home !== null) join(rim, home)
    else if (open === null) open = rim
    else join(rim, open)
  }
  return { find, outside: open === null ? -1 : find(open) }
}

/** For the rim of each component, the face of another one that it lies in or beside; null when nothing lies east of it. */
function homesOf({ tail, face, start, component, outer }: Faces, { vertices: { x, y } }: Noded): [rim: number, home: number | null][] {
  if (outer.length <= 1) return outer.map((rim) => [rim, null])
  const index = new Flatbush(tail.length / 2)
  for (let h = 0; h < tail.length; h += 2) {
    const [a, b] = [tail[h]!, tail[h + 1]!]
    index.add(Math.min(x[a]!, x[b]!), Math.min(y[a]!, y[b]!), Math.max(x[a]!, x[b]!), Math.max(y[a]!, y[b]!))
  }
  index.finish()
  // From the component's easternmost vertex, so that nothing that lies inside it is met first.
  const last = outer.map((rim) => tail[start[rim]!]!)
  for (let h = 0; h < tail.length; h++) {
    const id = component[face[h]!]!
    if (x[tail[h]!]! > x[last[id]!]!) last[id] = tail[h]!
  }
  return outer.map((rim, id) => {
    const vertex = last[id]!
    const [px, py] = [x[vertex]!, y[vertex]!]
    let home: number | null = null
    let nearest = Infinity
    index.search(px, py, Infinity, py, (edge) => {
      const [a, b] = [tail[2 * edge]!, tail[2 * edge + 1]!]
      const upward = y[a]! <= py && py < y[b]!
      const downward = y[b]! <= py && py < y[a]!
      if ((!upward && !downward) || component[face[2 * edge]!] === id) return false
      if (orient(x[a]!, y[a]!, x[b]!, y[b]!, px, py) !== (upward ? 1 : -1)) return false
      // A quarter of a unit above no two edges meet, since vertices are whole: the order is never in doubt.
      const crossing = x[a]! + ((py + 0.25 - y[a]!) / (y[b]! - y[a]!)) * (x[b]! - x[a]!)
      if (crossing < nearest) {
        nearest = crossing
        home = face[upward ? 2 * edge : 2 * edge + 1]!
      }
      return false
    })
    return [rim, home]
  })
}

/** The map as a topology in which each half-edge's land has the name that `ownerOf` gives its place; null is nobody. */
export function drawOwners({ faces, noded, placeOf }: ClaimMap, names: readonly string[], ownerOf: (place: number) => number): Topology {
  const leafOf = Int32Array.from(placeOf, ownerOf)
  return joinArcs(names, noded.vertices.x, noded.vertices.y, { tail: faces.tail, next: faces.next, leafOf })
}

/** Polygons of the places for which `isAsked` holds, by place. */
export function polygonsOfPlaces(map: ClaimMap, isAsked: (place: number) => boolean): Map<number, GridPolygons> {
  const names = map.places.map((_, place) => String(place))
  const topology = drawOwners(map, names, (place) => (isAsked(place) ? place : -1))
  return new Map([...leafPolygons(topology)].map(([name, polygons]) => [Number(name), toGridPolygons(topology, polygons)]))
}
