/** Buildings as the sites of a Voronoi diagram, and the diagram's edges on the grid. */
import { Delaunay } from 'd3-delaunay'
import { Vertices } from '../vertices.ts'
import { Footprints } from './footprints.ts'
import type { BuildingPoints } from './redivision.ts'
import type { Scale } from './scale.ts'
import { addSegment, KIND, type Segments } from './segments.ts'

export interface Sites {
  x: Int32Array
  y: Int32Array
  households: Int32Array
  residents: Int32Array
  /** Sites below this are buildings; those from there below `built` stand on walls, the others on open land. */
  buildings: number
  built: number
  /** By site the building whose wall it stands on; otherwise itself. */
  owner: Int32Array
  footprints: Footprints
}

export type Box = readonly [minX: number, minY: number, maxX: number, maxY: number]

/** Buildings in the box; those at one point are one site, since a diagram knows a point once. */
export function sitesIn(box: Box, buildings: BuildingPoints): Sites {
  const [minX, minY, maxX, maxY] = box
  const siteOf = new Int32Array(buildings.x.length).fill(-1)
  const places = new Vertices()
  const households: number[] = []
  const residents: number[] = []
  for (let i = 0; i < buildings.x.length; i++) {
    const [x, y] = [buildings.x[i]!, buildings.y[i]!]
    if (x < minX || x > maxX || y < minY || y > maxY) continue
    const site = places.add(x, y)
    siteOf[i] = site
    households[site] = (households[site] ?? 0) + buildings.households[i]!
    residents[site] = (residents[site] ?? 0) + buildings.residents[i]!
  }
  return {
    x: Int32Array.from(places.x),
    y: Int32Array.from(places.y),
    households: Int32Array.from(households),
    residents: Int32Array.from(residents),
    buildings: places.size,
    built: places.size,
    owner: Int32Array.from(places.x.keys()),
    footprints: new Footprints(buildings.footprints, siteOf, box),
  }
}

/** The sites with others behind them, which hold nobody. `x` and `y` of all; owners where they are not the sites themselves. */
export function grown(sites: Sites, x: readonly number[], y: readonly number[], owner: readonly number[] = []): Sites {
  const longer = (column: Int32Array, at: (site: number) => number): Int32Array => Int32Array.from(x, (_, site) => column[site] ?? at(site))
  return {
    ...sites,
    x: Int32Array.from(x),
    y: Int32Array.from(y),
    households: longer(sites.households, () => 0),
    residents: longer(sites.residents, () => 0),
    owner: longer(sites.owner, (site) => owner[site] ?? site),
  }
}

/** Directions all round, for sites so far off that their cells do not reach the box, yet close every cell that does. */
const AROUND = [
  [4, 0],
  [3, 3],
  [0, 4],
  [-3, 3],
  [-4, 0],
  [-3, -3],
  [0, -4],
  [3, -3],
] as const

/** Adds the cells' borders that may meet the box; left and right are sites. */
export function addVoronoi({ x, y }: Sites, box: Box, { east, north }: Scale, vertices: Vertices, segments: Segments): void {
  const [minX, minY, maxX, maxY] = box
  const shrink = east / north
  const [cx, cy] = [Math.round((minX + maxX) / 2), Math.round((minY + maxY) / 2)]
  const count = x.length
  const points = new Float64Array(2 * (count + AROUND.length))
  for (let i = 0; i < count; i++) {
    points[2 * i] = (x[i]! - cx) * shrink
    points[2 * i + 1] = y[i]! - cy
  }
  const far = maxX - minX + (maxY - minY) + 100
  for (const [i, [dx, dy]] of AROUND.entries()) {
    points[2 * (count + i)] = dx * far
    points[2 * (count + i) + 1] = dy * far
  }
  const { triangles, halfedges } = new Delaunay(points)
  const centre = new Int32Array(triangles.length / 3)
  for (let t = 0; t < centre.length; t++) {
    const [i, j, k] = [2 * triangles[3 * t]!, 2 * triangles[3 * t + 1]!, 2 * triangles[3 * t + 2]!]
    const [ax, ay] = [points[i]!, points[i + 1]!]
    const [bx, by, ex, ey] = [points[j]! - ax, points[j + 1]! - ay, points[k]! - ax, points[k + 1]! - ay]
    const twice = 2 * (bx * ey - by * ex)
    const [b2, e2] = [bx * bx + by * by, ex * ex + ey * ey]
    centre[t] = vertices.add(cx + inRange((ax + (ey * b2 - by * e2) / twice) / shrink), cy + inRange(ay + (bx * e2 - ex * b2) / twice))
  }
  for (let i = 0; i < halfedges.length; i++) {
    const twin = halfedges[i]!
    if (twin < i) continue
    const [from, to] = [centre[Math.floor(i / 3)]!, centre[Math.floor(twin / 3)]!]
    if (from === to) continue
    const [ax, ay, bx, by] = [vertices.x[from]!, vertices.y[from]!, vertices.x[to]!, vertices.y[to]!]
    if (Math.max(ax, bx) < minX || Math.min(ax, bx) > maxX || Math.max(ay, by) < minY || Math.min(ay, by) > maxY) continue
    // The triangles turn right where y points north: the edge's first site lies on the left of the way from centre to centre.
    const [p, q] = [triangles[i]!, triangles[i % 3 === 2 ? i - 2 : i + 1]!]
    addSegment(segments, from, to, KIND.cell, p < count ? p : -1, q < count ? q : -1, -1)
  }
}

/** Centres of needles lie far away; what they bound does not reach the box. */
const FAR = 2 ** 28
const inRange = (value: number): number => Math.max(-FAR, Math.min(FAR, Math.round(value)))
