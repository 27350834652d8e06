/**
 * Which face of the ground holds each building. Borders that were brought onto the grid, or onto a leaf's corner, may have passed one
 * that stands just there: it stays with the leaf that holds it today, and no border may run where it stands.
 */
import { sideOfPolygon, sideOfRing } from '../exact.ts'
import { cycleRing } from '../planar.ts'
import { bboxOf } from '../rings.ts'
import type { Ground } from './ground.ts'
import { KIND } from './segments.ts'
import type { Box } from './sites.ts'

export interface Settled {
  /** By site its face; -1 outside. */
  faceOf: Int32Array
  /** Edges, none of them a leaf's border, that pass a building within a hair's breadth. */
  passing: ReadonlySet<number>
}

/** Grid units: what rounding may have moved a border by. */
const HAIR = 2

export function settleSites(ground: Ground): Settled {
  const { edges, face, leafOf, sites, start } = ground
  const { first, more, isCut, hasSite } = facesBySite(ground)
  const land = new Faces(ground)
  // Faces that only leaves and lines bound lie inside one building's cell without saying whose.
  const blank: { f: number; box: Box }[] = []
  for (const f of start.keys()) {
    if (leafOf[f]! >= 0 && ground.area2[f]! > 0 && !hasSite[f]) blank.push({ f, box: bboxOf([[land.outer(f)]]) })
  }
  const everyFace = [...start.keys()].filter((f) => leafOf[f]! >= 0)
  const leafAt = leafFinder(ground)
  const passing = new Set<number>()
  const faceOf = new Int32Array(sites.x.length).fill(-1)
  for (let site = 0; site < faceOf.length; site++) {
    const one = first[site]!
    if (one >= 0 && !more.has(site) && !isCut[one]) {
      faceOf[site] = leafOf[one]! < 0 ? -1 : one
      continue
    }
    const [x, y] = [sites.x[site]!, sites.y[site]!]
    const candidates = one < 0 ? everyFace : [one, ...(more.get(site) ?? [])]
    const holder = candidates.find((f) => land.holds(f, x, y))
    if (holder !== undefined && land.passing(holder, x, y).length === 0) {
      faceOf[site] = holder
      continue
    }
    const leaf = leafAt(x, y)
    if (leaf < 0) continue
    const around = land.withNeighbours(land.withNeighbours(candidates))
    for (const { f, box } of blank) if (x >= box[0] && y >= box[1] && x <= box[2] && y <= box[3]) around.push(f)
    const beside = around.filter((f) => leafOf[f] === leaf && ground.area2[f]! > 0)
    const own = beside.length > 0 ? beside : everyFace.filter((f) => leafOf[f] === leaf)
    faceOf[site] = own.find((f) => land.holds(f, x, y)) ?? land.nearest(own, x, y)
    for (const f of own) {
      for (const h of land.passing(f, x, y)) if (edges.kind[h >> 1] !== KIND.leaf && face[h] !== face[h ^ 1]) passing.add(h >> 1)
    }
  }
  return { faceOf, passing }
}

interface BySite {
  /** By site a face beside a border of its cell, and the others if there are any. */
  first: Int32Array
  more: ReadonlyMap<number, ReadonlySet<number>>
  /** By face: whether a leaf or line bounds or touches it; whether the border of a cell bounds it. */
  isCut: Uint8Array
  hasSite: Uint8Array
}

function facesBySite({ edges, face, leafOf, sites, tail, vertices }: Ground): BySite {
  const first = new Int32Array(sites.x.length).fill(-1)
  const more = new Map<number, Set<number>>()
  const isCut = new Uint8Array(leafOf.length)
  const hasSite = new Uint8Array(leafOf.length)
  const onLine = new Uint8Array(vertices.size)
  for (let h = 0; h < tail.length; h++) if (edges.kind[h >> 1] !== KIND.cell) onLine[tail[h]!] = 1
  for (let h = 0; h < tail.length; h++) {
    const e = h >> 1
    const f = face[h]!
    if (onLine[tail[h]!]) isCut[f] = 1
    if (edges.kind[e] !== KIND.cell) continue
    const site = h % 2 === 0 ? edges.left[e]! : edges.right[e]!
    hasSite[f] = 1
    if (site < 0 || first[site] === f) continue
    if (first[site]! < 0) first[site] = f
    else if (more.has(site)) more.get(site)!.add(f)
    else more.set(site, new Set([f]))
  }
  return { first, more, isCut, hasSite }
}

/** Questions about the faces of a ground. */
class Faces {
  private readonly ground: Ground

  constructor(ground: Ground) {
    this.ground = ground
  }

  outer(f: number): Int32Array {
    return cycleRing(this.ground, this.ground.start[f]!, this.ground.vertices)
  }

  /** Whether the point lies inside; not on its border. */
  holds(f: number, x: number, y: number): boolean {
    const { leafOf, area2, holes, vertices } = this.ground
    if (leafOf[f]! < 0 || area2[f]! <= 0 || sideOfRing(x, y, this.outer(f)) <= 0) return false
    return (holes.get(f) ?? []).every((h) => sideOfRing(x, y, cycleRing(this.ground, h, vertices)) < 0)
  }

  /** Half-edges that come within `HAIR` of the point. */
  passing(f: number, x: number, y: number): number[] {
    const found: number[] = []
    this.eachEdge(f, (h) => void (this.distance2(h, x, y) <= HAIR * HAIR && found.push(h)))
    return found
  }

  nearest(faces: readonly number[], x: number, y: number): number {
    let best = -1
    let least = Infinity
    for (const f of faces) {
      this.eachEdge(f, (h) => {
        const distance2 = this.distance2(h, x, y)
        if (distance2 < least) [least, best] = [distance2, f]
      })
    }
    return best
  }

  withNeighbours(faces: readonly number[]): number[] {
    const { face, leafOf } = this.ground
    const found = new Set(faces)
    for (const f of faces) if (leafOf[f]! >= 0) this.eachEdge(f, (h) => void found.add(face[h ^ 1]!))
    return [...found]
  }

  private eachEdge(f: number, meet: (h: number) => void): void {
    const { start, holes, next } = this.ground
    for (const from of [start[f]!, ...(holes.get(f) ?? [])]) {
      let h = from
      do {
        meet(h)
        h = next[h]!
      } while (h !== from)
    }
  }

  private distance2(h: number, px: number, py: number): number {
    const { tail, vertices } = this.ground
    const [v, w] = [tail[h]!, tail[h ^ 1]!]
    const [ax, ay] = [vertices.x[v]!, vertices.y[v]!]
    const [dx, dy] = [vertices.x[w]! - ax, vertices.y[w]! - ay]
    const t = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy)))
    const [ox, oy] = [ax + t * dx - px, ay + t * dy - py]
    return ox * ox + oy * oy
  }
}

/** The leaf that holds a grid point, as `Balance` has it: on a border the one with the lowest id; -1 for none. */
function leafFinder({ leaves }: Ground): (x: number, y: number) => number {
  const sorted = leaves.map(({ id, polygons }, leaf) => ({ id, polygons, leaf, box: bboxOf(polygons) }))
  sorted.sort((a, b) => (a.id < b.id ? -1 : 1))
  return (x, y) =>
    sorted.find(({ polygons, box }) => {
      if (x < box[0] || y < box[1] || x > box[2] || y > box[3]) return false
      return polygons.some((rings) => sideOfPolygon(x, y, rings) >= 0)
    })?.leaf ?? -1
}
