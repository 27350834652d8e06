/** What panels need to know of the catalogue: names in the screen's language. The state class Catalogue is one. */
import type { IncidentMarker } from '#contract/incident.ts'
import { t } from '../i18n/i18n.ts'

export interface Names {
  nameOf(code: string): string
  /** Names from the coarsest unit below `within` down to the unit itself. */
  pathOf(code: string, within?: string): string[]
  kindName(code: string): string
  className(code: string): string
}

type Placed = Pick<IncidentMarker, 'unitCode'> & Partial<Pick<IncidentMarker, 'placement'>>

/** Where an incident is, as a line of text below `within`: at most `depth` units, "金沙镇 · 石浦村". */
export function placeOf(incident: Placed, names: Names, within: string, depth = 2): string {
  if (incident.placement === 'none') return t('ticker.unplaced')
  const path = withoutEchoes(names.pathOf(incident.unitCode, within))
  if (incident.placement === 'outside') return [...path.slice(0, depth - 1), t('ticker.outside')].join(' · ')
  return (path.length > 0 ? path.slice(0, depth) : [names.nameOf(incident.unitCode)]).join(' · ')
}

/** A grid is often called after its village ("前溪社区 05"): the village is then not said twice. */
const withoutEchoes = (path: string[]): string[] => path.filter((name, i) => !path[i + 1]?.startsWith(name))
