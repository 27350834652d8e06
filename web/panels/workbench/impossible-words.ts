/** Why a village cannot be divided within the target, and the nearest honest answer, in one sentence. */
import type { Impossible, Targets } from '#model/partition/redivision.ts'
import { count } from '../../i18n/format.ts'
import { t } from '../../i18n/i18n.ts'

export function impossibleWords({ reason, households, nearest }: Impossible, { min, max }: Targets): string {
  const why = t(`workbench.impossible.${reason}`, { count: households, min, max })
  if (nearest.units === 0) return why
  const answer =
    nearest.units === 1 || nearest.smallest === nearest.largest
      ? t('workbench.impossible.nearestEach', { count: nearest.units, households: count(nearest.largest) })
      : t('workbench.impossible.nearest', { count: nearest.units, from: count(nearest.smallest), to: count(nearest.largest) })
  return `${why}${answer}`
}
