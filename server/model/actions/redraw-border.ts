/**
 * Draws the border of two units anew between two points of it: the stretch between them goes, the line takes its place.
 *
 *        A                A
 *    ──●───●──    →    ──●╲ ╱●──      Everything that lay beyond the old stretch and lies before the new one changes sides.
 *        B                B  ‾
 *
 * The border of a grid with micro-grids may run past several of them: each bit of land joins the micro-grid that it lies beside.
 */
import type { Coverage } from '../coverage.ts'
import { fromGrid } from '../crs.ts'
import type { Arc, Difference } from '../difference.ts'
import type { FlatRing } from '../exact.ts'
import { isNear } from '../noding.ts'
import { reversed } from '../rings.ts'
import { soundness } from '../soundness.ts'
import type { RedrawBorder, Refusal } from './action.ts'
import { cut, finish } from './cut.ts'
import { findLands, type Land } from './land.ts'
import { handOverFaces, piecesOf } from './pieces.ts'
import { type GridPoint, gridLine, isRefused, reshape } from './place.ts'
import { stretchBetween } from './stretch.ts'

/** Both ends of the line must lie on one and the same border of the two; the line must not meet any other. */
export function redrawBorder(coverage: Coverage, { units, line }: RedrawBorder): Difference | Refusal {
  const lands = findLands(coverage, units)
  if (isRefused(lands)) return lands
  const flat = gridLine(line)
  if (isRefused(flat)) return flat
  if (lands.some(({ isCut }) => isCut)) return redrawCut(coverage, lands as [Land, Land], flat, { units, line })
  const last = flat.length - 2
  const [first, end]: GridPoint[] = [
    [flat[0]!, flat[1]!],
    [flat[last]!, flat[last + 1]!],
  ] as [GridPoint, GridPoint]
  const [one, other] = units
  const shared = [...coverage.arcsOf(one)].filter(({ left, right }) => left === other || right === other)
  if (one === other || shared.length === 0) return { reason: 'not-neighbours', units }
  const arc = shared.find(({ points }) => placeOn(points, first!) !== null && placeOn(points, end!) !== null)
  if (!arc)
    return { reason: 'not-on-border', where: line[shared.some(({ points }) => placeOn(points, first!)) ? line.length - 1 : 0], units }
  const [from, to] = [placeOn(arc.points, first!)!, placeOn(arc.points, end!)!]
  if (from === to || flat.length < 4) return { reason: 'same-place', where: line[0] }
  const points = from < to ? spliced(arc, flat, from, to) : spliced(arc, reversed(flat), to, from)
  const difference = reshape(coverage, new Map([[arc, points]]))
  return soundness(coverage, difference) ?? difference
}

/** Lays the line over both: what it cuts off together with the old stretch, and with nothing else, changes sides. */
function redrawCut(
  coverage: Coverage,
  [one, other]: readonly [Land, Land],
  flat: FlatRing,
  { units, line }: Pick<RedrawBorder, 'units' | 'line'>,
): Difference | Refusal {
  if (one.id === other.id) return { reason: 'not-neighbours', units }
  if (one.facts.level !== other.facts.level) return { reason: 'other-parent', units }
  if (flat.length < 4) return { reason: 'same-place', where: line[0] }
  const leafIds = new Set([...one.leafIds, ...other.leafIds])
  const cutUp = cut(coverage, leafIds, { lines: [flat] })
  if (isRefused(cutUp)) return cutUp
  const { faces } = cutUp
  const edges = cutUp.edges()
  const isOne = (face: number) => one.leafIds.has(faces[face]!.old)
  const border = edges.filter(({ left, right }) => left >= 0 && right >= 0 && isOne(left) !== isOne(right))
  if (border.length === 0) return { reason: 'not-neighbours', units }
  const astray = edges.find(({ left, right }) => left < 0 && right < 0)
  if (astray) return { reason: 'crosses-border', where: fromGrid([astray.points[0], astray.points[1]]), units }
  const stretch = stretchBetween(border, [flat[0]!, flat[1]!], [flat.at(-2)!, flat.at(-1)!])
  if (typeof stretch === 'string') return { reason: 'not-on-border', where: line[stretch === 'start' ? 0 : line.length - 1], units }
  const pieces = piecesOf(faces, edges, ({ old }) => (one.leafIds.has(old) ? one.id : other.id))
  const pieceOf = new Map(pieces.flatMap((piece) => piece.map((face) => [face, piece] as const)))
  const held = new Set<readonly number[]>()
  const beside = new Set<readonly number[]>()
  for (const edge of edges) {
    const [left, right] = [pieceOf.get(edge.left), pieceOf.get(edge.right)]
    if (left === right) continue
    const which = stretch.has(edge) ? beside : edge.isDrawn ? null : held
    if (which) for (const piece of [left, right]) if (piece) which.add(piece)
  }
  const turned = pieces.filter((piece) => beside.has(piece) && !held.has(piece))
  if (turned.length === 0) return { reason: 'same-place', where: line[0] }
  const handovers = turned.map((piece) => ({ faces: piece, to: isOne(piece[0]!) ? other : one }))
  const given = handOverFaces(coverage, { faces, edges }, handovers)
  return given ? finish(coverage, leafIds, cutUp, given.owners, given.leaves) : { reason: 'not-neighbours', units }
}

function spliced({ points }: Arc, line: FlatRing, from: number, to: number): FlatRing {
  const before = points.subarray(0, 2 * Math.ceil(from))
  const after = points.subarray(2 * (Math.floor(to) + 1))
  return Int32Array.from([...before, ...line, ...after])
}

/** How far along a line, in vertices: 3 is the vertex 3, 3.5 anywhere between 3 and 4. Null: not on it. */
function placeOn(points: FlatRing, [x, y]: GridPoint): number | null {
  for (let i = 0; i < points.length; i += 2) if (points[i] === x && points[i + 1] === y) return i / 2
  for (let i = 0; i + 3 < points.length; i += 2) {
    const [ax, ay, bx, by] = [points[i]!, points[i + 1]!, points[i + 2]!, points[i + 3]!]
    if (isNear(x, y, ax, ay, bx, by)) return i / 2 + Math.hypot(x - ax, y - ay) / (Math.hypot(x - ax, y - ay) + Math.hypot(x - bx, y - by))
  }
  return null
}
