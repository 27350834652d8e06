/**
 * Units that a plan made anew though they are, for most of the people in them, a unit that it ended: a grid that was merged away
 * and cut out again, or proposed twice. Who keeps most of a grid's households keeps its code, so that only those who really get
 * another grid count as moved, and posts, cameras and rights stay where they are.
 */
import type { Leaf } from '#model/difference.ts'
import { locator } from '#model/locate.ts'
import { changesOf, type LeafChange } from '#model/plan-outcome.ts'
import type { Queryable } from '../db/db.ts'
import { listBuildingPlaces } from '../store/plan-effects.ts'
import type { Sheet } from './plan-replay.ts'

/** Codes that new units go on under, by leaf id. Nothing where no buildings tell. `changes`: of borders that stand in the database. */
export async function continuedCodes(db: Queryable, changes: readonly LeafChange[]): Promise<Map<string, string>> {
  const ended = changes.filter(({ after }) => after === null)
  const fresh = changes.filter(({ before, after }) => before === null && after!.leaf.code === null && !after!.leaf.renumber)
  if (ended.length === 0 || fresh.length === 0) return new Map()
  const leafOf = new Map(ended.map(({ before }) => [before!.leaf.code!, before!.leaf]))
  const after = new Map(fresh.map((change) => [change.id, change.after!.leaf]))
  const locate = locator(fresh.map((change) => ({ code: change.id, polygons: change.after!.polygons })))
  const whole = new Map<string, number>()
  const shared = new Map<string, { code: string; id: string; households: number }>()
  for (const { code, lng, lat, households } of await listBuildingPlaces(db, [...leafOf.keys()])) {
    whole.set(code, (whole.get(code) ?? 0) + households)
    const id = locate([lng, lat])
    if (id === null || !isAlike(leafOf.get(code)!, after.get(id)!)) continue
    const pair = shared.get(`${code} ${id}`) ?? { code, id, households: 0 }
    pair.households += households
    shared.set(`${code} ${id}`, pair)
  }
  const given = new Map<string, string>()
  const order = [...shared.values()].sort((p, q) => q.households - p.households || (p.code < q.code ? -1 : 1))
  for (const { code, id, households } of order) {
    if (2 * households > whole.get(code)! && !given.has(id)) given.set(id, code)
  }
  return given
}

/** What a plan's sheet changes, with the units that go on under another id as the same unit. */
export async function changesOn(db: Queryable, sheet: Pick<Sheet, 'ground' | 'coverage' | 'touched'>): Promise<LeafChange[]> {
  const { ground, coverage } = sheet
  const changes = changesOf(ground, coverage, sheet.touched())
  const continued = await continuedCodes(db, changes)
  return continued.size > 0 ? changesOf(ground, coverage, sheet.touched(), continued) : changes
}

const isAlike = (a: Leaf, b: Leaf): boolean => a.parentCode === b.parentCode && a.level === b.level && a.unitKind === b.unitKind
