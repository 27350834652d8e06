/** The balance as a table that follows the coverage: only rows of units that changed are made anew. */
import type { LeafId } from '#model/actions/action.ts'
import type { Balance } from '#model/balance.ts'
import { isWithin } from '#model/code.ts'
import type { Coverage } from '#model/coverage.ts'
import { type CutGrid, gridOf, type Leaf } from '#model/difference.ts'
import { areaM2 } from '#model/measure.ts'
import { atOnce, type Steps } from '#model/steps.ts'
import type { Targets } from '#model/targets.ts'
import { leavesOf, type UnitLevel } from '../edit/unit-level.ts'

export type TargetState = 'below' | 'within' | 'above' | 'exempt'

/** A unit in the balance. Rows that did not change keep their identity. */
export interface BalanceRow {
  id: LeafId
  /** Null until the plan that makes the unit is in force. */
  code: string | null
  name: string
  nameEn: string | null
  parentCode: string
  households: number
  residents: number
  areaM2: number
  /** Households in the borders of today; null for a unit that is new. */
  before: number | null
  target: TargetState
  /** Touched by the plan. */
  isTouched: boolean
  /** The cut grid that a micro-grid is part of. */
  partOf: LeafId | null
  /** A grid that is cut into micro-grids: its figures are theirs together. */
  isCut: boolean
}

/** The rows in which every household stands once: of whole grids, or of micro-grids. */
export const rowsAt = (rows: readonly BalanceRow[], level: UnitLevel): BalanceRow[] =>
  rows.filter(({ partOf, isCut }) => (level === 'grid' ? partOf === null : !isCut))

/** Where a number of households stands. Only grids are measured. */
export function targetOf(households: number, { level, unitKind }: Pick<Leaf, 'level' | 'unitKind'>, targets: Targets): TargetState {
  if (level !== 'grid' || targets.exempt.includes(unitKind)) return 'exempt'
  return households < targets.minHouseholds ? 'below' : households > targets.maxHouseholds ? 'above' : 'within'
}

/** What the rows are reckoned from. */
export interface Books {
  coverage: Coverage
  balance: Balance
  /** The same in force. */
  today: Coverage
  balanceToday: Balance
  targets: Targets
}

export class Rows {
  private readonly books: Books
  private readonly unitCode: string
  private readonly byId = new Map<LeafId, BalanceRow>()
  /** Facts that the cut grids' rows were made of. */
  private readonly grids = new Map<LeafId, CutGrid>()

  /** Rows of all leaves and cut grids of `unitCode` and below. */
  constructor(books: Books, unitCode: string) {
    this.books = books
    this.unitCode = unitCode
    this.renew(new Set())
  }

  get all(): readonly BalanceRow[] {
    return [...this.byId.values()]
  }

  of(id: LeafId): BalanceRow | undefined {
    return this.byId.get(id)
  }

  /** Makes every row anew; units that are gone have none any more. */
  renew(touched: ReadonlySet<LeafId>): void {
    this.byId.clear()
    this.grids.clear()
    this.update(this.books.coverage.leaves.keys(), touched)
  }

  /** Makes the rows of these units and of the grids around them anew; `touched` are the units that the plan changes. */
  update(ids: Iterable<LeafId>, touched: ReadonlySet<LeafId>): void {
    atOnce(this.updating(ids, touched))
  }

  /** As `update`, with breaks. */
  *updating(ids: Iterable<LeafId>, touched: ReadonlySet<LeafId>): Steps<void> {
    const { coverage } = this.books
    const around = new Set<LeafId>()
    for (const id of ids) {
      const leaf = coverage.leaves.get(id)
      for (const grid of [this.byId.get(id)?.partOf, leaf && gridOf(leaf)]) if (grid) around.add(grid)
      if (leaf && this.holds(leaf)) this.byId.set(id, this.rowOf(leaf, touched))
      else this.byId.delete(id)
      yield
    }
    for (const [id, facts] of coverage.grids) if (this.grids.get(id) !== facts) around.add(id)
    for (const id of this.grids.keys()) if (!coverage.grids.has(id)) around.add(id)
    for (const id of around) {
      this.updateGrid(id, touched)
      yield
    }
  }

  private updateGrid(id: LeafId, touched: ReadonlySet<LeafId>): void {
    const facts = this.books.coverage.grids.get(id)
    if (facts) this.grids.set(id, facts)
    else this.grids.delete(id)
    if (facts && this.holds(facts)) this.byId.set(id, this.rowOf(facts, touched))
    // A leaf of the same id has its row already.
    else if (!this.books.coverage.leaves.has(id)) this.byId.delete(id)
  }

  private holds({ parentCode, code }: Leaf): boolean {
    return isWithin(parentCode, this.unitCode) || code === this.unitCode
  }

  private rowOf(unit: Leaf, touched: ReadonlySet<LeafId>): BalanceRow {
    const { coverage, balance, today, balanceToday, targets } = this.books
    const { id, code, name, nameEn, parentCode } = unit
    const isCut = coverage.grids.has(id)
    const now = isCut ? coverage.leavesOfGrid(id) : new Set([id])
    const then = leavesOf(today, id)
    const { households, residents } = sumOf(balance, now)
    let area = 0
    for (const leaf of now) area += (isCut && this.byId.get(leaf)?.areaM2) || areaM2(coverage.polygonsOf(leaf))
    return {
      ...{ id, code, name, nameEn, parentCode, households, residents },
      areaM2: area,
      before: then.size > 0 ? sumOf(balanceToday, then).households : null,
      target: targetOf(households, unit, targets),
      isTouched: [id, ...now, ...then].some((each) => touched.has(each)),
      partOf: gridOf(unit),
      isCut,
    }
  }
}

function sumOf(balance: Balance, leafIds: ReadonlySet<LeafId>): { households: number; residents: number } {
  const sum = { households: 0, residents: 0 }
  for (const id of leafIds) {
    const { households, residents } = balance.of(id)
    sum.households += households
    sum.residents += residents
  }
  return sum
}
