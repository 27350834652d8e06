/**
 * How values cross between JavaScript and PostgreSQL, the same on both drivers.
 *
 * Out: int8 and numeric become numbers (ours fit 2^53), timestamptz a Date, date its 'YYYY-MM-DD' text, json an object.
 * In: `pg` turns a Date into an instant, an array into an array literal and an object into JSON; COPY lines follow the same rules,
 * so an array meant for a json column must be stringified first, on both ways in.
 */
import pg from 'pg'

const { builtins } = pg.types
const INT8_ARRAY = 1016
const NUMERIC_ARRAY = 1231
const DATE_ARRAY = 1182

const numbers = (parse: (text: string) => unknown[]) => (text: string) => parse(text).map((each) => (each === null ? null : Number(each)))

/** Type parsers for one pool or client; the global ones of `pg` stay as they are. */
export const typeParsers = (): pg.CustomTypesConfig => {
  const overrides = new pg.TypeOverrides()
  const texts = pg.types.getTypeParser(1009 as never) as (text: string) => unknown[]
  overrides.setTypeParser(builtins.INT8, Number)
  overrides.setTypeParser(builtins.NUMERIC, Number)
  overrides.setTypeParser(builtins.DATE, (text: string) => text)
  overrides.setTypeParser(INT8_ARRAY as never, numbers(texts))
  overrides.setTypeParser(NUMERIC_ARRAY as never, numbers(texts))
  overrides.setTypeParser(DATE_ARRAY as never, texts)
  return overrides
}

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const escape = (text: string) => (/[\\\n\r\t]/.test(text) ? text.replace(/[\\\n\r\t]/g, (each) => ESCAPES[each]!) : text)

const element = (value: unknown): string => {
  if (value === null || value === undefined) return 'NULL'
  if (Array.isArray(value)) return arrayLiteral(value)
  return '"' + plain(value).replace(/[\\"]/g, '\\$&') + '"'
}
const arrayLiteral = (values: readonly unknown[]): string => '{' + values.map(element).join(',') + '}'

const plain = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (typeof value !== 'object' || value === null) return String(value)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return '\\x' + Buffer.from(value).toString('hex')
  return Array.isArray(value) ? arrayLiteral(value) : JSON.stringify(value)
}

const copyField = (value: unknown): string => {
  if (value === null || value === undefined) return '\\N'
  return typeof value === 'number' ? String(value) : escape(plain(value))
}

/** One line of COPY's text format, with its newline. */
export const copyLine = (row: readonly unknown[]): string => {
  let line = ''
  for (let i = 0; i < row.length; i++) line += i === 0 ? copyField(row[i]) : '\t' + copyField(row[i])
  return line + '\n'
}

/**
 * Joins rows to buffers of about `size` bytes of COPY text. The last row of a buffer is always whole.
 */
export async function* copyChunks(
  rows: Iterable<readonly unknown[]> | AsyncIterable<readonly unknown[]>,
  size: number,
): AsyncGenerator<{ data: Buffer; rows: number }> {
  let text = ''
  let count = 0
  for await (const row of rows) {
    text += copyLine(row)
    count++
    if (text.length >= size) {
      yield { data: Buffer.from(text), rows: count }
      text = ''
      count = 0
    }
  }
  if (count > 0) yield { data: Buffer.from(text), rows: count }
}

/** `copy "table" ("a", "b") from …`: names are quoted, so they are never SQL. */
export const copyStatement = (table: string, columns: readonly string[], from: 'stdin' | 'blob', binary = false): string => {
  const quoted = columns.map((column) => pg.escapeIdentifier(column)).join(', ')
  return `copy ${pg.escapeIdentifier(table)} (${quoted}) from ${from === 'stdin' ? 'stdin' : "'/dev/blob'"}${binary ? ' (format binary)' : ''}`
}

/** PostgreSQL answers the COMMIT of a failed transaction with a quiet ROLLBACK; that must not pass for success. */
export const assertCommitted = ({ command }: { command: string }): void => {
  if (command !== 'COMMIT') throw new Error('The transaction was rolled back: a statement in it had failed.')
}
