/**
 * New codes, given when a plan comes into force: the next number under the parent that was never given out, from west to east, then
 * from north to south. A unit that stays where it is keeps its code; one that changes its parent, or is renumbered, gets a new one.
 */
import { childCode, codeLength, levelOf, parentOf } from './code.ts'
import { labelPoint } from './measure.ts'
import type { LeafState } from './plan-outcome.ts'

/** There is no number left below a parent. */
export class OutOfCodes extends RangeError {
  override readonly name = 'OutOfCodes'
}

export const needsCode = ({ leaf: { code, parentCode, renumber } }: LeafState): boolean =>
  code === null || renumber || parentOf(code) !== parentCode

/** Codes by leaf id, for the leaves that need one. `used` holds every code that was ever given out. Throws OutOfCodes. */
export function giveCodes(leaves: readonly LeafState[], used: Iterable<string>): Map<string, string> {
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
  const taken = [...used]
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
  throw new OutOfCodes(`all ${most} numbers below ${parentCode} have been given out`)
}

function westToEast(group: readonly LeafState[]): LeafState[] {
  const placed = group.map((state) => ({ state, point: labelPoint(state.polygons) }))
  placed.sort((a, b) => a.point[0] - b.point[0] || b.point[1] - a.point[1] || (a.state.leaf.id < b.state.leaf.id ? -1 : 1))
  return placed.map(({ state }) => state)
}
