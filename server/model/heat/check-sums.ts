/** By what the index and the database are told apart: sums over the incidents of each month (UTC) and unit. */
import { DEAD } from './filter.ts'
import type { IncidentColumns } from './incident-columns.ts'
import { NOWHERE } from './month-block.ts'

export interface CheckSum {
  /** Months since January 1970 (UTC). */
  month: number
  unitCode: string
  count: number
  sums: [x: number, y: number, seconds: number, mixed: number]
}

const PRIME = 9973

/** Four letters as a number, as SQL has it with `ascii`. */
const wordOf = (kind: string): number => [0, 1, 2, 3].reduce((word, n) => word * 128 + (n < kind.length ? kind.codePointAt(n)! : 0), 0)

/** `mixed` ties a place to its kind and traits: ((x + y) mod p) × ((kind × 256 + traits) mod p), summed. */
export function checkSums(columns: IncidentColumns): CheckSum[] {
  const words = columns.kinds.words.map(wordOf)
  const found: CheckSum[] = []
  for (const block of columns.blocks) {
    const sums = new Map<number, CheckSum>()
    for (let row = 0; row < block.size; row++) {
      const traits = block.traits[row]!
      if (traits === DEAD) continue
      const unit = block.units[row]!
      let sum = sums.get(unit)
      if (!sum) sums.set(unit, (sum = { month: block.month, unitCode: columns.units.words[unit]!, count: 0, sums: [0, 0, 0, 0] }))
      const isPlaced = block.xs[row] !== NOWHERE
      const [x, y] = isPlaced ? [block.xs[row]!, block.ys[row]!] : [0, 0]
      sum.count++
      sum.sums[0] += x
      sum.sums[1] += y
      sum.sums[2] += block.start + block.times[row]!
      sum.sums[3] += ((((x + y) % PRIME) + PRIME) % PRIME) * ((words[block.kinds[row]!]! * 256 + traits) % PRIME)
    }
    found.push(...sums.values())
  }
  return found
}

export interface CheckDifference {
  month: string
  unitCode: string
  index: number
  database: number
}

/** Where two sets differ, oldest month first; counts of 0 where one has nothing. */
export function compareSums(index: readonly CheckSum[], database: readonly CheckSum[]): CheckDifference[] {
  const keyOf = ({ month, unitCode }: CheckSum) => `${month} ${unitCode}`
  const known = new Map(index.map((sum) => [keyOf(sum), sum]))
  const differences: CheckDifference[] = []
  const tell = ({ month, unitCode }: CheckSum, here: number, there: number) =>
    differences.push({ month: new Date(Date.UTC(1970, month)).toISOString().slice(0, 7), unitCode, index: here, database: there })
  for (const sum of database) {
    const own = known.get(keyOf(sum))
    known.delete(keyOf(sum))
    if (own?.count !== sum.count || own.sums.some((each, n) => each !== sum.sums[n])) tell(sum, own?.count ?? 0, sum.count)
  }
  for (const sum of known.values()) tell(sum, sum.count, 0)
  return differences.sort((a, b) => (a.month < b.month ? -1 : a.month > b.month ? 1 : a.unitCode < b.unitCode ? -1 : 1))
}
