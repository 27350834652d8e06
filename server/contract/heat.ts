/**
 * Heat, counts and replay: what may be asked, and what comes back as JSON. The cube's bytes stand in #model/heat/cube.ts and docs/heat.md.
 * A day means the county's own calendar. Windows are [from, to) of reportedAt, to the whole second.
 */
import { z } from 'zod'
import { CUBE_STEPS } from '#model/heat/cube.ts'
import { readDial } from '#model/heat/dial.ts'
import { CELL_SIZES, type CellSize } from '#model/heat/lattice.ts'
import { asOf } from './history.ts'
import { incidentMarker, instant, severity, source, state } from './incident.ts'
import { level, unitCode } from './unit.ts'

export const CUBE_TYPE = 'application/vnd.gridward.heat-cube'
/** Larger cubes are refused, uncompressed bytes. */
export const MOST_CUBE_BYTES = 8 * 1024 * 1024
/** Steps of one cube, or bins of time of one aggregate. */
export const MOST_STEPS = 20_000
/** Groups of one aggregate. */
export const MOST_GROUPS = 50_000
/** Incidents of one replay, and changes. */
export const MOST_REPLAYED = 20_000
/** Longest stretch of one replay. */
export const MOST_REPLAY_MS = 7 * 86_400_000
/** Vertices of a drawn polygon. */
export const MOST_VERTICES = 200
/** Says who answered: `index` or `database`. Both count the same. */
export const SOURCE_HEADER = 'X-Heat-Source'

/** Several values with commas between. */
const list = <T extends z.ZodType<unknown, string>>(item: T, most: number, what: string) =>
  z
    .string()
    .max(2000)
    .transform((text) => text.split(','))
    .pipe(z.array(item).max(most))
    .describe(`${what}; several with commas between`)
const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max)
const numbers = (least: number, most: number, what: string) =>
  z
    .string()
    .max(MOST_VERTICES * 30)
    .regex(/^-?\d+(\.\d+)?(,-?\d+(\.\d+)?)*$/, 'must be numbers with commas between')
    .transform((text) => text.split(',').map(Number))
    .refine((all) => all.length >= least && all.length <= most && all.length % 2 === 0, what)

export const moment = asOf.describe('a day of the county’s calendar (its first instant) or an RFC 3339 instant')

export const heatFilter = z.strictObject({
  unit: list(unitCode, 50, 'units of one county; default: the reader’s own jurisdiction, or the configured county').optional(),
  kind: list(z.string().regex(/^\d{2}(\d{2})?$/, 'a class has two digits, a kind four'), 100, 'classes and kinds').optional(),
  severity: list(severity, 3, 'severities').optional(),
  state: list(z.union([state, z.literal('open')]), 11, 'states; open: all but closed and cancelled').optional(),
  source: list(source, 6, 'sources').optional(),
  polygon: numbers(6, 2 * MOST_VERTICES, `a polygon has 3 to ${MOST_VERTICES} vertices`)
    .optional()
    .describe('longitude,latitude,… of a ring, closed or not, WGS 84; its border is inside'),
  box: numbers(4, 4, 'a box is west,south,east,north')
    .refine(
      (all) => all.every(Number.isSafeInteger) && all[0]! < all[2]! && all[1]! < all[3]!,
      'a box is west,south,east,north, whole and rising',
    )
    .optional()
    .describe('west,south,east,north in 1e-7 degree, as a cube’s cell has it: west and south inside, east and north not'),
  dial: z
    .string()
    .max(400)
    .transform(readDial)
    .refine((dial) => dial !== null, 'a dial is days with their hours, as 1-5:8-11,20;6:9')
    .optional()
    .describe(
      'hours of the week by the county’s clock: days (Monday is 1) with their hours, `1-5:8-11,20;6:9`; days alone: all their hours',
    ),
})

/** The window of a cube must be told; elsewhere an end that is left out is open. */
const needed = { from: moment, to: moment }
const open = { from: moment.optional(), to: moment.optional() }

export const cubeQuery = heatFilter.extend({
  ...needed,
  step: z.enum(CUBE_STEPS).optional().describe('default: hour up to 31 days, day up to 3 years, otherwise week'),
  cell: z
    .enum(CELL_SIZES.map(String) as [`${CellSize}`, ...`${CellSize}`[]])
    .transform((text) => Number(text) as CellSize)
    .optional()
    .describe(`metres of a cell; default: the finest from 100 on with which the cube stays below ${MOST_CUBE_BYTES} bytes`),
  weight: z.enum(['none', 'severity']).default('none').describe('severity: entries carry a sum of weights beside the count'),
})

export type HeatFilterQuery = z.output<typeof heatFilter>

export const GROUPINGS = [
  ...(['unit', 'class', 'kind', 'severity', 'state', 'source'] as const),
  ...(['hour', 'day', 'week', 'month', 'weekday', 'hourOfDay'] as const),
] as const
export type Grouping = (typeof GROUPINGS)[number]

export const aggregatesQuery = heatFilter.extend({
  ...open,
  by: list(z.enum(GROUPINGS), 4, 'what is counted apart')
    .refine((all) => new Set(all).size === all.length, 'each may be named once')
    .optional(),
  level: level.default('grid').describe('of `by=unit`: units of this level, or the nearest above where there is none'),
  overdue: z.enum(['true']).optional().describe('only what is open and past its deadline now'),
  asOf: asOf.optional().describe('states as they stood then, of what was reported until then'),
  boundaries: z
    .enum(['stored', 'asOf'])
    .default('stored')
    .describe('asOf: units that held the place at that time, not those stored with the incident'),
})
export type AggregatesQuery = z.output<typeof aggregatesQuery>

/**
 * One value for each of `by`: unit code, two or four digits, word; hour `2026-03-01T08:00+08:00`, day `2026-03-01`, week `2026-W09`,
 * month `2026-03` of the county's calendar; weekday 1 (Monday) to 7, hourOfDay 0 to 23. A value that was merged upward reads null
 * (all of them), or a unit above, or a class of two digits.
 */
const groupKey = z.partialRecord(z.enum(GROUPINGS), z.union([z.string(), z.number().int(), z.null()]))
export type GroupKey = z.infer<typeof groupKey>

export const aggregates = z.object({
  unitCodes: z.array(unitCode),
  timeZone: z.string(),
  /** Null: open. */
  from: instant.nullable(),
  to: instant.nullable(),
  asOf: instant.nullable(),
  /** Sum of the groups below. */
  total: z.number().int(),
  /** In the order of their keys; what is empty is not there. */
  groups: z.array(z.object({ key: groupKey, count: z.number().int(), merged: z.literal(true).optional() })),
  /** For readers without `incident.read`: no group is smaller than this; smaller ones were merged upward and say so. */
  leastCount: z.number().int().optional(),
  /** Fewer than `leastCount` were left out of the total. */
  withheld: z.literal(true).optional(),
})
export type Aggregates = z.infer<typeof aggregates>

export const heatIncidentsQuery = heatFilter.extend({
  ...open,
  limit: whole(1, 200).default(50),
  after: z
    .string()
    .regex(/^-?\d{1,16}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'take it from the page before')
    .optional()
    .describe('`next` of the page before'),
})
/** Newest first; `next` asks for what comes behind, null at the end. */
export const heatIncidents = z.object({ incidents: z.array(incidentMarker), next: z.string().nullable() })
export type HeatIncidents = z.infer<typeof heatIncidents>

export const replayQuery = z.object({
  at: instant.describe('the instant; not later than now'),
  until: instant.optional().describe('with the changes after `at` until then, at most seven days'),
  unit: unitCode.optional().describe('default: the reader’s own jurisdiction, or the configured county'),
})
/**
 * What was open at an instant, each as it stood then, and what changed in (at, until], oldest first: an incident that has become closed
 * or cancelled leaves the map. Kind, severity, place and unit are those of today.
 */
export const replay = z.object({
  at: instant,
  until: instant.nullable(),
  incidents: z.array(incidentMarker),
  changes: z.array(z.object({ at: instant, incident: incidentMarker })),
})
export type Replay = z.infer<typeof replay>

/** Whether the index holds what the database does. */
export const heatCheck = z.object({
  /** Null while the index is being filled, and while it could not be compared because it was being written. */
  equal: z.boolean().nullable(),
  state: z.enum(['ready', 'filling']),
  incidents: z.object({ index: z.number().int(), database: z.number().int() }),
  position: z.number().int(),
  bytesPerIncident: z.number(),
  /** The first that differ, by month (UTC) and unit. */
  differences: z.array(z.object({ month: z.string(), unitCode: z.string(), index: z.number().int(), database: z.number().int() })),
})
export type HeatCheck = z.infer<typeof heatCheck>
