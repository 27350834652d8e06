/** From a file's own columns and words to ours, as the profile says. Nothing here knows a database. */
import { Problem } from '#contract/problem.ts'
import type { Column, ImportProfile, ImportQuery } from '#contract/transfer.ts'
import { importProfile } from '#contract/transfer.ts'
import { isTimeZone } from '#model/time.ts'
import type { ImportFile, Reading, SourceRow } from './importers/importer.ts'
import { importerFor } from './importers/formats.ts'
import { crsOfName, unproject } from './importers/projection.ts'

/** Kept profile ← options given as JSON ← single options; maps and columns are joined entry by entry. Throws `bad-request`. */
export function joinProfiles(kept: ImportProfile | null, query: ImportQuery): ImportProfile {
  const given = query.options === undefined ? {} : parseProfile(query.options)
  const { county, countyName, countyNameEn, timeZone, datum, crs, layer, format, encoding, level, replace } = query
  const single = { county, countyName, countyNameEn, timeZone, datum, crs, layer, format, encoding, level, replace }
  const joined: Record<string, unknown> = {}
  for (const layer of [kept ?? {}, given, single]) {
    for (const [name, value] of Object.entries(layer)) {
      if (value === undefined) continue
      const before = joined[name]
      joined[name] = isMap(value) && isMap(before) ? { ...before, ...value } : value
    }
  }
  const profile = joined as ImportProfile
  if (profile.timeZone !== undefined && !isTimeZone(profile.timeZone))
    throw new Problem('bad-request', `${profile.timeZone} is not a time zone.`)
  return profile
}

/** A profile from JSON text. Throws `bad-request` with every place that is wrong. */
export function parseProfile(text: string): ImportProfile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new Problem('bad-request', `The import profile is not JSON: ${(cause as Error).message}.`)
  }
  const result = importProfile.safeParse(value)
  if (result.success) return result.data
  const errors = result.error.issues
    .slice(0, 20)
    .map(({ path, message }) => ({ where: ['options', ...path.map(String)].join('/'), message }))
  throw new Problem('bad-request', errors.map(({ where, message }) => `${where}: ${message}`).join('; '), errors)
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A row's values by our names of the columns; '' where the row says nothing. */
export type Values = (column: Column) => string

export interface OpenedFile {
  reading: Reading
  /** Rows with their values; to be walked once. */
  rows: AsyncIterable<SourceRow & { values: Values }>
  /** True when the file has this column. */
  has: (column: Column) => boolean
}

/** Texts of several columns are joined with this; of other columns the first that is not empty counts. */
const JOINT = ' · '

/**
 * Opens a file with the importer of its format. A column that the profile names must be there; one that it does not name is
 * taken when the file has it under our own name. Throws `bad-file`, also when one of `required` is missing.
 */
export async function openFile(file: ImportFile, profile: ImportProfile, required: readonly Column[]): Promise<OpenedFile> {
  const importer = await importerFor(file, profile.format)
  const named = (column: Column): string[] => [profile.columns?.[column] ?? []].flat()
  const place = { lng: named('lng')[0], lat: named('lat')[0], geometry: named('geometry')[0] }
  const { encoding, delimiter, layer } = profile
  const reading = inDegrees(await importer.read(file, { encoding, delimiter, layer, place }), profile)
  const rows = reading.rows[Symbol.asyncIterator]()
  const first = await rows.next()
  let columns = reading.columns ?? (first.done ? [] : Object.keys(first.value.properties))
  const from = (column: Column): string[] =>
    named(column).length > 0 ? named(column) : columns.filter((name) => plain(name) === plain(column)).slice(0, 1)
  for (const column of Object.keys(profile.columns ?? {}) as Column[]) {
    const missing = named(column).find((name) => !columns.includes(name))
    // A feature may leave a property out, so without a header only what every row needs can be missed.
    if (missing !== undefined && (reading.columns || (required.includes(column) && !first.done))) throw noColumn(missing, columns)
  }
  for (const column of required) if (from(column).length === 0 && !first.done) throw noColumn(column, columns)
  const sources = new Map<Column, string[]>()
  const valuesOf = ({ properties }: SourceRow): Values => {
    // Without a header, a feature may have what those before it left out.
    const more = reading.columns ? [] : Object.keys(properties).filter((name) => !columns.includes(name))
    if (more.length > 0) {
      columns = [...columns, ...more]
      sources.clear()
    }
    return (column) => {
      if (!sources.has(column)) sources.set(column, from(column))
      const values = sources
        .get(column)!
        .map((name) => textOf(properties[name]))
        .filter((value) => value !== '')
      return column === 'text' ? [...new Set(values)].join(JOINT) : (values[0] ?? '')
    }
  }
  async function* walk() {
    for (let next = first; !next.done; next = await rows.next()) yield { ...next.value, values: valuesOf(next.value) }
  }
  return { reading, rows: walk(), has: (column) => from(column).length > 0 }
}

/** The reading with its rows in degrees, by the coordinate system that was said, otherwise by the one that the file states. */
function inDegrees(reading: Reading, { crs: said, datum }: ImportProfile): Reading {
  const named = said === undefined ? null : crsOfName(said)
  if (named && 'reason' in named) throw new Problem('bad-request', `${named.reason}.`)
  const stated = reading.crs ?? null
  const crs = named ?? stated
  if (!crs) return reading
  if (crs.plane && datum !== undefined && datum !== crs.datum)
    throw new Problem('bad-request', `The coordinates are in ${crs.name}, which is on ${crs.datum}, not ${datum}.`)
  if (named && stated && named.name !== stated.name) {
    const message = `The file says that it is in ${stated.name}; it was read as ${named.name}, as you said.`
    reading.notes.push({ row: null, code: 'crs', weight: 'warning', message })
  }
  async function* walk(rows: AsyncIterable<SourceRow>) {
    for await (const row of rows) yield unproject(row, crs!)
  }
  return { ...reading, rows: walk(reading.rows), datum: crs.datum }
}

const noColumn = (name: string, columns: readonly string[]) =>
  new Problem('bad-file', `There is no column ${name}. The file has: ${columns.join(', ') || 'none'}.`)

/** `reportedAt`, `reported_at` and `Reported At` are one name. */
const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '')

/** JSON can say what no database stores: NULs and halves of a character. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return (typeof value === 'object' ? JSON.stringify(value) : String(value))
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .replaceAll('\0', '')
    .trim()
}

/** Our word for the file's: by the map, by its `*`, or because it is our word already; null when none of these. */
export function lookUp<T extends string>(
  value: string,
  map: Partial<Record<string, T>> | undefined,
  isOurs: (word: string) => word is T,
): T | null {
  // A file may well hold the word "constructor".
  const mapped = map && Object.hasOwn(map, value) ? map[value] : undefined
  if (mapped !== undefined) return mapped
  if (isOurs(value)) return value
  return map?.['*'] ?? null
}
