/** Units that nobody has a post in: new ones above all. */
import { gridOf } from '../difference.ts'
import type { Finding } from '../finding.ts'
import { type Context, placeOf } from './context.ts'

export function staff({ coverage, sound, staffed }: Context): Finding[] {
  if (!staffed) return []
  return sound
    .filter((leaf) => !staffed.has(leaf.id) && !(leaf.level === 'microgrid' && staffed.has(gridOf(leaf) ?? leaf.parentCode)))
    .map(({ id }) => ({
      code: 'no-staff',
      severity: 'warning',
      units: [id],
      ...placeOf(coverage.polygonsOf(id)),
      value: null,
      limit: null,
    }))
}
