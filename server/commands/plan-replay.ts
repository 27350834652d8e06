/**
 * A plan's actions, done again on the server with the model that the planner's screen uses. What was done for a plan is kept for its
 * next save, so that an autosave does only what is new; and the borders that plans start from are read once.
 */
import { LRUCache } from 'lru-cache'
import type { Action, Refusal } from '#model/actions/action.ts'
import { Coverage, coverageOf } from '#model/coverage.ts'
import { type Difference, type Leaf, reverse, touched } from '#model/difference.ts'
import { checkLeaves } from '#model/matched-edges.ts'
import type { Queryable } from '../db/db.ts'
import { listActions } from '../store/plan-actions.ts'
import type { PlanRow } from '../store/plans.ts'
import { listStanding, type StandingLeaf } from '../store/unit-leaves.ts'
import { actAside } from './plan-worker.ts'

/** Of a county of 10,000 grids each takes some tens of megabytes. */
const GROUNDS_KEPT = 3
const SHEETS_KEPT = 4

type PlanKey = Pick<PlanRow, 'id' | 'revision' | 'countyCode' | 'base'>

export interface Step {
  difference: Difference
  /** The leaves on either side of the difference, by id. */
  before: (id: string) => Leaf | undefined
  after: (id: string) => Leaf | undefined
}

/** The borders of a county at a base. Nobody may change it. */
export interface Ground {
  coverage: Coverage
  /** Codes of the units above the leaves: where a leaf may belong. */
  above: ReadonlySet<string>
}

/** A coverage with a plan's actions done on it, one after the other. */
export class Sheet {
  readonly ground: Coverage
  readonly above: ReadonlySet<string>
  readonly coverage: Coverage
  /** Of the plan's actions, by index; null for one that cannot be done. */
  private readonly done: (Difference | null)[] = []
  refused: { index: number; refusal: Refusal }[] = []

  constructor({ coverage, above }: Ground) {
    this.ground = coverage
    this.above = above
    this.coverage = new Coverage(coverage.leaves.values(), [...coverage.arcs.values()], coverage.grids.values())
  }

  get differences(): Difference[] {
    return this.done.filter((each) => each !== null)
  }

  /** Takes back all but the first `count` actions. */
  undoTo(count: number): void {
    while (this.done.length > count) {
      const last = this.done.pop()
      if (last) this.coverage.apply(reverse(last))
    }
    this.refused = this.refused.filter(({ index }) => index < count)
  }

  /** Does the next action, or says why not; then it is passed over. A large one is worked out aside. */
  async do(action: Action): Promise<Step | Refusal> {
    const difference = await actAside(this.coverage, action)
    if ('reason' in difference) {
      this.refused.push({ index: this.done.length, refusal: difference })
      this.done.push(null)
      return difference
    }
    this.coverage.apply(difference)
    this.done.push(difference)
    const gone = new Map(difference.leaves.removed.map((leaf) => [leaf.id, leaf]))
    const come = new Set(difference.leaves.added.map(({ id }) => id))
    const after = (id: string) => this.coverage.leaves.get(id)
    return { difference, before: (id) => gone.get(id) ?? (come.has(id) ? undefined : after(id)), after }
  }

  /** Ids of all leaves that the actions touch, those that came and went among them. */
  touched(): Set<string> {
    const ids = new Set<string>()
    for (const difference of this.differences) for (const id of touched(difference)) ids.add(id)
    return ids
  }

  /** Codes of the ground's leaves among them, and of cut grids of which something else is said. */
  touchedCodes(): string[] {
    const grids = this.differences.flatMap((difference) => difference.grids?.removed ?? []).map(({ id }) => id)
    return [...[...this.touched()].filter((id) => this.ground.leaves.has(id)), ...new Set(grids.filter((id) => this.ground.grids.has(id)))]
  }

  /** True for a code that units may hang below: of a unit above the leaves, also of one that was a leaf. */
  isAbove(code: string): boolean {
    return (this.above.has(code) || this.ground.leaves.has(code)) && !this.coverage.leaves.has(code)
  }
}

export class PlanReplays {
  private readonly grounds = new LRUCache<string, Ground>({ max: GROUNDS_KEPT })
  private readonly sheets = new LRUCache<number, { revision: number; base: number; sheet: Sheet }>({ max: SHEETS_KEPT })

  /** The borders of a county as they were at a base. Nobody may change what this resolves with. */
  async ground(db: Queryable, countyCode: string, base: Date): Promise<Ground> {
    const key = `${countyCode} ${base.toISOString()}`
    const known = this.grounds.get(key)
    if (known) return known
    const { leaves, above, outline } = await listStanding(db, countyCode, base)
    const { topology, faults } = checkLeaves(leaves.map(({ code, polygons }) => ({ id: code, polygons })), outline) // prettier-ignore
    if (!topology) throw new Error(`The leaves of ${countyCode} at ${base.toISOString()} are no coverage: ${faults[0]!.reason}`)
    const leafOf = ({ code, parentCode, level, unitKind, name, nameEn }: StandingLeaf): Leaf => ({
      ...{ id: code, code, parentCode: parentCode ?? '', level, unitKind, name, nameEn, renumber: false },
    })
    const units = above.map((unit) => ({ ...unit, id: unit.code }))
    const ground = { coverage: coverageOf(topology, leaves.map(leafOf), units), above: new Set(above.map(({ code }) => code)) } // prettier-ignore
    this.grounds.set(key, ground)
    return ground
  }

  /**
   * The plan's sheet with all its actions done. It is the caller's: who leaves it as the plan is stored gives it back with `keep`,
   * who fails lets it go.
   */
  async take(db: Queryable, plan: PlanKey): Promise<Sheet> {
    const kept = this.sheets.get(plan.id)
    this.sheets.delete(plan.id)
    if (kept?.revision === plan.revision && kept.base === plan.base.getTime()) return kept.sheet
    const sheet = new Sheet(await this.ground(db, plan.countyCode, plan.base))
    for (const action of await listActions(db, plan.id)) await sheet.do(action)
    return sheet
  }

  /** Keeps a sheet for the next time that the plan of this revision is asked for. */
  keep({ id, revision, base }: PlanKey, sheet: Sheet): void {
    this.sheets.set(id, { revision, base: base.getTime(), sheet })
  }
}
