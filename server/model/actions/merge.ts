/** Merges units that hang together by borders: the lines between them vanish, and `keep` stays. */
import type { Coverage } from '../coverage.ts'
import type { Difference, Leaf } from '../difference.ts'
import { newLeaf } from '../overlay.ts'
import type { LeafId, Merge, Refusal } from './action.ts'
import { cut, finish } from './cut.ts'
import { below, findLands, idsBeside, type Land } from './land.ts'
import { isRefused } from './place.ts'

/**
 * Refuses units that touch in points only, and units of different parents: hand those over first. Where a grid has micro-grids, they
 * stay: the one grid has those of all, and a grid that had none is one of them.
 */
export function merge(coverage: Coverage, { units, keep }: Merge): Difference | Refusal {
  const ids = [...new Set([keep, ...units])]
  const lands = findLands(coverage, ids)
  if (isRefused(lands)) return lands
  if (ids.length < 2) return { reason: 'same-place', units: ids }
  const apart = apartFrom(coverage, lands)
  if (apart.length > 0) return { reason: 'not-neighbours', units: apart }
  const [{ facts: kept }] = lands as [Land, ...Land[]]
  const isStrange = ({ facts }: Land) => facts.parentCode !== kept.parentCode || facts.grid !== kept.grid || facts.level !== kept.level
  const stranger = lands.find(isStrange)
  if (stranger) return { reason: 'other-parent', units: [keep, stranger.id] }
  if (lands.some(({ isCut }) => isCut)) return mergeCut(coverage, lands)
  const leafIds = new Set(ids)
  const pieces = cut(coverage, leafIds, {})
  if (isRefused(pieces)) return pieces
  const removed = lands.flatMap(({ id, facts }) => (id === keep ? [] : [facts]))
  return finish(coverage, leafIds, pieces, pieces.faces.map(() => keep), { removed, added: [] }) // prettier-ignore
}

/** Those that no chain of borders leads to from the first. */
function apartFrom(coverage: Coverage, lands: readonly Land[]): LeafId[] {
  const unitOf = new Map(lands.flatMap((land) => [...land.leafIds].map((id) => [id, land] as const)))
  const reached = new Set([lands[0]!])
  for (const { leafIds } of reached)
    for (const id of leafIds)
      for (const next of coverage.neighboursOf(id)) {
        const land = unitOf.get(next)
        if (land) reached.add(land)
      }
  return lands.filter((land) => !reached.has(land)).map(({ id }) => id)
}

/** No border vanishes: micro-grids change their grid, and whole grids become micro-grids. */
function mergeCut(coverage: Coverage, lands: readonly Land[]): Difference | Refusal {
  const [{ id: keep, facts: kept }] = lands as [Land, ...Land[]]
  const nextId = idsBeside(coverage, keep)
  const removed: Leaf[] = []
  const added: Leaf[] = []
  const names = new Map<LeafId, LeafId>()
  for (const { id, facts, leafIds, isCut } of lands) {
    if (isCut && id === keep) continue
    const leaves = [...leafIds].sort().map((leafId) => coverage.leaves.get(leafId)!)
    removed.push(...leaves)
    if (isCut) added.push(...leaves.map((leaf) => ({ ...leaf, ...below(kept) })))
    else {
      const { name, unitKind } = facts
      names.set(id, nextId())
      added.push(newLeaf({ id: names.get(id)!, name, unitKind, level: 'microgrid', ...below(kept) }))
    }
  }
  const whole = new Set(names.keys())
  const pieces = cut(coverage, whole, {})
  if (isRefused(pieces)) return pieces
  const difference = finish(coverage, whole, pieces, pieces.faces.map(({ old }) => names.get(old)!), { removed, added }) // prettier-ignore
  if (isRefused(difference)) return difference
  const gone = lands.flatMap(({ id, facts, isCut }) => (isCut && id !== keep ? [facts] : []))
  return { ...difference, grids: { removed: gone, added: names.has(keep) ? [kept] : [] } }
}
