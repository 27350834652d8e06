/**
 * Hot spots, emerging ones, clusters, repeats and trends: what may be asked and what comes back. Windows are [from, to) of reportedAt;
 * a day means its first instant in the county's calendar. Without a window it is the last 28 whole days.
 */
import { z } from 'zod'
import { CELL_SIZES, type CellSize } from '#model/heat/lattice.ts'
import { PATTERNS } from '#model/hot-spots/emerging.ts'
import { PERIODS } from '#model/hot-spots/periods.ts'
import { bbox, position } from './geojson.ts'
import { asOf } from './history.ts'
import { incidentMarker, instant, kindCode, severity, source } from './incident.ts'
import { unitCode } from './unit.ts'

export const DEFAULT_DAYS = 28
/** Incidents that clusters and repeats look at in one go. */
export const MOST_POINTS = 300_000
/** Squares, or units, that are tested in one go. */
export const MOST_PLACES = 60_000
export const MOST_SLICES = 60
/** A pattern over fewer steps than this means nothing. */
export const LEAST_SLICES = 6
/** Gi* leans on the mean of many; with fewer places nothing is tested. */
export const LEAST_PLACES = 8
/** Incidents of one cluster or repeat that are told with it. */
export const MOST_LISTED = 100

const list = <T extends string>(item: z.ZodType<T, string>, most: number, what: string) =>
  z
    .string()
    .max(2000)
    .transform((text) => text.split(','))
    .pipe(z.array(item).max(most))
    .optional()
    .describe(`${what}; several with commas between`)
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must lie between ${min} and ${max}`)
const moment = asOf.describe('a day of the county’s calendar (its first instant) or an RFC 3339 instant')

const CELLS = CELL_SIZES.filter((metres) => metres >= 200)
const cell = z
  .enum(CELLS.map(String) as [`${CellSize}`, ...`${CellSize}`[]])
  .default('400')
  .transform((text) => Number(text) as CellSize)
  .describe('about how many metres a square is wide')
export const PLACE_LEVELS = ['town', 'village', 'grid'] as const

/** Which incidents. */
const what = z.strictObject({
  unit: unitCode.optional().describe('default: the reader’s own jurisdiction, or the configured county'),
  from: moment.optional(),
  to: moment.optional(),
  kind: list(z.string().regex(/^\d{2}(\d{2})?$/, 'a class has two digits, a kind four'), 100, 'classes and kinds'),
  severity: list(severity, 3, 'severities'),
  source: list(source, 6, 'sources'),
})
export type WhatQuery = z.output<typeof what>

/** In what places. */
const where = what.extend({
  by: z.enum(['cell', 'unit']).default('cell'),
  cell,
  level: z.enum(PLACE_LEVELS).default('grid').describe('of `by=unit`'),
})
const fdr = z
  .enum(['0.01', '0.05', '0.1', '0.2'])
  .default('0.05')
  .transform(Number)
  .describe('share of what is named that may be there by chance (false discovery rate)')

export const hotSpotsQuery = where.extend({ fdr })

const count = z.number().int()
const masked = count.nullable().describe('null: fewer than `leastCount`')
const span = z.object({ from: instant, to: instant })

/** Why there are no results. */
export const EMPTY_REASONS = ['nothing-reported', 'too-few-places', 'nothing-found'] as const
const empty = z.enum(EMPTY_REASONS).nullable()

/** What every answer says of itself. */
const told = z.object({ unitCode, timeZone: z.string(), window: span, total: count.describe('Incidents that were looked at'), empty })

const place = z.object({
  /** `column.row` of a square, otherwise a unit's code. */
  key: z.string(),
  bbox,
  /** The unit that holds its middle. */
  unitCode,
})
export const hotPlace = place.extend({
  count: masked,
  before: masked,
  /** The place with its neighbours: what is tested. */
  around: masked,
  expected: z.number(),
  z: z.number().nullable(),
  p: z.number().nullable(),
  q: z.number().nullable(),
})
export type HotPlace = z.infer<typeof hotPlace>

export const hotSpot = z.object({
  rank: count,
  heat: z.enum(['hot', 'cold']),
  unitCode,
  bbox,
  center: position,
  /** In its places and their neighbours, which is what was tested. */
  count,
  /** Were everything spread evenly. */
  expected: z.number(),
  /** In the window of the same length right before. */
  before: masked,
  /** Of the most significant place of the spot: z-score, two-sided p, and q by Benjamini–Hochberg over all places. */
  z: z.number(),
  p: z.number(),
  q: z.number(),
  /** The significant ones, the most so first. */
  members: z.array(hotPlace),
  /** Their neighbours: part of what was tested, and of `count`, `expected` and `before`. */
  ring: z.array(place),
})
export type HotSpot = z.infer<typeof hotSpot>

const tested = told.extend({
  by: z.enum(['cell', 'unit']),
  cell: count,
  level: z.enum(PLACE_LEVELS),
  fdr: z.number(),
  places: count.describe('How many were tested'),
})
/** For roles without `incident.read`: smaller counts read null, and smaller spots are left out. */
const small = z.object({ leastCount: count.optional(), withheld: count.optional().describe('Spots left out for it') })

export const hotSpots = tested.extend({
  ...small.shape,
  before: span,
  beforeTotal: count,
  significant: count.describe('Places with q at or below `fdr`'),
  /** Of the same window, and in no unit or without a place: not tested. */
  outside: count,
  results: z.array(hotSpot),
})
export type HotSpots = z.infer<typeof hotSpots>

export const emergingQuery = hotSpotsQuery.extend({ step: z.enum(PERIODS).optional().describe('default: by the length of the window') })
export const emerging = tested.extend({
  ...small.shape,
  step: z.enum(PERIODS),
  /** Bounds of the steps. */
  bounds: z.array(instant),
  results: z.array(
    place.extend({
      pattern: z.enum(PATTERNS),
      heat: z.enum(['hot', 'cold']),
      /** Of each step. */
      counts: z.array(masked),
      marks: z.array(z.enum(['hot', 'cold', 'none'])),
      /** z-score of each step, of the place with its neighbours; none where small numbers are withheld. */
      intensity: z.array(z.number()),
      /** Of the last step: the place with its neighbours, now and a step before. */
      around: masked,
      expected: z.number(),
      z: z.number(),
      p: z.number(),
      q: z.number(),
      /** Mann–Kendall over the z-scores of the steps. */
      trend: z.object({ z: z.number(), p: z.number() }),
    }),
  ),
})
export type Emerging = z.infer<typeof emerging>
export type EmergingPlace = Emerging['results'][number]

export const hotSpotIncidentsQuery = where.extend({
  members: z
    .string()
    .max(16_000)
    .transform((text) => text.split(','))
    .pipe(z.array(z.string().regex(/^(-?\d{1,7}\.-?\d{1,7}|\d{6,17})$/, 'a member is a square such as 12.34, or a unit’s code')).max(1000))
    .describe('keys of the places, with commas between'),
  limit: whole(1, 200).default(50),
  after: z
    .string()
    .regex(/^-?\d{1,16}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'take it from the page before')
    .optional()
    .describe('`next` of the page before'),
})
/** Newest first; `next` asks for what comes behind, null at the end. */
export const incidentPage = z.object({ incidents: z.array(incidentMarker), next: z.string().nullable() })

export const clustersQuery = what.extend({
  metres: whole(10, 5000).default(200).describe('how close in place'),
  hours: whole(1, 24 * 60)
    .default(48)
    .describe('how close in time'),
  minPts: whole(2, 1000).default(5).describe('how many make a core, itself counted'),
  limit: whole(1, 200).default(50),
})
const group = z.object({
  kind: kindCode,
  unitCode,
  count,
  from: instant,
  to: instant,
  center: position,
  /** Metres from the middle to the furthest. */
  radius: z.number(),
  bbox,
  /** The newest first, at most 100. */
  incidents: z.array(incidentMarker),
})
export const clusters = told.extend({
  metres: count,
  hours: count,
  minPts: count,
  /** How many there are; the results are the largest of them. */
  found: count,
  clustered: count.describe('Incidents in clusters'),
  results: z.array(group.extend({ bySeverity: z.object({ red: count, yellow: count, green: count }) })),
})
export type Clusters = z.infer<typeof clusters>
export type Cluster = Clusters['results'][number]

export const repeatsQuery = what.extend({
  days: whole(1, 365).default(7).describe('again within so many days'),
  metres: whole(1, 1000).default(50).describe('at most so far from the first'),
  limit: whole(1, 200).default(50),
  after: whole(0, 1_000_000).default(0).describe('how many to leave out: `next` of the page before'),
})
export const repeats = told.extend({
  days: count,
  metres: count,
  found: count,
  repeated: count.describe('Incidents that came again: all of a group but its first'),
  next: count.nullable(),
  results: z.array(group.extend({ settledBefore: count.describe('How often it came again after an earlier one was closed') })),
})
export type Repeats = z.infer<typeof repeats>
export type Repeat = Repeats['results'][number]

export const TREND_KEYS = ['class', 'kind', 'town', 'village', 'grid'] as const
export const trendsQuery = what.extend({ by: z.enum(TREND_KEYS).default('class'), step: z.enum(PERIODS).optional() })
export const trends = told.extend({
  ...small.shape,
  by: z.enum(TREND_KEYS),
  step: z.enum(PERIODS),
  bounds: z.array(instant),
  before: span,
  lastYear: span,
  /** The most frequent first. */
  rows: z.array(
    z.object({
      /** A class, a kind, or a unit's code. */
      key: z.string(),
      counts: z.array(masked),
      count: masked,
      before: masked,
      lastYear: masked,
      /** Mann–Kendall over the steps. */
      trend: z.object({ z: z.number(), p: z.number() }).nullable(),
    }),
  ),
})
export type Trends = z.infer<typeof trends>
export type TrendRow = Trends['rows'][number]
