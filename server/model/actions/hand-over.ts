/** Hands a piece of a unit to a neighbour: the piece that a line cuts off, or, without a line, one of its parts. */
import type { Coverage } from '../coverage.ts'
import type { Difference } from '../difference.ts'
import { sideOfPolygon } from '../exact.ts'
import type { HandOver, Refusal } from './action.ts'
import { cut, finish } from './cut.ts'
import { findLeaves, gridLine, gridPoint, isRefused } from './place.ts'

/** The piece must share a border with its new unit. The whole of a unit is not handed over: merge it. */
export function handOver(coverage: Coverage, { unit, to, line, at }: HandOver): Difference | Refusal {
  const leaves = findLeaves(coverage, [unit, to])
  if (isRefused(leaves)) return leaves
  if (unit === to) return { reason: 'same-place', where: at, units: [unit] }
  const flat = line && gridLine(line)
  if (flat && isRefused(flat)) return flat
  const point = gridPoint(at)
  if (isRefused(point)) return point
  const leafIds = new Set([unit, to])
  const pieces = cut(coverage, leafIds, { lines: flat ? [flat] : [] })
  if (isRefused(pieces)) return pieces
  const { faces } = pieces
  const own = faces.flatMap(({ old }, index) => (old === unit ? [index] : []))
  const piece = own.find((index) => sideOfPolygon(...point, faces[index]!.rings) >= 0)
  if (piece === undefined) return { reason: 'misses-unit', where: at, units: [unit] }
  if (own.length === 1) return { reason: flat ? 'splits-nothing' : 'swallows-unit', where: at, units: [unit] }
  const touches = [...pieces.neighbours(piece)].some((other) => typeof other === 'number' && faces[other]!.old === to)
  if (!touches) return { reason: 'not-neighbours', where: at, units: [unit, to] }
  const owners = faces.map(({ old }, index) => (index === piece ? to : old))
  return finish(coverage, leafIds, pieces, owners, { removed: [], added: [] })
}
