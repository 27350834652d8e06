/** The map's picture of the past: markers and colours of the replay; under the heat neither. */
import type { IncidentMarker } from '#contract/incident.ts'
import type { UnitSummary } from '#contract/unit.ts'
import { codeAt } from '#model/code.ts'
import type { Instead } from '../../map/instead.ts'
import { type Breaks, breaksFor, classOf } from '../../state/choropleth.svelte.ts'
import type { UnitsThen } from '../../state/heat-boundaries.svelte.ts'

const NOBODY: ReadonlyMap<string, IncidentMarker> = new Map()

/** Open incidents of every coloured unit: grids, and coarser ones that were never divided into grids. */
function openByUnit(units: Iterable<UnitSummary>, markers: Iterable<IncidentMarker>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const unit of units) if (unit.level === 'grid' || unit.isLeaf) counts.set(unit.code, 0)
  for (const { unitCode } of markers) {
    const code = codeAt(unitCode, 'grid') ?? unitCode
    if (counts.has(code)) counts.set(code, counts.get(code)! + 1)
  }
  return counts
}

/** Bounds of the classes 2…5 that suit one instant; they stand still for all others. */
export const breaksOf = (units: Iterable<UnitSummary>, markers: Iterable<IncidentMarker>, within: string): Breaks =>
  breaksFor(
    [...openByUnit(units, markers)].flatMap(([code, count]) => (code.startsWith(within) ? [count] : [])),
    'open',
  )

/** `markers`: what was open, null under the heat; `then`: the boundaries of that instant. */
export function pastOf(
  markers: ReadonlyMap<string, IncidentMarker> | null,
  then: { at: string | null; units: UnitsThen | null },
  now: { units: ReadonlyMap<string, UnitSummary> },
  breaks: Breaks,
): Omit<Instead, 'pick' | 'waits'> {
  const units = (markers ? then.units : null)?.units ?? now.units
  const counts = openByUnit(units.values(), markers?.values() ?? [])
  return {
    markers: markers ?? NOBODY,
    classes: new Map([...counts].map(([code, count]) => [code, markers ? classOf(count, breaks) : 0])),
    at: markers ? then.at : null,
    units: markers ? then.units : null,
  }
}
