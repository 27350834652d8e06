/** dBASE III+ tables beside shapefiles: names of ten letters at most, texts in UTF-8 or GBK. */
import { Problem } from '#contract/problem.ts'
import type { UnitProperties } from './exporter.ts'

const LONGEST_TEXT = 254
/** Of ESRI: 0x4D is code page 936. With 0 the .cpg beside the table says it. */
const DRIVER = { 'utf-8': 0, gbk: 0x4d } as const

interface Column {
  name: string
  /** Digits behind the point of a number; null for a text. */
  decimals: number | null
  of: (unit: UnitProperties) => string | number | null
}

const COLUMNS: readonly Column[] = [
  { name: 'CODE', decimals: null, of: ({ code }) => code },
  { name: 'NAME', decimals: null, of: ({ name }) => name },
  { name: 'NAME_EN', decimals: null, of: ({ nameEn }) => nameEn },
  { name: 'LEVEL', decimals: null, of: ({ level }) => level },
  { name: 'UNIT_KIND', decimals: null, of: ({ unitKind }) => unitKind },
  { name: 'PARENTCODE', decimals: null, of: ({ parentCode }) => parentCode },
  { name: 'AREA_M2', decimals: 2, of: ({ areaM2 }) => areaM2 },
  { name: 'HOUSEHOLDS', decimals: 0, of: ({ households }) => households },
  { name: 'RESIDENTS', decimals: 0, of: ({ residents }) => residents },
  { name: 'VALID_FROM', decimals: null, of: ({ validFrom }) => validFrom },
  { name: 'VALID_TO', decimals: null, of: ({ validTo }) => validTo },
  { name: 'SYNTHETIC', decimals: 0, of: ({ synthetic }) => Number(synthetic) },
]
const NUMBER_WIDTH = 18

/** Throws `bad-request` for a text that GBK cannot hold. */
export function writeTable(units: readonly UnitProperties[], encoding: 'utf-8' | 'gbk'): Buffer {
  const columns = COLUMNS.map(({ decimals, of }) => {
    const cells = units.map((unit) => cellOf(of(unit), decimals, encoding))
    const width = decimals === null ? cells.reduce((most, cell) => Math.max(most, cell.length), 1) : NUMBER_WIDTH
    return { cells, width, decimals }
  })
  const start = 33 + 32 * COLUMNS.length
  const length = 1 + columns.reduce((sum, { width }) => sum + width, 0)
  const bytes = Buffer.alloc(start + length * units.length + 1, 0x20)
  bytes.fill(0, 0, start)
  bytes[0] = 3
  // The day of the last change, which readers want to be a date.
  bytes.set([126, 1, 1], 1)
  bytes.writeUInt32LE(units.length, 4)
  bytes.writeUInt16LE(start, 8)
  bytes.writeUInt16LE(length, 10)
  bytes[29] = DRIVER[encoding]
  for (const [i, { name }] of COLUMNS.entries()) {
    const at = 32 + 32 * i
    const { width, decimals } = columns[i]!
    bytes.write(name, at)
    bytes.write(decimals === null ? 'C' : 'N', at + 11)
    bytes[at + 16] = width
    bytes[at + 17] = decimals ?? 0
  }
  bytes[start - 1] = 0x0d
  for (let row = 0; row < units.length; row++) {
    let at = start + row * length + 1
    for (const { cells, width, decimals } of columns) {
      const cell = cells[row]!
      bytes.set(cell, decimals === null ? at : at + width - cell.length)
      at += width
    }
  }
  bytes[bytes.length - 1] = 0x1a
  return bytes
}

function cellOf(value: string | number | null, decimals: number | null, encoding: 'utf-8' | 'gbk'): Uint8Array {
  if (value === null) return new Uint8Array()
  if (decimals !== null) return Buffer.from(Number(value).toFixed(decimals))
  const characters = [...String(value)].map((each) => (encoding === 'gbk' ? gbkOf(each) : Buffer.from(each)))
  let length = 0
  const fitting = characters.filter((each) => (length += each.length) <= LONGEST_TEXT)
  return Buffer.concat(fitting)
}

let table: ReadonlyMap<string, Uint8Array> | null = null

/** One character. Node only reads GBK: its table is what comes of reading every pair of bytes once. */
function gbkOf(character: string): Uint8Array {
  if (character.codePointAt(0)! < 0x80) return Buffer.from(character)
  table ??= readPairs()
  const found = table.get(character)
  if (!found) throw new Problem('bad-request', `${character} cannot be written in GBK. Choose UTF-8.`)
  return found
}

function readPairs(): Map<string, Uint8Array> {
  const pairs = new Map<string, Uint8Array>()
  const decoder = new TextDecoder('gbk')
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const bytes = Uint8Array.of(lead, trail)
      const text = decoder.decode(bytes)
      if ([...text].length === 1 && text !== '\uFFFD' && !pairs.has(text)) pairs.set(text, bytes)
    }
  }
  return pairs
}
