/**
 * Rows in the binary format of COPY, for loads in which writing and reading text is most of the work. Network byte order; each
 * field is its length and its bytes, NULL the length −1. See PostgreSQL's manual, COPY, 'Binary Format'.
 */
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
/** Instants are microseconds since 2000-01-01 UTC. */
const EPOCH_MS = Date.UTC(2000, 0, 1)
const TWO_32 = 0x1_0000_0000
/** 'Point', 'has SRID' and 4326 of an EWKB, little-endian. */
const POINT_HEAD = Buffer.from('0101000020e6100000', 'hex')
const FIRST_BYTES = 1 << 20
/** Room that every field but a text has at most. */
const FIELD = 64

/** A whole COPY: header, rows and trailer. */
export interface BinaryRows {
  data: Uint8Array<ArrayBuffer>
  rows: number
}

const nibble = (code: number): number => (code <= 57 ? code - 48 : (code | 32) - 87)

export class BinaryWriter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  #at = SIGNATURE.copy(this.#bytes)
  #rows = 0
  readonly #texts = new Map<string, Buffer>()

  /** Begins a row of so many fields, which follow in the order of the columns. */
  row(fields: number): void {
    this.#room(FIELD)
    this.#at = this.#bytes.writeInt16BE(fields, this.#at)
    this.#rows++
  }

  /** Text, and an enum's label. What comes again and again is encoded once. */
  text(value: string | null): void {
    if (value === null) return this.null()
    let encoded = this.#texts.get(value)
    if (!encoded) {
      encoded = Buffer.from(value)
      if (this.#texts.size < 10_000) this.#texts.set(value, encoded)
    }
    this.#room(FIELD + encoded.length)
    this.#at = this.#bytes.writeInt32BE(encoded.length, this.#at)
    this.#bytes.set(encoded, this.#at)
    this.#at += encoded.length
  }

  null(): void {
    this.#room(FIELD)
    this.#at = this.#bytes.writeInt32BE(-1, this.#at)
  }

  /** @param value 32 hexadecimal digits with hyphens in the usual places. */
  uuid(value: string): void {
    this.#room(FIELD)
    const bytes = this.#bytes
    let at = bytes.writeInt32BE(16, this.#at)
    for (let i = 0; i < 36; i += 2) {
      if (i === 8 || i === 13 || i === 18 || i === 23) i++
      bytes[at++] = (nibble(value.charCodeAt(i)) << 4) | nibble(value.charCodeAt(i + 1))
    }
    this.#at = at
  }

  /** timestamptz. */
  instant(value: Date | null): void {
    if (value === null) return this.null()
    this.#room(FIELD)
    const micros = (value.getTime() - EPOCH_MS) * 1000
    const high = Math.floor(micros / TWO_32)
    this.#at = this.#bytes.writeInt32BE(8, this.#at)
    this.#at = this.#bytes.writeInt32BE(high, this.#at)
    this.#at = this.#bytes.writeUInt32BE(micros - high * TWO_32, this.#at)
  }

  int2(value: number): void {
    this.#room(FIELD)
    this.#at = this.#bytes.writeInt32BE(2, this.#at)
    this.#at = this.#bytes.writeInt16BE(value, this.#at)
  }

  int4(value: number): void {
    this.#room(FIELD)
    this.#at = this.#bytes.writeInt32BE(4, this.#at)
    this.#at = this.#bytes.writeInt32BE(value, this.#at)
  }

  /** A point in EPSG:4326, [lng, lat]. */
  point([lng, lat]: readonly [number, number]): void {
    this.#room(FIELD)
    this.#at = this.#bytes.writeInt32BE(25, this.#at)
    this.#at += POINT_HEAD.copy(this.#bytes, this.#at)
    this.#at = this.#bytes.writeDoubleLE(lng, this.#at)
    this.#at = this.#bytes.writeDoubleLE(lat, this.#at)
  }

  /** What was written, as a COPY of its own; the writer is empty afterwards. */
  take(): BinaryRows {
    this.#room(FIELD)
    this.#at = this.#bytes.writeInt16BE(-1, this.#at)
    const data = new Uint8Array(this.#bytes.buffer.slice(0, this.#at))
    const rows = this.#rows
    this.#at = SIGNATURE.length
    this.#rows = 0
    return { data, rows }
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return
    const wider = Buffer.allocUnsafeSlow(2 * this.#bytes.length + bytes)
    this.#bytes.copy(wider, 0, 0, this.#at)
    this.#bytes = wider
  }
}
