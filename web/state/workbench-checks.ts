/** What the checks say of the plan as it stands; worked out aside where much has changed. */
import type { Finding } from '#model/finding.ts'
import { netDifference } from '#model/difference.ts'
import { MANY_VERTICES, verticesIn } from '#model/large.ts'
import { validate } from '#model/validations/validate.ts'
import { checkAside } from '../edit/aside.ts'
import type { Edits } from './workbench-edits.svelte.ts'
import type { WorkbenchGround } from './workbench-ground.svelte.ts'

/** At once where little has changed; otherwise later, of the plan as it was when asked. The ground must be loaded. */
export function findingsOf(
  { coverage, balance, differences }: Edits,
  ground: WorkbenchGround,
  seesPeople: boolean,
): Finding[] | Promise<Finding[]> {
  const { figures, buildings } = ground
  const targets = ground.targets!
  const staffed = figures.size > 0 ? new Set([...figures.values()].filter(({ posts }) => posts > 0).map(({ code }) => code)) : null
  const difference = netDifference(differences)
  const here = () => validate({ coverage, difference, balance: seesPeople ? balance : null, targets, staffed })
  if (verticesIn(difference) < MANY_VERTICES) return here()
  // A page that gets no worker is slow, not unchecked.
  return checkAside(coverage, { difference, buildings: seesPeople ? buildings.columns : null, targets, staffed }).catch(here)
}
