/** All checks of a change, in the order in which a planner should read what they say. */
import { type Finding, FINDING_SEVERITIES } from '../finding.ts'
import { brokenRing } from './broken-ring.ts'
import { type CheckInput, type Context, contextOf } from './context.ts'
import { cover } from './cover.ts'
import { crossing } from './crossing.ts'
import { houses } from './houses.ts'
import { households } from './households.ts'
import { island } from './island.ts'
import { outline } from './outline.ts'
import { outsideParent, villageBorder } from './parents.ts'
import { sliver } from './sliver.ts'
import { staff } from './staff.ts'

/** Of a whole coverage, too. */
const OF_STATES: readonly ((context: Context) => Finding[])[] = [brokenRing, crossing, cover, sliver, island, households, houses, staff]
/** Against what was there before. */
const OF_CHANGES: readonly ((context: Context) => Finding[])[] = [outsideParent, villageBorder, outline]

/** What is to be said of a change, errors first; only of the units that it touches. */
export const validate = (input: CheckInput): Finding[] => run([...OF_STATES, ...OF_CHANGES], contextOf(input))

/** What is to be said of a whole coverage, as if all of it were new: an imported draft. */
export function validateAll(input: Omit<CheckInput, 'difference'>): Finding[] {
  const { arcs, leaves } = input.coverage
  const difference = { arcs: { removed: [], added: [...arcs.values()] }, leaves: { removed: [], added: [...leaves.values()] } }
  return run(OF_STATES, contextOf({ ...input, difference }))
}

function run(checks: readonly ((context: Context) => Finding[])[], context: Context): Finding[] {
  const findings = checks.flatMap((check) => check(context))
  return FINDING_SEVERITIES.flatMap((severity) => findings.filter((finding) => finding.severity === severity))
}
