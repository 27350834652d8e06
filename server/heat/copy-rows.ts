/**
 * Rows of a binary COPY (see FILL_COLUMNS of store/heat-fill.ts) into the index's columns, chunk by chunk wherever it was cut.
 * PostgreSQL's layout: a header with 'PGCOPY', then for each row a count of fields and for each field its length (-1: null) and bytes,
 * big-endian; a count of -1 ends it. Without the header the rows may begin at once.
 */
import { SEVERITIES, SOURCES, STATES } from '#model/incident.ts'
import type { IncidentColumns } from '#model/heat/incident-columns.ts'
import { type MonthBlock, monthOf, NOWHERE } from '#model/heat/month-block.ts'
import { FILL_COLUMNS } from '../store/heat-fill.ts'

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
const HEADER = SIGNATURE.length + 8
/** Seconds from 1970 to PostgreSQL's own beginning, 2000-01-01. */
const EPOCH = 946_684_800

/** Words by their length, first and third letter: no two of one list are alike in these. */
const labels = (words: readonly string[]): Uint8Array => {
  const table = new Uint8Array(1 << 18).fill(255)
  for (const [place, word] of words.entries()) {
    const key = labelKey(word.length, word.charCodeAt(0), word.charCodeAt(2))
    if (table[key] !== 255) throw new Error(`${word} looks like another word`)
    table[key] = place
  }
  return table
}
const labelKey = (length: number, first: number, third: number): number => ((length & 15) << 14) | ((first & 127) << 7) | (third & 127)

const SEVERITY = labels(SEVERITIES)
const STATE = labels(STATES)
const SOURCE = labels(SOURCES)

export class CopyRows {
  readonly #columns: IncidentColumns
  readonly #units = new Map<string, number>()
  readonly #kinds = new Map<string, number>()
  #left: Buffer = Buffer.alloc(0)
  #begun = false
  #block: MonthBlock | null = null
  rows = 0

  constructor(columns: IncidentColumns) {
    this.#columns = columns
  }

  /** A new COPY begins. */
  begin(): void {
    this.#left = Buffer.alloc(0)
    this.#begun = false
  }

  /** Takes the next bytes. Throws a RangeError on what is no such row. */
  take(chunk: Uint8Array): void {
    const fresh = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const bytes = this.#left.length === 0 ? fresh : Buffer.concat([this.#left, fresh])
    let at = 0
    if (!this.#begun) {
      if (bytes.length < HEADER && SIGNATURE.subarray(0, bytes.length).equals(bytes.subarray(0, SIGNATURE.length))) {
        this.#left = Buffer.from(bytes)
        return
      }
      if (bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) at = HEADER + bytes.readInt32BE(SIGNATURE.length + 4)
      this.#begun = true
    }
    for (;;) {
      const next = this.#row(bytes, at)
      if (next === at) break
      at = next
    }
    // What is kept must not hold on to the whole chunk.
    this.#left = Buffer.from(bytes.subarray(at))
  }

  /** Reads the row at `at`; where the next begins, or `at` when this one is not whole. */
  #row(bytes: Buffer, at: number): number {
    if (at + 2 > bytes.length) return at
    const fields = bytes.readInt16BE(at)
    if (fields === -1) return bytes.length
    if (fields !== FILL_COLUMNS) throw new RangeError(`a row of ${fields} fields`)
    let end = at + 2
    for (let field = 0; field < FILL_COLUMNS; field++) {
      if (end + 4 > bytes.length) return at
      end += 4 + Math.max(0, bytes.readInt32BE(end))
    }
    if (end > bytes.length) return at
    let place = at + 6
    const seconds = EPOCH + Math.floor((bytes.readInt32BE(place) * 4_294_967_296 + bytes.readUInt32BE(place + 4)) / 1e6)
    place += 8
    const isPlaced = bytes.readInt32BE(place) === 4
    const [x, y] = isPlaced ? [bytes.readInt32BE(place + 4), bytes.readInt32BE(place + 12)] : [NOWHERE, 0]
    place += isPlaced ? 16 : 8
    const kind = this.#word(bytes, place, this.#kinds, (word) => this.#columns.kindPlace(word))
    place += 4 + bytes.readInt32BE(place)
    const severity = this.#label(bytes, place, SEVERITY)
    place += 4 + bytes.readInt32BE(place)
    const state = this.#label(bytes, place, STATE)
    place += 4 + bytes.readInt32BE(place)
    const source = this.#label(bytes, place, SOURCE)
    place += 4 + bytes.readInt32BE(place)
    const unit = this.#word(bytes, place, this.#units, (word) => this.#columns.units.place(word))
    place += 8 + bytes.readInt32BE(place)
    const id =
      (bytes.readInt32BE(place) ^ bytes.readInt32BE(place + 4) ^ bytes.readInt32BE(place + 8) ^ bytes.readInt32BE(place + 12)) >>> 0
    if (this.#block === null || seconds < this.#block.start || seconds >= this.#block.end)
      this.#block = this.#columns.block(monthOf(seconds))
    const traits = (severity * STATES.length + state) * SOURCES.length + source
    this.#block.append({ time: seconds - this.#block.start, x, y, id, traits, kind, unit })
    this.rows++
    return end
  }

  #word(bytes: Buffer, at: number, known: Map<string, number>, place: (word: string) => number): number {
    const word = bytes.toString('latin1', at + 4, at + 4 + bytes.readInt32BE(at))
    let found = known.get(word)
    if (found === undefined) known.set(word, (found = place(Buffer.from(word, 'latin1').toString('utf8'))))
    return found
  }

  #label(bytes: Buffer, at: number, table: Uint8Array): number {
    const place = table[labelKey(bytes.readInt32BE(at), bytes[at + 4]!, bytes[at + 6]!)]!
    if (place === 255) throw new RangeError('a word that is not known')
    return place
  }
}
