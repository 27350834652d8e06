/** Where borders between groups of land have moved, place by place, and how much land changed its group there. */
import type { GridBox } from '../coverage.ts'
import { fromGrid, type LngLat } from '../crs.ts'
import type { Arc } from '../difference.ts'
import { metresPerUnit } from '../measure.ts'
import { boxOfPoints, eachEdge, type Run } from '../swept.ts'
import type { Context } from './context.ts'

export interface Place {
  box: GridBox
  where: LngLat
  runs: { removed: Run[]; added: Run[] }
  /** Leaves beside the moved lines, before or after, that are there after. */
  units: string[]
}

/** The swept boxes that hold one of the edges; `concerns` says which arcs' leaves are named. */
export function placesOf(
  { coverage, swept }: Context,
  edges: readonly { points: readonly number[] }[],
  concerns: (arc: Arc) => boolean,
): Place[] {
  return swept.boxes.flatMap((box) => {
    const here = edges.filter(({ points }) => isIn(box, points))
    if (here.length === 0) return []
    const within = (runs: readonly Run[]) => runs.filter(({ points }) => isIn(box, points))
    const runs = { removed: within(swept.removed), added: within(swept.added) }
    const arcs = [...runs.removed, ...runs.added].map(({ arc }) => arc).filter(concerns)
    const units = [
      ...new Set(arcs.flatMap(({ left, right }) => [left, right]).filter((id) => id !== null && coverage.leaves.has(id)) as string[]),
    ]
    const { points } = here[Math.floor(here.length / 2)]!
    const where = fromGrid([Math.round((points[0]! + points[2]!) / 2), Math.round((points[1]! + points[3]!) / 2)])
    return { box: boxOfPoints(here.flatMap((edge) => edge.points)), where, runs, units }
  })
}

const isIn = ([minX, minY, maxX, maxY]: GridBox, points: ArrayLike<number>): boolean =>
  points[0]! >= minX && points[0]! <= maxX && points[1]! >= minY && points[1]! <= maxY

/** Square metres that each group gained (positive) or lost: changed lines of one place close, so their areas add up. */
export function sweptAreaM2(
  { removed, added }: Place['runs'],
  groupBefore: (id: string | null) => string,
  groupAfter = groupBefore,
): Map<string, number> {
  const gained = new Map<string, number>()
  const [ox, oy] = (added[0] ?? removed[0])!.points as unknown as [number, number]
  const unit = metresPerUnit(oy)
  const count = (runs: readonly Run[], groupOf: (id: string | null) => string, sign: 1 | -1) =>
    eachEdge(runs, ({ left, right }, ax, ay, bx, by) => {
      const area = (sign * ((ax - ox) * (by - oy) - (bx - ox) * (ay - oy)) * unit.x * unit.y) / 2
      for (const [id, side] of [
        [left, 1],
        [right, -1],
      ] as const)
        // prettier-ignore
        gained.set(groupOf(id), (gained.get(groupOf(id)) ?? 0) + side * area)
    })
  count(removed, groupBefore, -1)
  count(added, groupAfter, 1)
  return gained
}
