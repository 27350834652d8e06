/**
 * Splits a unit by a line. The line may cross it several times, touch its corners and run along its edges; what it does outside of
 * the unit does not matter. The largest piece stays the unit; with `below` all pieces are units below it.
 *
 * Of a grid with micro-grids the line also cuts the micro-grids that it crosses: each belongs to the grid on its side, and the larger
 * part stays what it was.
 */
import type { Coverage } from '../coverage.ts'
import type { Difference, Leaf } from '../difference.ts'
import { newLeaf, type Overlay } from '../overlay.ts'
import type { LeafId, Refusal, Split } from './action.ts'
import { cut, finish } from './cut.ts'
import { below, findLands, idsBeside, isTaken, type Land } from './land.ts'
import { facesByLeaf, piecesOf } from './pieces.ts'
import { gridLine, isRefused } from './place.ts'

export function split(coverage: Coverage, action: Split): Difference | Refusal {
  const { unit, line, newIds } = action
  const found = findLands(coverage, [unit])
  if (isRefused(found)) return found
  const [land] = found as [Land]
  if (action.below && !mayHaveUnitsBelow(land)) return { reason: 'not-below-parent', units: [unit] }
  const flat = gridLine(line)
  if (isRefused(flat)) return flat
  const pieces = cut(coverage, land.leafIds, { lines: [flat] })
  if (isRefused(pieces)) return pieces
  const groups = piecesOf(pieces.faces, pieces.edges(), () => unit)
  // A unit of several parts has as many pieces before it is cut.
  if (groups.length <= coverage.union(land.leafIds).length) return { reason: 'splits-nothing', where: line[0], units: [unit] }
  const ids = newIds.slice(0, action.below ? groups.length : groups.length - 1)
  if (ids.length < groups.length - (action.below ? 0 : 1)) return { reason: 'too-few-ids', units: [unit] }
  const taken = ids.find((id, index) => isTaken(coverage, id) || newIds.indexOf(id) !== index)
  if (taken !== undefined) return { reason: 'id-taken', units: [taken] }
  if (land.isCut) return splitCut(coverage, land, pieces, groups, ids)
  const owners = new Array<LeafId>(pieces.faces.length)
  const idOf = (rank: number) => (action.below ? ids[rank]! : rank === 0 ? unit : ids[rank - 1]!)
  for (const [rank, group] of groups.entries()) for (const face of group) owners[face] = idOf(rank)
  const { facts } = land
  const { unitKind, name } = facts
  const where = action.below ? under(facts) : { level: facts.level, parentCode: facts.parentCode, grid: facts.grid }
  const first = action.below ? 1 : 2
  const added = ids.map((id, index) => newLeaf({ id, name: `${name}-${index + first}`, unitKind, ...where }))
  return finish(coverage, land.leafIds, pieces, owners, { removed: action.below ? [facts] : [], added })
}

/** Not a grid that has some already, nor what has nothing below it; and a village needs a code that stays. */
const mayHaveUnitsBelow = ({ isCut, facts }: Land): boolean =>
  !isCut && (facts.level === 'grid' || (facts.level === 'village' && below(facts).grid === undefined))

const under = (facts: Leaf): Pick<Leaf, 'level' | 'parentCode' | 'grid'> => ({
  level: facts.level === 'village' ? 'grid' : 'microgrid',
  ...below(facts),
})

/** Each piece but the largest is a new grid; of a micro-grid that lies in several, the largest part keeps its id. */
function splitCut(
  coverage: Coverage,
  { facts, leafIds }: Land,
  pieces: Overlay,
  groups: readonly number[][],
  ids: readonly LeafId[],
): Difference | Refusal {
  const { faces } = pieces
  const fresh = ids.map((id, index) => newLeaf({ id, name: `${facts.name}-${index + 2}`, unitKind: facts.unitKind, level: facts.level, parentCode: facts.parentCode })) // prettier-ignore
  const grids = [facts, ...fresh]
  const nextId = grids.map(({ id }) => idsBeside(coverage, id))
  const rankOf = new Map(groups.flatMap((group, rank) => group.map((face) => [face, rank] as const)))
  const owners = new Array<LeafId>(faces.length)
  const removed: Leaf[] = []
  const added: Leaf[] = []
  for (const [id, own] of [...facesByLeaf(faces)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const leaf = coverage.leaves.get(id)!
    const byRank = new Map<number, number>()
    for (const face of own) byRank.set(rankOf.get(face)!, (byRank.get(rankOf.get(face)!) ?? 0) + faces[face]!.area2)
    const [[home]] = [...byRank].sort(([a, one], [b, other]) => other - one || a - b) as [[number, number]]
    if (home !== 0) {
      removed.push(leaf)
      added.push({ ...leaf, ...below(grids[home]!) })
    }
    const names = new Map([[home, id]])
    for (const rank of [...byRank.keys()].sort((a, b) => a - b)) {
      if (rank === home) continue
      const partId = nextId[rank]!()
      names.set(rank, partId)
      const { name, unitKind, level } = leaf
      added.push(newLeaf({ id: partId, name, unitKind, level, ...below(grids[rank]!) }))
    }
    for (const face of own) owners[face] = names.get(rankOf.get(face)!)!
  }
  const difference = finish(coverage, leafIds, pieces, owners, { removed, added })
  return isRefused(difference) ? difference : { ...difference, grids: { removed: [], added: fresh } }
}
