/** What a unit is called, what sort it is and where it belongs, without touching its borders; and new codes on demand. */
import { codeLength, levelOf } from '../code.ts'
import type { Coverage } from '../coverage.ts'
import { type Difference, gridOf, type Leaf } from '../difference.ts'
import type { Describe, Refusal, Renumber } from './action.ts'
import { below, findLands, hangs, type Land } from './land.ts'
import { isRefused } from './place.ts'

const NO_ARCS = { removed: [], added: [] }

/** A grid's micro-grids go with it to another village. */
export function describe(coverage: Coverage, { unit, name, nameEn, unitKind, parentCode }: Describe): Difference | Refusal {
  const found = findLands(coverage, [unit])
  if (isRefused(found)) return found
  const [{ facts, isCut }] = found as [Land]
  const place = parentCode === undefined ? { parentCode: facts.parentCode, grid: facts.grid } : hangs(coverage, parentCode)
  const said = { name: name ?? facts.name, nameEn: nameEn === undefined ? facts.nameEn : nameEn, unitKind: unitKind ?? facts.unitKind }
  const after: Leaf = { ...facts, ...said, ...place }
  const isMoved = after.parentCode !== facts.parentCode || after.grid !== facts.grid
  const isRenamed = after.name !== facts.name || after.nameEn !== facts.nameEn
  if (!isRenamed && after.unitKind === facts.unitKind && !isMoved) return { reason: 'same-place', units: [unit] }
  const above = levelOf(parentCode ?? after.parentCode)
  if (!above || codeLength(above) >= codeLength(facts.level)) return { reason: 'not-below-parent', units: [unit] }
  if (!isCut) return { arcs: NO_ARCS, leaves: { removed: [facts], added: [after] } }
  return changeGrids(coverage, [{ facts, after }])
}

/** The codes themselves are given when the plan comes into force: until then others may take numbers. */
export function renumber(coverage: Coverage, { parentCode }: Renumber): Difference | Refusal {
  const leaves = [...coverage.leaves.values()].filter((leaf) => isBelow(leaf, parentCode) && !leaf.renumber)
  const grids = [...coverage.grids.values()].filter((grid) => grid.parentCode === parentCode && !grid.renumber)
  if (leaves.length + grids.length === 0) return { reason: 'no-unit', units: [parentCode] }
  const others = changeGrids(coverage, grids.map((facts) => ({ facts, after: { ...facts, renumber: true } }))) // prettier-ignore
  return {
    ...others,
    leaves: {
      removed: [...leaves, ...others.leaves.removed],
      added: [...leaves.map((leaf) => ({ ...leaf, renumber: true })), ...others.leaves.added],
    },
  }
}

const isBelow = (leaf: Leaf, parentCode: string): boolean => {
  const grid = gridOf(leaf)
  return grid === null ? leaf.parentCode === parentCode : grid === parentCode
}

/** Other facts of cut grids; a micro-grid says of its grid what that has become. */
function changeGrids(coverage: Coverage, grids: readonly { facts: Leaf; after: Leaf }[]): Difference {
  const removed: Leaf[] = []
  const added: Leaf[] = []
  for (const { after } of grids) {
    const place = below(after)
    for (const id of coverage.leavesOfGrid(after.id)) {
      const leaf = coverage.leaves.get(id)!
      if (leaf.parentCode === place.parentCode && leaf.grid === place.grid) continue
      removed.push(leaf)
      added.push({ ...leaf, ...place })
    }
  }
  return {
    arcs: NO_ARCS,
    leaves: { removed, added },
    grids: { removed: grids.map(({ facts }) => facts), added: grids.map(({ after }) => after) },
  }
}
