/** What a check has to say about a change of borders, with a place to look at. Codes only: the screen has the words. */
import type { LngLat } from './crs.ts'

export const FINDINGS = [
  'broken-ring',
  'self-crossing',
  'gap',
  'overlap',
  'outside-parent',
  'sliver',
  'island',
  'too-few-households',
  'too-many-households',
  'cuts-building',
  'near-building',
  'no-staff',
  'no-number',
  'village-border',
  'outline',
] as const
export type FindingCode = (typeof FINDINGS)[number]

/** `error` forbids submitting, `warning` does not, `info` is only told. */
export const FINDING_SEVERITIES = ['error', 'warning', 'info'] as const
export type FindingSeverity = (typeof FINDING_SEVERITIES)[number]

export interface Finding {
  code: FindingCode
  severity: FindingSeverity
  /** Ids of the leaves concerned. */
  units: string[]
  /** Where to look, and how far around; null only for a unit that has no land at all. */
  where: LngLat | null
  /** [west, south, east, north] */
  extent: [number, number, number, number] | null
  /** The figure that is out of bounds: m², m, households, buildings, parts. */
  value: number | null
  limit: number | null
}
