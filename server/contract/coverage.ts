/** The leaves of a county for the workbench, as arcs: what a `Coverage` of the model is built from. */
import { z } from 'zod'
import type { Above } from '#model/coverage.ts'
import type { Arc, Leaf } from '#model/difference.ts'
import type { Targets } from '#model/targets.ts'
import type { Topology } from '#model/topology.ts'
import { county, level, unitCode, unitKind } from './unit.ts'

export const leaf = z.object({
  code: unitCode,
  parentCode: unitCode,
  level,
  unitKind,
  name: z.string(),
  nameEn: z.string().nullable(),
})

/**
 * A line: leaves on its left and right as places in `leaves` (-1 outside), then its points on the grid of 1e-7 degree: the first
 * one as it is, each other as the difference from the one before. The n-th line is arc n of the coverage, counted from 1.
 */
export const arcLine = z.tuple([z.number().int(), z.number().int(), z.array(z.number().int())])

export const coverage = z.object({
  county,
  /** Since when these borders have been in force. */
  base: z.iso.datetime(),
  version: z.number().int(),
  leaves: z.array(leaf),
  /** Units above the leaves. */
  above: z.array(leaf.extend({ parentCode: unitCode.nullable() })),
  arcs: z.array(arcLine),
})
export type CoverageAnswer = z.infer<typeof coverage>
export type ArcLine = z.infer<typeof arcLine>

/** Lines of a topology whose ids stand in the order of `leaves`. */
export function writeArcs({ arcs, left, right, x, y }: Topology): ArcLine[] {
  return arcs.map((line, arc) => {
    const steps: number[] = []
    let [fromX, fromY] = [0, 0]
    for (const vertex of line) {
      const [toX, toY] = [x[vertex]!, y[vertex]!]
      steps.push(toX - fromX, toY - fromY)
      ;[fromX, fromY] = [toX, toY]
    }
    return [left[arc]!, right[arc]!, steps]
  })
}

/** What a `Coverage` is built from: `new Coverage(leaves, arcs, above)`. A unit's id is its code. */
export function readCoverage({ leaves, arcs, above }: Pick<CoverageAnswer, 'leaves' | 'arcs' | 'above'>): {
  leaves: Leaf[]
  arcs: Arc[]
  above: Above[]
} {
  const idAt = (place: number) => leaves[place]?.code ?? null
  return {
    leaves: leaves.map((each) => ({ id: each.code, renumber: false, ...each })),
    above: above.map((each) => ({ id: each.code, ...each })),
    arcs: arcs.map(([left, right, steps], index) => {
      const points = new Int32Array(steps.length)
      for (let i = 0; i < steps.length; i++) points[i] = steps[i]! + (i < 2 ? 0 : points[i - 2]!)
      return { id: index + 1, points, left: idAt(left), right: idAt(right) }
    }),
  }
}

/** What grids should hold, by configuration. */
export const targets = z.object({
  minHouseholds: z.number().int(),
  maxHouseholds: z.number().int(),
  /** Kinds of unit that the target is not asked of. */
  exempt: z.array(unitKind),
  /** A grid narrower than this anywhere is a sliver, metres. */
  minWidth: z.number(),
  /** A border closer to a building than this is told, metres. */
  clearance: z.number(),
}) satisfies z.ZodType<Targets>
