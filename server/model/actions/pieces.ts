/** What a cut leaves of some units: pieces, which may be faces of several micro-grids, and how they change hands. */
import type { Coverage } from '../coverage.ts'
import type { Leaf, Swap } from '../difference.ts'
import type { Face, FaceEdge } from '../overlay.ts'
import type { LeafId } from './action.ts'
import { compareStart } from './cut.ts'
import { below, type Land } from './land.ts'

/** Faces by piece, the largest first: those of one unit that hang together where nothing drawn runs between them. */
export function piecesOf(faces: readonly Face[], edges: readonly FaceEdge[], unitOf: (face: Face) => string): number[][] {
  const root = faces.map((_, index) => index)
  const find = (face: number): number => {
    while (root[face] !== face) face = root[face] = root[root[face]!]!
    return face
  }
  for (const { left, right, isDrawn } of edges) {
    if (isDrawn || left < 0 || right < 0 || unitOf(faces[left]!) !== unitOf(faces[right]!)) continue
    const [a, b] = [find(left), find(right)]
    root[Math.max(a, b)] = Math.min(a, b)
  }
  const groups = new Map<number, number[]>()
  for (const index of faces.keys()) groups.set(find(index), [...(groups.get(find(index)) ?? []), index])
  const sized = [...groups.values()].map((group) => ({ group, area2: group.reduce((sum, face) => sum + faces[face]!.area2, 0) }))
  const firstOf = (group: readonly number[]): Face =>
    group.map((face) => faces[face]!).reduce((first, face) => (compareStart(face, first) < 0 ? face : first))
  sized.sort((a, b) => b.area2 - a.area2 || compareStart(firstOf(a.group), firstOf(b.group)))
  return sized.map(({ group }) => group)
}

export interface Handover {
  /** Faces that change hands. */
  faces: readonly number[]
  to: Land
}

/**
 * Who owns each face afterwards. A unit without micro-grids takes the land itself. One with micro-grids takes whole micro-grids as
 * they are; of others what has been cut off joins the micro-grid that it has the longest border with. Null when a face has none.
 */
export function handOverFaces(
  coverage: Coverage,
  { faces, edges }: { faces: readonly Face[]; edges: readonly FaceEdge[] },
  handovers: readonly Handover[],
): { owners: LeafId[]; leaves: Swap<Leaf> } | null {
  const target = new Map(handovers.flatMap(({ faces, to }) => faces.map((face) => [face, to] as const)))
  const owners: (LeafId | null)[] = faces.map(({ old }, face) => {
    const to = target.get(face)
    return to === undefined ? old : to.isCut ? null : to.id
  })
  const removed: Leaf[] = []
  const added: Leaf[] = []
  for (const [id, own] of facesByLeaf(faces)) {
    const to = target.get(own[0]!)
    if (to === undefined || own.some((face) => target.get(face) !== to)) continue
    const leaf = coverage.leaves.get(id)!
    removed.push(leaf)
    if (!to.isCut || leaf.level !== 'microgrid') continue
    added.push({ ...leaf, ...below(to.facts) })
    for (const face of own) owners[face] = id
  }
  return adopt(faces, edges, owners, target) ? { owners: owners as LeafId[], leaves: { removed, added } } : null
}

/** Gives faces without an owner to the leaf of their new unit that they border most, those beside it first. False: one borders none. */
function adopt(faces: readonly Face[], edges: readonly FaceEdge[], owners: (LeafId | null)[], target: ReadonlyMap<number, Land>): boolean {
  while (owners.includes(null)) {
    const lengths = new Map<number, Map<LeafId, number>>()
    const offer = (face: number, other: number, length: number) => {
      const owner = other < 0 ? null : owners[other]!
      if (face < 0 || owners[face] !== null || owner === null) return
      const to = target.get(face)!
      const isOfUnit = target.get(other) === to || (!target.has(other) && to.leafIds.has(faces[other]!.old))
      if (!isOfUnit) return
      const known = lengths.get(face) ?? new Map<LeafId, number>()
      lengths.set(face, known.set(owner, (known.get(owner) ?? 0) + length))
    }
    for (const { left, right, points } of edges) {
      // Sums of whole numbers are the same on every machine.
      const length = Math.abs(points[2] - points[0]) + Math.abs(points[3] - points[1])
      offer(left, right, length)
      offer(right, left, length)
    }
    if (lengths.size === 0) return false
    for (const [face, known] of lengths)
      owners[face] = [...known].reduce((best, each) => (each[1] > best[1] || (each[1] === best[1] && each[0] < best[0]) ? each : best))[0]
  }
  return true
}

export function facesByLeaf(faces: readonly Face[]): Map<LeafId, number[]> {
  const found = new Map<LeafId, number[]>()
  for (const [index, { old }] of faces.entries()) found.set(old, [...(found.get(old) ?? []), index])
  return found
}
