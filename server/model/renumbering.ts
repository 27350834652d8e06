/** Renumbering a whole place: which actions that takes, and which codes it would give whom, to be looked at before it is done. */
import type { Action, Renumber } from './actions/action.ts'
import { isCode, isWithin, levelOf } from './code.ts'
import { Coverage } from './coverage.ts'
import { gridOf, type Leaf } from './difference.ts'
import { stateOf } from './large.ts'
import { giveCodes, needsCode, OutOfCodes } from './plan-codes.ts'
import { replay } from './replay.ts'

/**
 * The actions that give all grids within a unit new codes, parent by parent; below a grid, its micro-grids. Parents whose units are
 * all renumbered already are left out: none is left where there is nothing to do.
 */
export function renumbersOf({ leaves, grids }: Pick<Coverage, 'leaves' | 'grids'>, unitCode: string): Renumber[] {
  const isMicro = levelOf(unitCode) === 'grid'
  const parents = new Set<string>()
  for (const unit of [...leaves.values(), ...grids.values()]) {
    const parent = isMicro ? gridOf(unit) : unit.level === 'grid' ? unit.parentCode : null
    if (parent !== null && !unit.renumber && isCode(parent) && isWithin(parent, unitCode)) parents.add(parent)
  }
  return [...parents].sort().map((parentCode) => ({ type: 'renumber', parentCode }))
}

export interface NewCode extends Pick<Leaf, 'id' | 'name' | 'nameEn' | 'parentCode' | 'level'> {
  /** Null for a unit that is new. */
  before: string | null
  after: string
}
/** `fullBelow`: the parent below which no number is left. */
export type NewCodes = { units: NewCode[] } | { fullBelow: string }

/**
 * The codes of units at the places that `renumbers` name, and of micro-grids there, as they would be if the plan came into force after
 * them; by new code. `used`: codes that were ever given out. The coverage stays as it is.
 */
export function newCodesOf(coverage: Coverage, renumbers: readonly Renumber[], used: readonly string[]): NewCodes {
  const { leaves, arcs, grids } = stateOf(coverage)
  const after = new Coverage(leaves, arcs, grids)
  replay(after, renumbers as Action[])
  const places = new Set(renumbers.map(({ parentCode }) => parentCode))
  const isThere = ({ parentCode, grid }: Leaf): boolean => places.has(grid ?? parentCode) || places.has(parentCode)
  const states = [
    ...[...after.grids.values()].map((leaf) => ({ leaf, polygons: () => after.union(after.leavesOfGrid(leaf.id)) })),
    ...[...after.leaves.values()].map((leaf) => ({ leaf, polygons: () => after.polygonsOf(leaf.id) })),
  ]
    .filter(({ leaf }) => needsCode({ leaf, polygons: [] }))
    .map(({ leaf, polygons }) => ({ leaf, polygons: polygons() }))
  try {
    const given = giveCodes(states, used)
    const units = states.flatMap(({ leaf }): NewCode[] => {
      const { id, name, nameEn, parentCode, level, code: before } = leaf
      const code = given.get(id)
      return code !== undefined && isThere(leaf) ? [{ id, name, nameEn, parentCode, level, before, after: code }] : []
    })
    return { units: units.sort((a, b) => (a.after < b.after ? -1 : 1)) }
  } catch (cause) {
    if (cause instanceof OutOfCodes) return { fullBelow: cause.parentCode }
    throw cause
  }
}
