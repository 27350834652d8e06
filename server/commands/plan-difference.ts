/** What a plan changes for whom: units before and after, and what would get another unit. */
import { allows, can } from '#model/access.ts'
import { gridOf } from '#model/difference.ts'
import { locator } from '#model/locate.ts'
import { areaM2 } from '#model/measure.ts'
import { giveCodes, inNeedOfCode, OutOfCodes } from '#model/plan-codes.ts'
import { changesOf, type LeafChange, type LeafState } from '#model/plan-outcome.ts'
import { toMultiPolygon } from '#model/rings.ts'
import { unitChangesOf, type UnitState, withParts } from '#model/unit-outcome.ts'
import type { PlanDifference } from '#contract/plan.ts'
import type { Queryable } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { countPostsOf, listBuildingPlaces, listCameraPlaces, listOpenPlaces, type Place } from '../store/plan-effects.ts'
import { findEffect, type PlanRow } from '../store/plans.ts'
import { listUsedCodes } from '../store/unit-versions.ts'
import { changesOn } from './plan-continuation.ts'
import type { Sheet } from './plan-replay.ts'
import { getPlan, type PlanContext } from './plans.ts'

/** What a plan does to people and things, whoever asks. Kept with the plan when it comes into force. */
export interface Effect {
  /** New code by unit id. */
  codes: Record<string, string>
  /** By id, the code that a unit of the plan's own goes on under. */
  continued?: Record<string, string>
  /** Of the units before, by code; and after, by key. */
  before: Record<string, People>
  after: Record<string, People>
  moved: PlanDifference['moved']
}

/** Throws `not-found`. Figures of people, cameras and incidents are 0 for who may not see those. */
export async function planDifference({ db, replays }: PlanContext, actor: Actor, id: number): Promise<PlanDifference> {
  const plan = await getPlan(db, actor, id)
  const sheet = await replays.take(db, plan)
  const kept = await findEffect<Effect>(db, id)
  const changes = kept
    ? changesOf(sheet.ground, sheet.coverage, sheet.touched(), new Map(Object.entries(kept.continued ?? {})))
    : await changesOn(db, sheet)
  const isShown = (code: string) => allows(actor, 'plan.read', code) === true || code === plan.unitCode
  const effect = kept ?? (await effectOf(db, plan, sheet, changes, isShown))
  replays.keep(plan, sheet)
  const seesPeople = can(actor.role, 'building.read')
  const keys = new Map(changes.flatMap((change) => (change.after ? [[change.id, keyAfter(change)] as const] : [])))
  const sideOf = (state: UnitState | null, people: Record<string, People>, keyOf: (leafId: string) => string) =>
    state && { ...factsOf(state), ...(seesPeople ? sumOf(people, [...state.leafIds].map(keyOf)) : NOBODY) }
  return {
    units: unitChangesOf(sheet.ground, sheet.coverage, changes).map(({ id: unitId, before, after }) => {
      const { leaf } = (after ?? before)!
      return {
        id: unitId,
        code: leaf.code,
        newCode: effect.codes[unitId] ?? null,
        level: leaf.level,
        parentCode: leaf.parentCode,
        grid: gridOf(leaf),
        before: sideOf(before, effect.before, (code) => code),
        after: sideOf(after, effect.after, (leafId) => keys.get(leafId) ?? leafId),
      }
    }),
    moved: { ...effect.moved, ...(!seesPeople && NOBODY), ...(!can(actor.role, 'camera.read') && { cameras: 0 }) },
  }
}

interface People {
  households: number
  residents: number
}
const NOBODY: People = { households: 0, residents: 0 }
const sumOf = (people: Record<string, People>, keys: readonly string[]): People => {
  const all = keys.map((key) => people[key] ?? NOBODY)
  return { households: all.reduce((sum, each) => sum + each.households, 0), residents: all.reduce((sum, each) => sum + each.residents, 0) }
}

const factsOf = ({ leaf, polygons, leafIds }: UnitState) => ({
  name: leaf.name,
  nameEn: leaf.nameEn,
  unitKind: leaf.unitKind,
  geometry: toMultiPolygon(polygons),
  areaM2: areaM2(polygons),
  parts: leafIds.has(leaf.id) ? 0 : leafIds.size,
})

/** A unit that goes on has the same key on both sides: its code of before. */
const keyBefore = ({ before }: LeafChange): string => before?.leaf.code ?? ''
const keyAfter = ({ id, after }: LeafChange): string => after?.leaf.code ?? `new ${id}`

/** What it would do today; of the things that stand in the units that are shown. */
export async function effectOf(
  db: Queryable,
  { countyCode }: PlanRow,
  { ground, coverage }: Sheet,
  changes: readonly LeafChange[],
  isShown: (code: string) => boolean = () => true,
): Promise<Effect> {
  const codes = codesOf(inNeedOfCode(coverage, changes), await listUsedCodes(db, countyCode))
  const whole = withParts(ground, coverage, changes)
  const locateBefore = locator(
    whole.flatMap((change) => (change.before ? [{ code: keyBefore(change), polygons: change.before.polygons }] : [])),
  )
  const locateAfter = locator(
    whole.flatMap((change) => (change.after ? [{ code: keyAfter(change), polygons: change.after.polygons }] : [])),
  )
  const codesBefore = whole.flatMap(({ before }) => (before ? [before.leaf.code!] : []))
  const shown = codesBefore.filter(isShown)
  const before: Record<string, People> = {}
  const after: Record<string, People> = {}
  const moved = { households: 0, residents: 0, posts: 0, microgrids: 0, cameras: 0, openIncidents: 0 }
  for (const building of await listBuildingPlaces(db, shown)) {
    const [old, now] = [locateBefore([building.lng, building.lat]) ?? '', locateAfter([building.lng, building.lat]) ?? '']
    add(before, old, building)
    add(after, now, building)
    if (now === old) continue
    moved.households += building.households
    moved.residents += building.residents
  }
  const movedOf = (places: readonly Place[]) => places.filter(({ lng, lat }) => locateBefore([lng, lat]) !== locateAfter([lng, lat])).length
  moved.cameras = movedOf(await listCameraPlaces(db, shown))
  // As counts only, which whoever plans there may know.
  moved.openIncidents = movedOf(await listOpenPlaces(db, countyCode, shown))
  moved.posts = await countPostsOf(db, codesThatEnd({ ground, coverage }, changes))
  moved.microgrids = changes.filter(
    ({ before, after }) => before?.leaf.level === 'microgrid' && after && gridOf(after.leaf) !== gridOf(before.leaf),
  ).length
  return { codes: Object.fromEntries(codes), before, after, moved }
}

/** As `giveCodes`; none where a parent has no number left: such a plan cannot come into force, but it can be looked at. */
function codesOf(units: readonly LeafState[], used: readonly string[]): ReadonlyMap<string, string> {
  try {
    return giveCodes(units, used)
  } catch (cause) {
    if (cause instanceof OutOfCodes) return new Map()
    throw cause
  }
}

/** Codes of leaves and cut grids that are no units any more; one that has got units below, or has none any more, still is. */
function codesThatEnd({ ground, coverage }: Pick<Sheet, 'ground' | 'coverage'>, changes: readonly LeafChange[]): string[] {
  const ended = changes.flatMap(({ before, after }) => (before && !after ? [before.leaf.code!] : []))
  const grids = [...ground.grids.keys()].filter((code) => !coverage.grids.has(code))
  const above = new Set(changes.flatMap(({ after }) => (after ? [after.leaf.parentCode, gridOf(after.leaf)] : [])))
  return [...ended, ...grids].filter((code) => !above.has(code) && !coverage.leaves.has(code))
}

function add(people: Record<string, People>, key: string, { households, residents }: People): void {
  const known = people[key] ?? NOBODY
  people[key] = { households: known.households + households, residents: known.residents + residents }
}
