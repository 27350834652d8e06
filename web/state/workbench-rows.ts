/** The balance as a table that follows the coverage: only rows of units that changed are made anew. */
import type { LeafId } from '#model/actions/action.ts'
import type { Balance } from '#model/balance.ts'
import { isWithin } from '#model/code.ts'
import type { Coverage } from '#model/coverage.ts'
import type { Leaf } from '#model/difference.ts'
import { areaM2 } from '#model/measure.ts'
import type { Targets } from '#model/targets.ts'

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
}

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

  /** Rows of all leaves of `unitCode` and below. */
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
    this.update(this.books.coverage.leaves.keys(), touched)
  }

  /** Makes the rows of these units anew; `touched` are those that the plan changes. */
  update(ids: Iterable<LeafId>, touched: ReadonlySet<LeafId>): void {
    for (const id of ids) {
      const leaf = this.books.coverage.leaves.get(id)
      if (leaf && this.holds(leaf)) this.byId.set(id, this.rowOf(leaf, touched.has(id)))
      else this.byId.delete(id)
    }
  }

  private holds({ parentCode, code }: Leaf): boolean {
    return isWithin(parentCode, this.unitCode) || code === this.unitCode
  }

  private rowOf(leaf: Leaf, isTouched: boolean): BalanceRow {
    const { coverage, balance, today, balanceToday, targets } = this.books
    const { id, code, name, nameEn, parentCode } = leaf
    const { households, residents } = balance.of(id)
    const before = today.leaves.has(id) ? balanceToday.of(id).households : null
    const area = areaM2(coverage.polygonsOf(id))
    return {
      id,
      code,
      name,
      nameEn,
      parentCode,
      households,
      residents,
      areaM2: area,
      before,
      target: targetOf(households, leaf, targets),
      isTouched,
    }
  }
}
