/** A check's findings in the planner's words: name, what and how much, what can be done about it. */
import type { Finding } from '#model/finding.ts'
import { count, decimal } from '../../i18n/format.ts'
import { t } from '../../i18n/i18n.ts'

export const FINDING_ACTIONS = ['fill', 'join', 'look'] as const
/** fill: give the gap to a neighbour; join: hand the sliver or the cut-off piece to a neighbour; look: show the place. */
export type FindingAction = (typeof FINDING_ACTIONS)[number]

/** What the panel offers beside looking at the place. */
export const actionOf = ({ code }: Pick<Finding, 'code'>): FindingAction =>
  code === 'gap' ? 'fill' : code === 'sliver' || code === 'island' ? 'join' : 'look'

export interface Badge {
  text: string
  look: 'error' | 'below' | 'above' | 'plain'
}

/** The mark beside a finding and at its place on the map: errors have their number in the order of `inWeight`, the others a letter. */
export function badgeOf({ code, severity }: Finding, place: number): Badge {
  if (severity === 'error') return { text: String(place + 1), look: 'error' }
  if (code === 'too-few-households') return { text: t('workbench.finding.badge.below'), look: 'below' }
  if (code === 'too-many-households') return { text: t('workbench.finding.badge.above'), look: 'above' }
  return { text: t(`workbench.finding.badge.${severity}`), look: 'plain' }
}

/** Errors first, then warnings, then what is only told; otherwise as they came. */
export function inWeight(findings: readonly Finding[]): Finding[] {
  const weight = { error: 0, warning: 1, info: 2 }
  return findings.toSorted((a, b) => weight[a.severity] - weight[b.severity])
}

export const titleOf = ({ code, limit }: Pick<Finding, 'code' | 'limit'>): string =>
  t(`workbench.finding.${code}.title`, { limit: limit === null ? '' : count(limit) })

/** Digits behind the point of a finding's figure: widths and distances are told to a decimetre. */
const digitsOf = (value: number): number => (value < 10 && !Number.isInteger(value) ? 1 : 0)

/** Where and how much: "东桥 01 与 长里 02 之间，214 m²". `nameOf` knows the plan's units. */
export function detailOf({ code, units, value, limit }: Finding, nameOf: (id: string) => string): string {
  const NAMED = 3
  const named = units.slice(0, NAMED).map(nameOf)
  const names =
    units.length > NAMED
      ? t('workbench.finding.andMore', { names: named.join(t('workbench.and')), count: units.length - NAMED })
      : named.join(t('workbench.and'))
  const place = code === 'gap' || code === 'overlap' ? (units.length > 1 ? t('workbench.finding.between', { names }) : names) : names
  const figure =
    value === null
      ? ''
      : t(`workbench.finding.${code}.figure`, {
          value: decimal(value, digitsOf(value)),
          limit: limit === null ? '' : decimal(limit, digitsOf(limit)),
        })
  return [place, figure].filter(Boolean).join(t('workbench.comma'))
}

/** What is checked at every moment, in the order of the line that says what is in order. */
const CHECKS = [
  { name: 'overlap', codes: ['overlap'] },
  { name: 'gap', codes: ['gap'] },
  { name: 'rings', codes: ['broken-ring', 'self-crossing'] },
  { name: 'parent', codes: ['outside-parent'] },
  { name: 'sliver', codes: ['sliver'] },
  { name: 'island', codes: ['island'] },
  { name: 'households', codes: ['too-few-households', 'too-many-households'] },
  { name: 'buildings', codes: ['cuts-building', 'near-building'] },
  { name: 'staff', codes: ['no-staff'] },
] as const satisfies readonly { name: string; codes: readonly Finding['code'][] }[]
export type CheckName = (typeof CHECKS)[number]['name']

/** Names of the checks that found nothing. */
export const passedChecks = (findings: readonly Finding[]): CheckName[] =>
  CHECKS.filter(({ codes }) => !findings.some(({ code }) => (codes as readonly string[]).includes(code))).map(({ name }) => name)
