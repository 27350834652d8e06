/** Well-known binary (OGC 06-103r4; also EWKB and ISO codes for heights) → GeoJSON in two dimensions, within the bytes that are there. */
import type { Geometry, Position } from 'geojson'

const DEEPEST = 8

/** Throws a RangeError on binary that is cut off, nested too deep, or of a kind that is not read. */
export function readWkb(bytes: Uint8Array): Geometry {
  return new Reader(bytes).geometry(0)
}

class Reader {
  readonly #view: DataView
  #at = 0
  #little = true
  #dimensions = 2

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  geometry(depth: number): Geometry {
    if (depth > DEEPEST) throw new RangeError('nested too deep')
    this.#little = this.#view.getUint8(this.#at) === 1
    this.#at += 1
    const code = this.#int()
    const type = (code & 0x0fffffff) % 1000
    const iso = Math.floor((code & 0x0fffffff) / 1000)
    if (iso > 3) throw new RangeError(`geometry of type ${code}`)
    const z = (code & 0x80000000) !== 0 || iso === 1 || iso === 3
    const m = (code & 0x40000000) !== 0 || iso === 2 || iso === 3
    if ((code & 0x20000000) !== 0) this.#at += 4
    this.#dimensions = 2 + Number(z) + Number(m)
    const many = <T>(read: () => T, least: number): T[] => Array.from({ length: this.#count(least) }, read)
    const line = () => many(() => this.#position(), 8 * this.#dimensions)
    const polygon = () => many(line, 4)
    const parts = () => many(() => this.geometry(depth + 1), 5)
    const coordinates = (kind: string) =>
      parts().map((part) => {
        if (part.type !== kind) throw new RangeError(`a ${part.type} among ${kind}s`)
        return (part as { coordinates: unknown }).coordinates as never
      })
    if (type === 1) return { type: 'Point', coordinates: this.#position() }
    if (type === 2) return { type: 'LineString', coordinates: line() }
    if (type === 3) return { type: 'Polygon', coordinates: polygon() }
    if (type === 4) return { type: 'MultiPoint', coordinates: coordinates('Point') }
    if (type === 5) return { type: 'MultiLineString', coordinates: coordinates('LineString') }
    if (type === 6) return { type: 'MultiPolygon', coordinates: coordinates('Polygon') }
    if (type === 7) return { type: 'GeometryCollection', geometries: parts() }
    throw new RangeError(`geometry of type ${code}`)
  }

  #int(): number {
    this.#at += 4
    return this.#view.getUint32(this.#at - 4, this.#little)
  }

  /** A count that the rest of the bytes can hold, each thing taking `least` bytes. */
  #count(least: number): number {
    const count = this.#int()
    if (count * least > this.#view.byteLength - this.#at) throw new RangeError('cut off')
    return count
  }

  #position(): Position {
    const x = this.#view.getFloat64(this.#at, this.#little)
    const y = this.#view.getFloat64(this.#at + 8, this.#little)
    this.#at += 8 * this.#dimensions
    return [x, y]
  }
}
