/** Units that lie in more parts than before; several parts are lawful, but nobody should make them unawares. */
import type { Finding } from '../finding.ts'
import { areaM2 } from '../measure.ts'
import { type Context, placeOf } from './context.ts'

export function island({ coverage, sound, before }: Context): Finding[] {
  return sound.flatMap(({ id }) => {
    const parts = coverage.polygonsOf(id)
    const allowed = Math.max(1, before(id).length)
    if (parts.length <= allowed) return []
    const smallest = parts.reduce((least, part) => (areaM2([part]) < areaM2([least]) ? part : least))
    return { code: 'island', severity: 'warning', units: [id], ...placeOf([smallest]), value: parts.length, limit: allowed } as const
  })
}
