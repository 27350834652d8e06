/**
 * dBASE tables as they lie beside shapefiles. Read here and not by a library: those at hand take the header's numbers on
 * trust (a record length of 0 never ends), give deleted rows out again, and decode before one can look at the bytes.
 * Format: dBASE III+ (version 3) with the language driver byte of ESRI's white paper.
 */
import { Problem } from '#contract/problem.ts'
import type { ImportNote } from '#contract/transfer.ts'

interface Field {
  name: string
  type: string
  at: number
  length: number
}

export interface Table {
  columns: string[]
  /** Null for a row that is marked as deleted. */
  rows: (Record<string, unknown> | null)[]
}

/** Language driver bytes that tell an encoding which occurs here; Western code pages are what writers put in without thinking. */
const DRIVERS: Readonly<Record<number, string>> = {
  0x4d: 'gb18030',
  0x7a: 'gb18030',
  0x78: 'big5',
  0x4f: 'big5',
  0x79: 'euc-kr',
  0x7b: 'shift_jis',
}

/**
 * Encoding of the texts: what was said, what the .cpg beside it says, what the driver byte says; otherwise UTF-8 when all bytes
 * are, GB 18030 when they are that. A guess, and a statement that the bytes refute, are noted.
 */
export function encodingOf(bytes: Uint8Array, said: string | undefined, cpg: string | null, notes: ImportNote[]): string {
  if (said !== undefined) {
    if (!decodes(bytes, said)) throw new Problem('bad-file', `The table is no text in ${said}.`)
    return said
  }
  const stated = (cpg === null ? null : labelOf(cpg)) ?? DRIVERS[bytes[29]!] ?? null
  // Latin-1 takes any bytes, and many writers say it of GBK: it comes last.
  const western = cpg !== null && /8859-?1|1252/.test(cpg) ? 'windows-1252' : null
  const tried = [...new Set([stated, 'utf-8', 'gb18030', western])].filter((each) => each !== null)
  const found = tried.find((each) => decodes(bytes, each))
  if (found === undefined) throw new Problem('bad-file', `The table is no text in ${tried.join(' or ')}. Say its encoding.`)
  const note = (message: string) => notes.push({ row: null, code: 'encoding', weight: 'warning', message })
  if (stated !== null && found !== stated) note(`The table says that it is ${stated}, but it is not; it was read as ${nameOf(found)}.`)
  else if (stated === null && found === 'gb18030')
    note('The table does not say its encoding and is not UTF-8; it was read as GB 18030 (GBK).')
  return found
}

const nameOf = (encoding: string): string => (encoding === 'gb18030' ? 'GB 18030 (GBK)' : encoding)

/** A .cpg holds the name of an encoding or the number of a code page. Western ones are left to the bytes: many writers say them of GBK. */
function labelOf(cpg: string): string | null {
  const text = cpg
    .trim()
    .toLowerCase()
    .replace(/^(cp|windows-|ansi |oem )/, '')
  if (/^(utf-?8|65001)$/.test(text)) return 'utf-8'
  if (/^(gbk|gb ?2312|gb18030|936|54936|ms936|x-gbk)$/.test(text)) return 'gb18030'
  if (/^(big5|big-5|950)$/.test(text)) return 'big5'
  return null
}

function decodes(bytes: Uint8Array, encoding: string): boolean {
  const { fields, start, recordLength, count } = layoutOf(bytes)
  const decoder = new TextDecoder(encoding, { fatal: true })
  try {
    for (const { nameBytes } of fields) decoder.decode(nameBytes)
    for (let row = 0; row < count; row++) {
      const record = bytes.subarray(start + row * recordLength, start + (row + 1) * recordLength)
      for (const field of fields) if (field.type === 'C') decoder.decode(textBytes(record.subarray(field.at, field.at + field.length)))
    }
    return true
  } catch (cause) {
    if (cause instanceof TypeError) return false
    throw cause
  }
}

/**
 * A field's own bytes: without padding, and without the half of a character that a writer cut off at the field's end. In GBK an
 * odd byte of 0x81–0xFE is left over then, in UTF-8 a beginning without its rest.
 */
function textBytes(field: Uint8Array): Uint8Array {
  let end = field.indexOf(0)
  if (end < 0) end = field.length
  while (end > 0 && field[end - 1] === 0x20) end--
  const text = field.subarray(0, end)
  return end < field.length || end === 0 || text[end - 1]! < 0x80 ? text : withoutHalf(text)
}

function withoutHalf(text: Uint8Array): Uint8Array {
  const fits = (bytes: Uint8Array, encoding: string) => {
    try {
      new TextDecoder(encoding, { fatal: true }).decode(bytes)
      return true
    } catch {
      return false
    }
  }
  if (fits(text, 'utf-8') || fits(text, 'gb18030')) return text
  for (let cut = 1; cut <= 3 && cut < text.length; cut++) {
    const rest = text.subarray(0, text.length - cut)
    if (fits(rest, 'utf-8') || (cut === 1 && fits(rest, 'gb18030'))) return rest
  }
  return text
}

interface Layout {
  fields: (Omit<Field, 'name'> & { nameBytes: Uint8Array })[]
  start: number
  recordLength: number
  count: number
}

/** Throws `bad-file` for numbers that do not fit the bytes. */
function layoutOf(bytes: Uint8Array): Layout {
  const broken = (why: string) => new Problem('bad-file', `The table (.dbf) is broken: ${why}.`)
  if (bytes.length < 33) throw broken('it is too short')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = view.getUint16(8, true)
  const recordLength = view.getUint16(10, true)
  const fields: Layout['fields'] = []
  let at = 1
  for (let offset = 32; offset + 32 <= Math.min(start, bytes.length) && bytes[offset] !== 0x0d; offset += 32) {
    const nameBytes = bytes.subarray(offset, offset + 11)
    const length = bytes[offset + 16]!
    fields.push({ nameBytes: textBytes(nameBytes), type: String.fromCharCode(bytes[offset + 11]!), at, length })
    at += length
  }
  if (fields.length === 0) throw broken('it has no columns')
  if (at > recordLength) throw broken('its columns are longer than its rows')
  const count = view.getUint32(4, true)
  const held = Math.floor((bytes.length - start) / recordLength)
  if (count > held) throw broken(`it says ${count} rows and holds ${Math.max(0, held)}`)
  return { fields, start, recordLength, count }
}

/** Reads all rows. Numbers become numbers, dates ISO days; what is empty is null. Throws `bad-file`. */
export function readTable(bytes: Uint8Array, encoding: string): Table {
  const { fields: raw, start, recordLength, count } = layoutOf(bytes)
  const decoder = new TextDecoder(encoding)
  const taken = new Set<string>()
  const fields = raw.map((field, index): Field => {
    let name = decoder.decode(field.nameBytes).trim() || `field_${index + 1}`
    while (taken.has(name)) name += '_'
    taken.add(name)
    return { ...field, name }
  })
  const rows: Table['rows'] = []
  for (let row = 0; row < count; row++) {
    const record = bytes.subarray(start + row * recordLength, start + (row + 1) * recordLength)
    if (record[0] === 0x2a) rows.push(null)
    else
      rows.push(
        Object.fromEntries(
          fields.map((field) => [field.name, valueOf(record.subarray(field.at, field.at + field.length), field, decoder)]),
        ),
      )
  }
  return { columns: fields.map(({ name }) => name), rows }
}

function valueOf(bytes: Uint8Array, { type }: Field, decoder: TextDecoder): unknown {
  if (type === 'I' && bytes.length === 4) return new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0, true)
  const text = decoder.decode(textBytes(bytes)).trim()
  if (text === '' || /^\*+$/.test(text)) return null
  if (type === 'N' || type === 'F') return Number.isFinite(Number(text)) ? Number(text) : text
  if (type === 'D') return /^\d{8}$/.test(text) ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}` : text
  if (type === 'L') return /^[yt]$/i.test(text) ? true : /^[nf]$/i.test(text) ? false : null
  return text
}
