/**
 * Tiles from the database through one cache. A tile is known by its name, the noun's version, the reader's code prefix and z/x/y;
 * a new version makes new keys, and what nobody asks for any more falls out at the old end.
 */
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { LRUCache } from 'lru-cache'
import type { TileId } from '#model/frame.ts'
import type { TileName } from '#contract/tile.ts'
import type { Db } from '../db/db.ts'
import { encode } from './encode.ts'
import { READERS } from './layers.ts'

const CACHE_BYTES = 96 * 1024 * 1024
/** What an entry costs besides its bytes; also keeps empty tiles from being free. */
const ENTRY_BYTES = 512
/** Below this, headers weigh more than what compression saves. */
const MIN_COMPRESSED = 256

const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

export type TileEncoding = 'br' | 'gzip' | 'identity'

/** One tile's bytes; the compressed forms are made when first asked for, and kept. */
export class TileBody {
  readonly raw: Buffer
  readonly #packed = new Map<TileEncoding, Promise<Buffer>>()

  constructor(raw: Buffer) {
    this.raw = raw
  }

  get isEmpty(): boolean {
    return this.raw.length === 0
  }

  /** The encoding that will be used when the client takes `wanted`. */
  encodingFor(wanted: TileEncoding): TileEncoding {
    return this.raw.length < MIN_COMPRESSED ? 'identity' : wanted
  }

  /** The bytes in an encoding. */
  async bytes(encoding: TileEncoding): Promise<Buffer> {
    if (encoding === 'identity') return this.raw
    const known = this.#packed.get(encoding)
    if (known) return known
    const packed = encoding === 'gzip' ? zip(this.raw) : brotli(this.raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
    this.#packed.set(encoding, packed)
    return packed
  }
}

export interface TileRequest {
  name: TileName
  tile: TileId
  /** Unit code prefix that the tile is clipped to; '' for everything. */
  prefix: string
  version: string
}

export interface Tiles {
  /** The tile, from the cache when it is there; equal requests at the same time are read once. `known`: it came from the cache. */
  get(request: TileRequest): Promise<{ body: TileBody; known: boolean }>
}

export function createTiles(db: Db): Tiles {
  const cache = new LRUCache<string, TileBody, TileRequest>({
    maxSize: CACHE_BYTES,
    // Raw, gzip and brotli together are hardly more than twice the raw bytes.
    sizeCalculation: (body) => ENTRY_BYTES + 2 * body.raw.length,
    ignoreFetchAbort: true,
    allowStaleOnFetchAbort: true,
    fetchMethod: async (_key, _stale, { context: { name, tile, prefix } }) => new TileBody(encode(await READERS[name](db, tile, prefix))),
  })
  return {
    async get(request) {
      const { name, version, prefix, tile } = request
      const status: LRUCache.Status<string, TileBody, TileRequest> = {}
      const body = await cache.forceFetch([name, version, prefix, tile.z, tile.x, tile.y].join('/'), { context: request, status })
      return { body, known: status.fetch === 'hit' }
    },
  }
}
