/**
 * Points on the walls of buildings as sites of their own, so that a border runs half-way between two houses and not half-way between
 * their middles, which may be inside the larger one. Only where it matters: where a wall, or what lies just before it, is nearer to
 * another building's site than to the own ones. A wall point belongs to its building, whose cell the cells of all its sites make up.
 */
import { Vertices } from '../vertices.ts'
import { Buckets } from './buckets.ts'
import { eachWallPoint } from './footprints.ts'
import type { Scale } from './scale.ts'
import { type Box, grown, type Sites } from './sites.ts'

/** Metres before a wall that are to be the building's own land, as far as there is room. */
const BEFORE = 3
/** Metres between points on a wall, at first and where houses stand close. */
const APART = 8
const APART_CLOSE = 4
/** A new site may take land before another wall, which then is looked at again. What is still cut then becomes one cell. */
const PASSES = 4

export function withWalls(sites: Sites, [minX, minY, maxX, maxY]: Box, scale: Scale): Sites {
  const { rings, site: siteOf } = sites.footprints
  if (rings.length === 0) return sites
  const { east, north } = scale
  const [x, y, owner] = [[...sites.x], [...sites.y], [...sites.owner]]
  const places = new Vertices()
  for (const site of sites.x.keys()) places.add(x[site]!, y[site]!)
  const near = new Buckets(x, y, sites.x.keys())
  const own = new Map<number, number[]>()
  const distance2 = (px: number, py: number, site: number): number => {
    const [dx, dy] = [(x[site]! - px) * east, (y[site]! - py) * north]
    return dx * dx + dy * dy
  }
  /** The building with a site nearer than the house's own, or -1. */
  const claimant = (px: number, py: number, house: number): number => {
    let reach = Infinity
    for (const site of own.get(house) ?? [house]) reach = Math.min(reach, distance2(px, py, site))
    let found = -1
    near.some([px, py, px, py], Math.ceil(Math.sqrt(reach) / east), (site) => {
      if (owner[site] === house || distance2(px, py, site) >= reach) return false
      found = owner[site]!
      return true
    })
    return found
  }
  let asked = new Set(siteOf.filter((site) => site >= 0))
  for (let pass = 0; pass < PASSES && asked.size > 0; pass++) {
    const again = new Set<number>()
    for (const [n, ring] of rings.entries()) {
      const house = siteOf[n]!
      if (!asked.has(house)) continue
      eachWallPoint(ring, scale, pass === 0 ? APART : APART_CLOSE, (wx, wy) => {
        if (wx < minX || wx > maxX || wy < minY || wy > maxY || places.find(wx, wy) >= 0) return
        const [px, py] = pass === 0 ? before(wx, wy, x[house]!, y[house]!, scale) : [wx, wy]
        const other = claimant(px, py, house)
        // Houses that stand into each other are one, whatever lies between them.
        if (other < 0 || sites.footprints.holds(wx, wy, house)) return
        const site = places.add(wx, wy)
        x.push(wx)
        y.push(wy)
        owner.push(house)
        near.add(site)
        own.set(house, [...(own.get(house) ?? [house]), site])
        again.add(house).add(other)
      })
    }
    asked = again
  }
  return { ...grown(sites, x, y, owner), built: x.length }
}

/** The point `BEFORE` metres further from the house's middle. */
function before(wx: number, wy: number, hx: number, hy: number, { east, north }: Scale): [number, number] {
  const [dx, dy] = [(wx - hx) * east, (wy - hy) * north]
  const far = Math.sqrt(dx * dx + dy * dy)
  if (far === 0) return [wx, wy]
  return [wx + Math.round((dx * BEFORE) / (far * east)), wy + Math.round((dy * BEFORE) / (far * north))]
}
