/** What is wrong with what a plan leads to: the validations of the model, over everything that it touches. */
import { netDifference } from '#model/difference.ts'
import type { Finding } from '#model/finding.ts'
import { giveCodes, inNeedOfCode, OutOfCodes } from '#model/plan-codes.ts'
import { placeOf } from '#model/validations/context.ts'
import type { Targets } from '#model/targets.ts'
import type { PlanCheck } from '#contract/plan.ts'
import type { Queryable } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { findBase } from '../store/bases.ts'
import { readBuildingColumns } from '../store/buildings.ts'
import { listActions } from '../store/plan-actions.ts'
import { hasBuildings } from '../store/plan-effects.ts'
import type { PlanRow } from '../store/plans.ts'
import { countPosts } from '../store/staff.ts'
import { listUsedCodes } from '../store/unit-versions.ts'
import { changesOn } from './plan-continuation.ts'
import { type PlanReplays, Sheet } from './plan-replay.ts'
import { checkAside } from './plan-worker.ts'
import { getPlan, type PlanContext } from './plans.ts'

/** Findings on a plan's sheet, the errors first. */
export async function findingsOf(db: Queryable, plan: PlanRow, sheet: Sheet, targets: Targets): Promise<Finding[]> {
  const { countyCode } = plan
  const { coverage, differences } = sheet
  const around = commonCode(sheet.touchedCodes(), countyCode)
  const buildings = (await hasBuildings(db, countyCode)) ? await readBuildingColumns(db, around) : null
  const posts = await countPosts(db, countyCode)
  const staffed = posts.length > 0 ? new Set(posts.map(({ code }) => code)) : null
  const unnumbered = await findUnnumbered(db, plan, sheet)
  return [...unnumbered, ...(await checkAside(coverage, { difference: netDifference(differences), buildings, targets, staffed }))]
}

/** Units that would find no number left below their parent: such a plan cannot come into force. Only the server knows all that were given. */
async function findUnnumbered(db: Queryable, { countyCode }: PlanRow, sheet: Sheet): Promise<Finding[]> {
  const needy = inNeedOfCode(sheet.coverage, await changesOn(db, sheet))
  try {
    giveCodes(needy, await listUsedCodes(db, countyCode))
    return []
  } catch (cause) {
    if (!(cause instanceof OutOfCodes)) throw cause
    const below = needy.filter(({ leaf }) => leaf.parentCode === cause.parentCode)
    const place = placeOf((below[0] ?? needy[0]!).polygons)
    return [{ code: 'no-number', severity: 'error', units: below.map(({ leaf }) => leaf.id), ...place, value: below.length, limit: null }]
  }
}

/** Longest beginning that all codes share, of a village at most: a grid is judged with all its micro-grids. */
function commonCode(codes: readonly string[], countyCode: string): string {
  if (codes.length === 0) return countyCode
  let common = codes[0]!.slice(0, VILLAGE_DIGITS)
  for (const code of codes) while (!code.startsWith(common)) common = common.slice(0, -1)
  return common
}
const VILLAGE_DIGITS = 12

/** What a plan's check says. For an outdated plan also which actions no longer apply today. Throws `not-found`. */
export async function checkPlan({ db, replays, targets }: PlanContext, actor: Actor, id: number): Promise<PlanCheck> {
  const plan = await getPlan(db, actor, id)
  const sheet = await replays.take(db, plan)
  const findings = await findingsOf(db, plan, sheet, targets)
  replays.keep(plan, sheet)
  const refused = plan.outdated ? await refusedToday(db, replays, plan) : sheet.refused
  return { findings, refused: refused.map(({ index, refusal }) => ({ index, reason: refusal.reason })) }
}

async function refusedToday(db: Queryable, replays: PlanReplays, plan: PlanRow): Promise<Sheet['refused']> {
  const base = (await findBase(db, plan.countyCode))!
  const sheet = new Sheet(await replays.ground(db, plan.countyCode, base))
  for (const action of await listActions(db, plan.id)) await sheet.do(action)
  return sheet.refused
}
