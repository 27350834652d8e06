/**
 * New codes, given when a plan comes into force: the next number under the parent that was never given out, from west to east, then
 * from north to south. A unit that stays where it is keeps its code; one that changes its parent, or is renumbered, gets a new one.
 * Grids come before the micro-grids that are numbered below them.
 */
import { childCode, codeLength, levelOf, parentOf } from './code.ts'
import type { Coverage } from './coverage.ts'
import { labelPoint } from './measure.ts'
import type { LeafChange, LeafState } from './plan-outcome.ts'

/** There is no number left below a parent. */
export class OutOfCodes extends RangeError {
  override readonly name = 'OutOfCodes'
  readonly parentCode: string

  constructor(message: string, parentCode: string) {
    super(message)
    this.parentCode = parentCode
  }
}

export const needsCode = ({ leaf: { code, parentCode, renumber, grid } }: LeafState): boolean =>
  code === null || renumber || grid !== undefined || parentOf(code) !== parentCode

/** Leaves and cut grids that get a code when the changes come into force. */
export function inNeedOfCode(after: Coverage, changes: readonly LeafChange[]): LeafState[] {
  const leaves = changes.flatMap((change) => (change.after && needsCode(change.after) ? [change.after] : []))
  const grids = [...after.grids.values()].map((leaf) => ({ leaf, polygons: after.union(after.leavesOfGrid(leaf.id)) }))
  return [...grids.filter(needsCode), ...leaves]
}

/**
 * Codes by id, for the leaves and cut grids that need one. `used` holds every code that was ever given out. Throws OutOfCodes.
 */
export function giveCodes(units: readonly LeafState[], used: Iterable<string>): Map<string, string> {
  const taken = [...used]
  const given = giveBelow(units.filter(({ leaf }) => leaf.grid === undefined), taken) // prettier-ignore
  const inGrids = units.flatMap((state) => {
    const parentCode = state.leaf.grid === undefined ? undefined : given.get(state.leaf.grid)
    return parentCode === undefined ? [] : [{ ...state, leaf: { ...state.leaf, parentCode } }]
  })
  for (const [id, code] of giveBelow(inGrids, [...taken, ...given.values()])) given.set(id, code)
  return given
}

function giveBelow(leaves: readonly LeafState[], taken: readonly string[]): Map<string, string> {
  const groups = new Map<string, LeafState[]>()
  for (const state of leaves) {
    const { parentCode, level } = state.leaf
    const prefix = childCode(parentCode, level, 1).slice(0, level === 'microgrid' ? -2 : -3)
    const group = groups.get(prefix)
    if (group) group.push(state)
    else groups.set(prefix, [state])
  }
  const given = new Map<string, string>()
  if (groups.size === 0) return given
  for (const [prefix, group] of groups) {
    const { level, parentCode } = group[0]!.leaf
    const length = codeLength(level)
    const numbers = new Set(
      taken
        .filter((code) => code.length === length && levelOf(code) === level && code.startsWith(prefix))
        .map((code) => Number(code.slice(prefix.length))),
    )
    const most = 10 ** (length - prefix.length) - 1
    let highest = Math.max(0, ...numbers)
    for (const { leaf } of westToEast(group)) {
      const number = highest < most ? highest + 1 : lowestFree(numbers, most, parentCode)
      highest = Math.max(highest, number)
      numbers.add(number)
      given.set(leaf.id, childCode(parentCode, level, number))
    }
  }
  return given
}

/** Once the highest number has been given out, what was left out below it serves. */
function lowestFree(numbers: ReadonlySet<number>, most: number, parentCode: string): number {
  for (let n = 1; n <= most; n++) if (!numbers.has(n)) return n
  throw new OutOfCodes(`all ${most} numbers below ${parentCode} have been given out`, parentCode)
}

function westToEast(group: readonly LeafState[]): LeafState[] {
  const placed = group.map((state) => ({ state, point: labelPoint(state.polygons) }))
  placed.sort((a, b) => a.point[0] - b.point[0] || b.point[1] - a.point[1] || (a.state.leaf.id < b.state.leaf.id ? -1 : 1))
  return placed.map(({ state }) => state)
}
