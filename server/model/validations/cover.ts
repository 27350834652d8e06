/**
 * Gap and overlap. By the exact edge rule over the touched units, before against after: what does not cancel away from the
 * county's own line is a gap (one side of an edge has lost its unit) or an overlap (two units on one side). And by the county's
 * own line: a part of it that turns round land which was covered before encloses a gap.
 */
import { closeRings } from '../arc-rings.ts'
import type { Coverage } from '../coverage.ts'
import { type LngLat, toGrid } from '../crs.ts'
import type { Arc } from '../difference.ts'
import { edgeRule, type OffendingEdge } from '../edge-rule.ts'
import { area2, sideOfPolygon } from '../exact.ts'
import type { Finding } from '../finding.ts'
import { areaM2, labelPoint } from '../measure.ts'
import type { GridPolygons } from '../rings.ts'
import { boxOfPoints } from '../swept.ts'
import { type Context, extentOf, placeOf } from './context.ts'

export const cover = (context: Context): Finding[] => [...unevenEdges(context), ...enclosedGaps(context)]

function unevenEdges({ coverage, difference, leaves, sound, before }: Context): Finding[] {
  const gone = difference.leaves.removed.map(({ id }) => id)
  const old = [...new Set([...leaves.map(({ id }) => id), ...gone])].map(before)
  const now = sound.map(({ id }) => ({ id, polygons: coverage.polygonsOf(id) }))
  const outline = new Set([...difference.arcs.removed, ...difference.arcs.added].filter(isOutline).flatMap(edgeKeys))
  const uneven = edgeRule(
    old,
    now.map(({ polygons }) => polygons),
  ).filter(({ from, to }) => !outline.has(keyOf(toGrid(from), toGrid(to))))
  if (uneven.length === 0) return []
  const holders = holdersOf(now, new Set(uneven.map(({ from, to }) => directed(from, to))))
  const isDouble = ({ from, to }: OffendingEdge) => (holders.get(directed(from, to)) ?? []).length > 1
  return (['gap', 'overlap'] as const).flatMap((code) => {
    const edges = uneven.filter((edge) => isDouble(edge) === (code === 'overlap'))
    if (edges.length === 0) return []
    const units = [...new Set(edges.flatMap(({ from, to }) => holders.get(directed(from, to)) ?? []))]
    const extent = extentOf(boxOfPoints(edges.flatMap(({ from, to }) => [...toGrid(from), ...toGrid(to)])))
    return { code, severity: 'error', units, where: edges[0]!.from, extent, value: null, limit: null } satisfies Finding
  })
}

/** Units that run along each of the directed edges asked for. */
function holdersOf(now: readonly { id: string; polygons: GridPolygons }[], asked: ReadonlySet<string>): Map<string, string[]> {
  const holders = new Map<string, string[]>()
  for (const { id, polygons } of now) {
    for (const ring of polygons.flat()) {
      for (let i = 0; i < ring.length; i += 2) {
        const next = (i + 2) % ring.length
        const key = directed([ring[i]! / 1e7, ring[i + 1]! / 1e7], [ring[next]! / 1e7, ring[next + 1]! / 1e7])
        if (asked.has(key)) holders.set(key, [...(holders.get(key) ?? []), id])
      }
    }
  }
  return holders
}

/** Land outside of all units that changed outlines enclose, and that had a unit before. */
function enclosedGaps({ coverage, swept, leaves, difference, before }: Context): Finding[] {
  const seeds = swept.added.map(({ arc }) => arc).filter(isOutline)
  if (seeds.length === 0) return []
  const around = connectedOutline(coverage, seeds)
  const inverse = around.map((arc): Arc => ({ ...arc, left: arc.left === null ? NOBODY : null, right: arc.right === null ? NOBODY : null }))
  // The county's own ring goes round all of it, and is no hole in it.
  const holes = closeRings(inverse, (id) => id === NOBODY).map((rings) => rings.filter((ring) => -area2(ring) < area2(rings[0]!)))
  const old = [...leaves, ...difference.leaves.removed].map(({ id }) => before(id)).filter((polygons) => polygons.length > 0)
  const isWhole = difference.arcs.removed.length === 0
  return holes.flatMap((rings) => {
    const [x, y] = labelPoint([rings])
    const wasCovered = old.some((polygons) => polygons.some((part) => sideOfPolygon(x, y, part) >= 0))
    if (!wasCovered && !isWhole) return []
    const corners = new Set(rings.flatMap((ring) => Array.from({ length: ring.length / 2 }, (_, i) => `${ring[2 * i]},${ring[2 * i + 1]}`)))
    const bounding = around.filter(({ points: p }) => corners.has(`${p[0]},${p[1]}`) && corners.has(`${p[2]},${p[3]}`))
    const units = [...new Set(bounding.flatMap(({ left, right }) => left ?? right ?? []))]
    return { code: 'gap', severity: 'error', units, ...placeOf([rings]), value: areaM2([rings]), limit: 0 } satisfies Finding
  })
}

const NOBODY = 'nobody'

/** All of the county's own line that hangs together with these arcs. */
function connectedOutline(coverage: Coverage, seeds: readonly Arc[]): Arc[] {
  const found = new Set(seeds)
  for (const { points: p } of found)
    for (const [x, y] of [
      [p[0]!, p[1]!],
      [p.at(-2)!, p.at(-1)!],
    ] as const)
      // prettier-ignore
      for (const next of coverage.arcsAtNode(x, y)) if (isOutline(next)) found.add(next)
  return [...found]
}

const isOutline = ({ left, right }: Arc): boolean => left === null || right === null
const directed = (from: LngLat, to: LngLat): string => `${from.join()} ${to.join()}`
const keyOf = (a: readonly number[], b: readonly number[]): string => [a.join(), b.join()].sort().join(' ')
const edgeKeys = ({ points: p }: Arc): string[] =>
  Array.from({ length: p.length / 2 - 1 }, (_, i) => keyOf([p[2 * i]!, p[2 * i + 1]!], [p[2 * i + 2]!, p[2 * i + 3]!]))
