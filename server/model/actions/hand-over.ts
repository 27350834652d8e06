/**
 * Hands a piece of a unit to a neighbour: the piece that a line cuts off, or, without a line, one of its parts. Micro-grids that lie
 * in it whole go as they are.
 */
import type { Coverage } from '../coverage.ts'
import type { Difference } from '../difference.ts'
import { sideOfPolygon } from '../exact.ts'
import type { HandOver, Refusal } from './action.ts'
import { cut, finish } from './cut.ts'
import { findLands, type Land } from './land.ts'
import { handOverFaces, piecesOf } from './pieces.ts'
import { gridLine, gridPoint, isRefused } from './place.ts'

/** The piece must share a border with its new unit. The whole of a unit is not handed over: merge it. */
export function handOver(coverage: Coverage, { unit, to, line, at }: HandOver): Difference | Refusal {
  const lands = findLands(coverage, [unit, to])
  if (isRefused(lands)) return lands
  if (unit === to) return { reason: 'same-place', where: at, units: [unit] }
  const [from, target] = lands as [Land, Land]
  if ((from.isCut || target.isCut) && from.facts.level !== target.facts.level) return { reason: 'other-parent', units: [unit, to] }
  const flat = line && gridLine(line)
  if (flat && isRefused(flat)) return flat
  const point = gridPoint(at)
  if (isRefused(point)) return point
  const leafIds = new Set([...from.leafIds, ...target.leafIds])
  const cutUp = cut(coverage, leafIds, { lines: flat ? [flat] : [] })
  if (isRefused(cutUp)) return cutUp
  const { faces } = cutUp
  const edges = cutUp.edges()
  const isOwn = (face: number) => face >= 0 && from.leafIds.has(faces[face]!.old)
  const own = piecesOf(faces, edges, ({ old }) => (from.leafIds.has(old) ? unit : to)).filter(([face]) => isOwn(face!))
  const piece = own.find((group) => group.some((face) => sideOfPolygon(...point, faces[face]!.rings) >= 0))
  if (piece === undefined) return { reason: 'misses-unit', where: at, units: [unit] }
  if (own.length === 1) return { reason: flat ? 'splits-nothing' : 'swallows-unit', where: at, units: [unit] }
  const mine = new Set(piece)
  const isBeyond = (face: number) => face >= 0 && !isOwn(face)
  const touches = edges.some(({ left, right }) => (mine.has(left) && isBeyond(right)) || (mine.has(right) && isBeyond(left)))
  const given = touches && handOverFaces(coverage, { faces, edges }, [{ faces: piece, to: target }])
  if (!given) return { reason: 'not-neighbours', where: at, units: [unit, to] }
  return finish(coverage, leafIds, cutUp, given.owners, given.leaves)
}
