/** What a plan changes for whom: units before and after, and what would get another unit. */
import { allows, can } from '#model/access.ts'
import { locator } from '#model/locate.ts'
import { areaM2, labelPoint } from '#model/measure.ts'
import { giveCodes, needsCode } from '#model/plan-codes.ts'
import { changesOf, type LeafChange, type LeafState } from '#model/plan-outcome.ts'
import { toMultiPolygon } from '#model/rings.ts'
import type { PlanDifference } from '#contract/plan.ts'
import type { Queryable } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { countPostsOf, listBuildingPlaces, listCameraPlaces, listOpenPlaces, type Place } from '../store/plan-effects.ts'
import type { PlanRow } from '../store/plans.ts'
import { listUsedCodes } from '../store/unit-versions.ts'
import type { PlanReplays } from './plan-replay.ts'
import { getPlan, type PlanContext } from './plans.ts'

/** Throws `not-found`. Figures of people, cameras and incidents are 0 for who may not see those. */
export async function planDifference({ db, replays }: PlanContext, actor: Actor, id: number): Promise<PlanDifference> {
  const plan = await getPlan(db, actor, id)
  const sheet = await replays.take(db, plan)
  const changes = changesOf(sheet.ground, sheet.coverage, sheet.touched())
  replays.keep(plan, sheet)
  const codes = plan.inForceAt ? await codesGiven(db, replays, plan, changes) : await codesToCome(db, plan, changes)
  const moved = await placesMoved(db, actor, plan, changes, [...codes.values()])
  const sideOf = (state: LeafState | null, people: Map<string, People>, key: string) =>
    state && { geometry: toMultiPolygon(state.polygons), areaM2: areaM2(state.polygons), ...(people.get(key) ?? NOBODY) }
  return {
    units: changes.map((change) => {
      const { leaf } = (change.after ?? change.before)!
      return {
        id: change.id,
        code: leaf.code,
        newCode: codes.get(change.id) ?? null,
        name: leaf.name,
        parentCode: leaf.parentCode,
        unitKind: leaf.unitKind,
        before: sideOf(change.before, moved.before, keyBefore(change)),
        after: sideOf(change.after, moved.after, keyAfter(change)),
      }
    }),
    moved: moved.counts,
  }
}

interface People {
  households: number
  residents: number
}
const NOBODY: People = { households: 0, residents: 0 }

/** A unit that goes on has the same key on both sides: its code of before. */
const keyBefore = ({ before }: LeafChange): string => before?.leaf.code ?? ''
const keyAfter = ({ id, after }: LeafChange): string => after?.leaf.code ?? `new ${id}`

const inNeed = (changes: readonly LeafChange[]): LeafState[] => changes.flatMap(({ after }) => (after && needsCode(after) ? [after] : []))

/** Codes that the units would get today, by leaf id. */
const codesToCome = async (db: Queryable, { countyCode }: PlanRow, changes: readonly LeafChange[]): Promise<Map<string, string>> =>
  giveCodes(inNeed(changes), await listUsedCodes(db, countyCode))

/** Codes that the units got when the plan came into force: those of the leaves that have been where they are since. */
async function codesGiven(
  db: Queryable,
  replays: PlanReplays,
  plan: PlanRow,
  changes: readonly LeafChange[],
): Promise<Map<string, string>> {
  const { coverage } = await replays.ground(db, plan.countyCode, plan.inForceAt!)
  return new Map(
    inNeed(changes).flatMap(({ leaf, polygons }) => {
      const code = coverage.leafAt(...labelPoint(polygons))
      return code === null ? [] : [[leaf.id, code]]
    }),
  )
}

/** `given`: codes of the plan's own units. Once it is in force things stand under these, and before and after are told by place. */
async function placesMoved(db: Queryable, actor: Actor, plan: PlanRow, changes: readonly LeafChange[], given: readonly string[]) {
  const { countyCode, unitCode } = plan
  const codes = changes.flatMap(({ before }) => (before ? [before.leaf.code!] : []))
  const locateBefore = locator(
    changes.flatMap((change) => (change.before ? [{ code: keyBefore(change), polygons: change.before.polygons }] : [])),
  )
  const locateAfter = locator(
    changes.flatMap((change) => (change.after ? [{ code: keyAfter(change), polygons: change.after.polygons }] : [])),
  )
  const shown = [...codes, ...given].filter((code) => allows(actor, 'plan.read', code) === true || code === unitCode)
  const may = (permission: 'building.read' | 'camera.read') => can(actor.role, permission)
  const before = new Map<string, People>()
  const after = new Map<string, People>()
  const counts = { households: 0, residents: 0, posts: 0, microgrids: 0, cameras: 0, openIncidents: 0 }
  for (const building of may('building.read') ? await listBuildingPlaces(db, shown) : []) {
    const [old, now] = [locateBefore([building.lng, building.lat]) ?? '', locateAfter([building.lng, building.lat]) ?? '']
    add(before, old, building)
    add(after, now, building)
    if (now === old) continue
    counts.households += building.households
    counts.residents += building.residents
  }
  const movedOf = (places: readonly Place[]) => places.filter(({ lng, lat }) => locateBefore([lng, lat]) !== locateAfter([lng, lat])).length
  if (may('camera.read')) counts.cameras = movedOf(await listCameraPlaces(db, shown))
  // As counts only, which whoever plans there may know.
  counts.openIncidents = movedOf(await listOpenPlaces(db, countyCode, shown))
  const ended = changes.filter((change) => change.after === null)
  counts.posts = await countPostsOf(db, ended.map(({ before: gone }) => gone!.leaf.code!)) // prettier-ignore
  counts.microgrids = changes.filter(
    (change) => change.before?.leaf.level === 'microgrid' && change.after?.leaf.parentCode !== change.before.leaf.parentCode,
  ).length
  return { before, after, counts }
}

function add(people: Map<string, People>, key: string, { households, residents }: People): void {
  const known = people.get(key) ?? NOBODY
  people.set(key, { households: known.households + households, residents: known.residents + residents })
}
