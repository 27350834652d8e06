/** Heat from the database: the truth, and the answer while the index is not there. */
import { SEVERITIES } from '#model/incident.ts'
import { type HeatFilter, SEVERITY_WEIGHTS } from '#model/heat/filter.ts'
import { gatherCells } from '#model/heat/gather.ts'
import type { CountedCells } from '#model/heat/count-cells.ts'
import { type Dimension, unitAt } from '#model/heat/groups.ts'
import type { Lattice } from '#model/heat/lattice.ts'
import type { Group } from '#model/heat/small-numbers.ts'
import type { Reader } from '../db/db.ts'
import { empty, join, raw, type Sql, sql } from '../db/sql.ts'
import { gridX, gridY, hourOf, incidentsAt, instants, matching, SECONDS, type Then, weekdayOf } from './heat-clauses.ts'

/** The place of the bin that holds an incident. Rows lie inside the bounds by their filter. */
const binOf = (bounds: Float64Array): Sql =>
  bounds.length === 2 ? sql`0` : sql`width_bucket(i.reported_at, ${instants(bounds.subarray(1, -1))}::timestamptz[])`

interface CellRow {
  column: number | null
  row: number | null
  step: number
  count: number
  weight: number
}

/** As `IncidentColumns.cells`. */
export const countCells = async (
  db: Reader,
  filter: HeatFilter,
  { cellX, cellY }: Lattice,
  bounds: Float64Array,
  weighted: boolean,
): Promise<CountedCells> => {
  const weight = sql`case i.severity ${join(SEVERITIES.map((severity) => sql`when ${severity}::severity then ${SEVERITY_WEIGHTS[severity]}::int`), ' ')} end` // prettier-ignore
  const rows = await db.query<CellRow>(sql`
    select floor(${gridX}::float8 / ${cellX}::float8)::int as "column", floor(${gridY}::float8 / ${cellY}::float8)::int as "row",
      ${binOf(bounds)} as step, count(*)::int as count, ${weighted ? sql`sum(${weight})::int` : sql`0`} as weight
    from incident i where ${matching(filter)} group by 1, 2, 3`)
  const placed = rows.filter(({ column }) => column !== null)
  const cells = gatherCells(
    {
      size: placed.length,
      columns: Int32Array.from(placed, ({ column }) => column!),
      rows: Int32Array.from(placed, ({ row }) => row!),
      steps: Uint32Array.from(placed, ({ step }) => step),
      counts: Uint32Array.from(placed, ({ count }) => count),
      weights: weighted ? Uint32Array.from(placed, (row) => row.weight) : null,
    },
    bounds.length - 1,
  )
  return { cells, unplaced: rows.reduce((sum, { column, count }) => sum + (column === null ? count : 0), 0) }
}

const columnOf = ({ clock }: HeatFilter, dimension: Dimension): Sql => {
  switch (dimension.by) {
    case 'unit':
      return sql`i.unit_code`
    case 'class':
      return sql`left(i.kind, 2)`
    case 'kind':
      return sql`i.kind`
    case 'severity':
      return sql`i.severity::text`
    case 'state':
      return sql`i.state::text`
    case 'source':
      return sql`i.source::text`
    case 'weekday':
      return sql`${weekdayOf(clock)} + 1`
    case 'hourOfDay':
      return hourOf(clock)
    case 'bin':
      return binOf(dimension.bounds)
  }
}

export interface CountOptions {
  then: Then | null
  /** Only what is open and past its deadline at this instant. */
  overdueAt: Date | null
}
export const AS_STORED: CountOptions = { then: null, overdueAt: null }

const overdue = ({ overdueAt }: CountOptions): Sql =>
  overdueAt ? sql`and i.state not in ('closed', 'cancelled') and i.due_at < ${overdueAt}::timestamptz` : empty

/** As `countGroups` of the index, and what only the database can tell. */
export const countGroups = async (
  db: Reader,
  filter: HeatFilter,
  dimensions: readonly Dimension[],
  options: CountOptions = AS_STORED,
): Promise<Group[]> => {
  const columns = dimensions.map((dimension, n) => sql`${columnOf(filter, dimension)} as ${raw(`k${n}`)},`)
  const rows = await db.query<Record<string, string | number> & { count: number }>(sql`
    select ${columns.length === 0 ? empty : join(columns, ' ')} count(*)::int as count
    from ${incidentsAt(options.then)} where ${matching(filter)} ${overdue(options)}
    ${dimensions.length === 0 ? empty : raw(`group by ${dimensions.map((_, n) => n + 1).join(', ')}`)}`)
  const groups = new Map<string, Group>()
  for (const row of rows) {
    const key = dimensions.map((dimension, n) => {
      const value = row[`k${n}`]!
      return dimension.by === 'unit' ? unitAt(String(value), dimension.level) : value
    })
    const text = JSON.stringify(key)
    const known = groups.get(text)
    if (known) known.count += row.count
    else groups.set(text, { key, count: row.count })
  }
  return [...groups.values()]
}

/** Who counts: the database itself, or the index where it is ready. The counts are the same. */
export interface Counting {
  groups(filter: HeatFilter, dimensions: readonly Dimension[]): Promise<{ answer: Group[] }>
  /** Not weighted. */
  cells(filter: HeatFilter, lattice: Lattice, bounds: Float64Array): Promise<{ answer: CountedCells }>
}
export const countingIn = (db: Reader): Counting => ({
  groups: async (filter, dimensions) => ({ answer: await countGroups(db, filter, dimensions) }),
  cells: async (filter, lattice, bounds) => ({ answer: await countCells(db, filter, lattice, bounds, false) }),
})

/** First and last second of what matches; null when nothing does. */
export const findExtent = async (
  db: Reader,
  filter: HeatFilter,
  options: CountOptions = AS_STORED,
): Promise<[first: number, last: number] | null> => {
  const [row] = await db.query<{ first: number | null; last: number | null }>(sql`
    select min(${SECONDS}) as first, max(${SECONDS}) as last
    from ${incidentsAt(options.then)} where ${matching(filter)} ${overdue(options)}`)
  return row!.first === null || row!.last === null ? null : [row!.first, row!.last]
}

/** Latitude of the middle of a county; null when it has no outline. */
export const findLatitude = async (db: Reader, countyCode: string): Promise<number | null> => {
  const [row] = await db.query<{ latitude: number }>(sql`
    select ST_Y(label_point) as latitude from unit_version where code = ${countyCode} and valid_to is null`)
  return row?.latitude ?? null
}
