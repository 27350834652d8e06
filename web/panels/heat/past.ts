/** The map's picture of the past: markers and colours of the replay; under the heat neither. */
import type { IncidentMarker } from '#contract/incident.ts'
import type { UnitSummary } from '#contract/unit.ts'
import { codeAt } from '#model/code.ts'
import type { Instead } from '../../map/instead.ts'
import { breaksFor, classOf } from '../../state/choropleth.svelte.ts'
import type { UnitsThen } from '../../state/heat-boundaries.svelte.ts'

const NOBODY: ReadonlyMap<string, IncidentMarker> = new Map()

/** `markers`: what was open, null under the heat; `then`: the boundaries of that instant. */
export function pastOf(
  markers: ReadonlyMap<string, IncidentMarker> | null,
  then: { at: string | null; units: UnitsThen | null },
  now: { units: ReadonlyMap<string, UnitSummary> },
  within: string,
): Omit<Instead, 'pick'> {
  const units = (markers ? then.units : null)?.units ?? now.units
  const counts = new Map<string, number>()
  for (const unit of units.values()) if (unit.level === 'grid' || unit.isLeaf) counts.set(unit.code, 0)
  for (const { unitCode } of markers?.values() ?? []) {
    const code = codeAt(unitCode, 'grid') ?? unitCode
    if (counts.has(code)) counts.set(code, counts.get(code)! + 1)
  }
  const own = [...counts].flatMap(([code, count]) => (code.startsWith(within) ? [count] : []))
  const breaks = breaksFor(own, 'open')
  return {
    markers: markers ?? NOBODY,
    classes: new Map([...counts].map(([code, count]) => [code, markers ? classOf(count, breaks) : 0])),
    at: markers ? then.at : null,
    units: markers ? then.units : null,
  }
}
