/** Where a click leads: one level down inside the shown unit, to a neighbour of the same level outside of it. */
import { codeAt, levelOf } from '#model/code.ts'
import { LEVELS } from '#model/level.ts'

/**
 * Code to go to when the unit `clicked` (the finest under the pointer) is clicked while `shown` is on the screen; null when there is
 * nothing further. Levels that are missing between (a grid right below its county) are skipped.
 */
export function drillTarget(shown: string, clicked: string): string | null {
  const level = levelOf(shown)
  if (!level) return null
  if (!clicked.startsWith(shown)) return codeAt(clicked, level) ?? clicked
  for (const finer of LEVELS.slice(LEVELS.indexOf(level) + 1)) {
    const target = codeAt(clicked, finer)
    if (target) return target
  }
  return null
}
