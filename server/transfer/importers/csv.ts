/** Comma-separated values (RFC 4180, with the liberties that spreadsheets take): one header row, then one row a record. */
import { pipeline, Readable } from 'node:stream'
import { type CsvError, type Info, parse } from 'csv-parse'
import type { Geometry } from 'geojson'
import { Problem } from '#contract/problem.ts'
import type { ImportNote } from '#contract/transfer.ts'
import { decode, findEncoding } from '../decode.ts'
import type { Encoding, Importer, ImportFile, PlaceColumns, SourceRow } from './importer.ts'
import { parseWkt } from './wkt.ts'

const DELIMITERS = [',', ';', '\t', '|']
const LONGEST_RECORD = 16 * 1024 * 1024

/** What columns of places are usually called. */
const USUAL: Record<keyof PlaceColumns, readonly string[]> = {
  lng: ['lng', 'lon', 'long', 'longitude', 'x', '经度'],
  lat: ['lat', 'latitude', 'y', '纬度'],
  geometry: ['wkt', 'geom', 'geometry', 'the_geom'],
}

export const csv: Importer = {
  format: 'csv',
  extensions: ['.csv', '.tsv', '.txt'],
  async read(file, options) {
    const notes: ImportNote[] = []
    const encoding = await findEncoding(file, options.encoding, notes)
    const delimiter = options.delimiter ?? guessDelimiter(await firstLine(file, encoding))
    const records = readRecords(file, encoding, delimiter)
    const first = await records.next()
    if (first.done) throw new Problem('bad-file', 'The file is empty.')
    const columns = (first.value.fields ?? []).map((name) => name.trim())
    const twice = columns.find((name, i) => name !== '' && columns.indexOf(name) !== i)
    if (columns.length === 0 || columns.every((name) => name === ''))
      throw new Problem('bad-file', 'The first row must hold the names of the columns.')
    if (twice !== undefined) throw new Problem('bad-file', `The column ${twice} stands there twice.`)
    return { rows: rowsOf(records, columns, placeOf(columns, options.place)), columns, datum: null, notes }
  },
}

interface RawRecord {
  fields?: string[]
  fault?: string
}

async function* readRecords(file: ImportFile, encoding: Encoding, delimiter: string): AsyncGenerator<RawRecord> {
  // The parser tells of a record it skips when it meets it, long before those that it read earlier are taken from it.
  const skipped: { after: number; fault: string }[] = []
  const parser = parse({
    delimiter,
    info: true,
    relax_column_count: true,
    skip_records_with_error: true,
    max_record_size: LONGEST_RECORD,
    skip_empty_lines: false,
  })
  parser.on('skip', (cause: CsvError) => skipped.push({ after: Number(cause['records']), fault: `cannot be read: ${cause.message}` }))
  // A failure to read reaches the loop below through the parser, which pipeline destroys with it.
  pipeline(Readable.from(decode(file, encoding)), parser, () => undefined)
  for await (const { info, record } of parser as AsyncIterable<{ info: Info; record: string[] }>) {
    while (skipped.length > 0 && skipped[0]!.after < info.records) yield { fault: skipped.shift()!.fault }
    yield { fields: record }
  }
  for (const { fault } of skipped) yield { fault }
}

async function* rowsOf(records: AsyncGenerator<RawRecord>, columns: string[], place: PlaceColumns): AsyncGenerator<SourceRow> {
  let row = 1
  for await (const { fields, fault } of records) {
    row++
    if (!fields) yield { row, properties: {}, geometry: null, fault: fault! }
    else if (fields.every((field) => field.trim() === '')) continue
    else if (fields.length !== columns.length) {
      yield { row, properties: {}, geometry: null, fault: `has ${fields.length} fields, the header ${columns.length}` }
    } else {
      const properties = Object.fromEntries(columns.map((name, i) => [name, fields[i]!]))
      yield { row, properties, ...geometryOf(properties, place) }
    }
  }
}

/** Null for a row that leaves its place empty; a fault for one that says something else than a place. */
function geometryOf(properties: Record<string, string>, place: PlaceColumns): { geometry: Geometry | null; fault?: string } {
  if (place.geometry !== undefined) {
    const text = properties[place.geometry]!.trim()
    if (text === '') return { geometry: null }
    const geometry = text.startsWith('{') ? parseGeometry(text) : parseWkt(text)
    return geometry ? { geometry } : { geometry: null, fault: `its ${place.geometry} is neither WKT nor GeoJSON` }
  }
  if (place.lng === undefined || place.lat === undefined) return { geometry: null }
  const [lng, lat] = [properties[place.lng]!.trim(), properties[place.lat]!.trim()]
  if (lng === '' && lat === '') return { geometry: null }
  const numbers = [lng, lat].map((text) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN))
  if (numbers.some(Number.isNaN)) return { geometry: null, fault: `its place is not two numbers: ${lng.slice(0, 40)}, ${lat.slice(0, 40)}` }
  return { geometry: { type: 'Point', coordinates: numbers } }
}

function parseGeometry(text: string): Geometry | null {
  try {
    const geometry = JSON.parse(text) as Geometry
    return typeof geometry.type === 'string' ? geometry : null
  } catch {
    return null
  }
}

/** The columns that were named must be there; without any, the usual names are looked for. */
function placeOf(columns: readonly string[], named: PlaceColumns): PlaceColumns {
  for (const name of Object.values(named)) {
    if (name !== undefined && !columns.includes(name))
      throw new Problem('bad-file', `There is no column ${name}. The file has: ${columns.join(', ')}.`)
  }
  if (Object.values(named).some((name) => name !== undefined)) return named
  const usual = (part: keyof PlaceColumns) => columns.find((name) => USUAL[part].includes(name.toLowerCase()))
  return { lng: usual('lng'), lat: usual('lat'), geometry: usual('geometry') }
}

async function firstLine(file: ImportFile, encoding: Encoding): Promise<string> {
  let text = ''
  for await (const piece of decode(file, encoding)) {
    text += piece
    if (text.includes('\n') || text.length > LONGEST_RECORD) break
  }
  return text.split(/\r?\n/, 1)[0] ?? ''
}

/** The one that stands most often in the header, outside quotes. */
function guessDelimiter(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '')
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!
}
