/** The county's own line has moved: its land grew or shrank. Told, because it needs a right of its own. */
import type { Finding } from '../finding.ts'
import { movedBetween } from '../plan-scope.ts'
import { type Context, extentOf } from './context.ts'
import { placesOf, sweptAreaM2 } from './places.ts'

const LAND = 'land'
const NO_LAND = 'none'

export function outline(context: Context): Finding[] {
  const group = (id: string | null) => (id === null ? NO_LAND : LAND)
  const edges = movedBetween(context.swept, group, group)
  return placesOf(context, edges, ({ left, right }) => left === null || right === null).map(({ box, where, runs, units }) => ({
    code: 'outline',
    severity: 'info',
    units,
    where,
    extent: extentOf(box),
    value: Math.abs(sweptAreaM2(runs, group).get(LAND) ?? 0),
    limit: null,
  }))
}
