/** Import on the wire: how a file is to be read, and the result, which always names every row that was refused. */
import { z } from 'zod'
import { DATUMS } from '#model/crs.ts'
import { SEVERITIES, SOURCES, STATES } from '#model/incident.ts'
import { LEVELS, UNIT_KINDS } from '#model/level.ts'
import { lineKind } from './line.ts'

export const IMPORT_NOUNS = ['units', 'incidents', 'cameras', 'buildings', 'lines'] as const
export type ImportNoun = (typeof IMPORT_NOUNS)[number]
export const FORMATS = ['geojson', 'csv', 'shapefile', 'geopackage', 'kml', 'topojson'] as const
export const ENCODINGS = ['utf-8', 'gb18030', 'utf-16le', 'utf-16be'] as const

/** What a file's columns can be read as. The file's own names stand on the other side of `importProfile.columns`. */
export const COLUMNS = [
  ...(['code', 'name', 'nameEn', 'unitKind', 'households', 'residents', 'townName', 'villageName', 'gridName'] as const),
  ...(['key', 'kind', 'severity', 'state', 'source', 'text'] as const),
  ...(['reportedAt', 'occurredAt', 'acceptedAt', 'assignedAt', 'fedBackAt', 'closedAt'] as const),
  ...(['heading', 'lineKind', 'lng', 'lat', 'geometry'] as const),
] as const
export type Column = (typeof COLUMNS)[number]

/** From the file's value to ours; `*` is for values that are not named, an empty name for none at all. */
const mapTo = <T extends z.ZodType<string>>(value: T) => z.record(z.string().max(200), value)
const columnName = z.string().min(1).max(200)

/** How to read the files of one origin. Kept under a name, it serves the next file of the same origin. */
export const importProfile = z
  .strictObject({
    format: z.enum(FORMATS).optional(),
    encoding: z.enum(ENCODINGS).optional(),
    delimiter: z.string().length(1).optional(),
    datum: z.enum(DATUMS).optional(),
    /** Coordinate system of a file that states none or a wrong one, as `EPSG:4549`. */
    crs: z.string().min(4).max(100).optional(),
    /** Which one, of a file that holds several layers. */
    layer: z.string().min(1).max(200).optional(),
    county: z
      .string()
      .regex(/^\d{6}$/, 'a county code has 6 digits')
      .optional(),
    countyName: z.string().min(1).max(100).optional(),
    countyNameEn: z.string().min(1).max(100).optional(),
    timeZone: z.string().min(1).max(64).optional(),
    attribution: z.string().max(500).optional(),
    /** Level of the units in the file: they are leaves, everything above is their union. */
    level: z.enum(LEVELS).exclude(['county']).optional(),
    /** Units of the county that the file does not hold end; otherwise they stay as they are. */
    replace: z.boolean().optional(),
    /** luxon's tokens; without it ISO 8601 with a space or slashes allowed. */
    timeFormat: z.string().min(1).max(60).optional(),
    columns: z.partialRecord(z.enum(COLUMNS), z.union([columnName, z.array(columnName).min(1).max(10)])).optional(),
    kinds: mapTo(z.string().regex(/^\d{4}$/, 'a kind has four digits')).optional(),
    severities: mapTo(z.enum(SEVERITIES)).optional(),
    states: mapTo(z.enum(STATES)).optional(),
    sources: mapTo(z.enum(SOURCES)).optional(),
    unitKinds: mapTo(z.enum(UNIT_KINDS)).optional(),
    cameraStates: mapTo(z.enum(['online', 'offline'])).optional(),
    lineKinds: mapTo(lineKind).optional(),
  })
  .refine((profile) => !/\\u0000|\\ud[89a-f]/.test(JSON.stringify(profile)), 'holds characters that cannot be stored')
export type ImportProfile = z.infer<typeof importProfile>

const flag = z.enum(['true', 'false', '']).transform((text) => text !== 'false')

/**
 * The file is the request's body; these say how to read it. `profile` names a kept profile, `options` is one as JSON, and
 * a single option may stand by itself; the latter prevail.
 */
export const importQuery = z.strictObject({
  dryRun: flag.optional(),
  fileName: z.string().max(255).optional(),
  profile: z.string().min(1).max(100).optional(),
  saveProfile: z.string().min(1).max(100).optional(),
  options: z.string().max(200_000).optional().describe('an import profile as JSON'),
  county: importProfile.shape.county,
  countyName: importProfile.shape.countyName,
  countyNameEn: importProfile.shape.countyNameEn,
  timeZone: importProfile.shape.timeZone,
  datum: importProfile.shape.datum,
  crs: importProfile.shape.crs,
  layer: importProfile.shape.layer,
  format: importProfile.shape.format,
  encoding: importProfile.shape.encoding,
  level: importProfile.shape.level,
  replace: flag.optional(),
})
export type ImportQuery = z.infer<typeof importQuery>

export const importNote = z.object({
  /** Row of the file: a table's header is row 1, a feature collection's first feature too; null is the file as a whole. */
  row: z.number().int().nullable(),
  code: z.string(),
  message: z.string(),
  /** fault: the row was not imported, or the whole file for it; warning: it was. */
  weight: z.enum(['fault', 'warning']),
  where: z.tuple([z.number(), z.number()]).optional().describe('[longitude, latitude], WGS 84 degrees'),
})
export type ImportNote = z.infer<typeof importNote>

export const importSummary = z.object({
  noun: z.enum(IMPORT_NOUNS),
  dryRun: z.boolean(),
  /** True when the file's faults forbid any part of it: nothing was written. */
  refused: z.boolean(),
  county: z.string().nullable(),
  /** Rows with something in them. */
  read: z.number().int(),
  created: z.number().int(),
  updated: z.number().int(),
  unchanged: z.number().int(),
  /** Units that the file no longer holds (`replace`), and coarser ones that have lost their last. */
  ended: z.number().int(),
  /** Rows whose place lies in no unit; they are kept and marked so. */
  outside: z.number().int(),
  /** Rows without a place; kept too. */
  withoutPlace: z.number().int(),
  bad: z.number().int(),
  notes: z.array(importNote),
})
export type ImportSummary = z.infer<typeof importSummary>
