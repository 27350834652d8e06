/**
 * Tiles from the database through one cache. A tile is known by its name, the noun's version, the reader's code prefix and z/x/y;
 * a new version makes new keys, and what nobody asks for any more falls out at the old end.
 */
import { LRUCache } from 'lru-cache'
import type { TileId } from '#model/frame.ts'
import type { TileName } from '#contract/tile.ts'
import type { Reader } from '../db/db.ts'
import { Packed } from '../middleware/packed.ts'
import { encode } from './encode.ts'
import { READERS } from './layers.ts'

const CACHE_BYTES = 96 * 1024 * 1024
/** Of their own, so that whoever walks through the years does not push today's tiles out. */
const PAST_BYTES = 32 * 1024 * 1024
/** What an entry costs besides its bytes; also keeps empty tiles from being free. */
const ENTRY_BYTES = 512
export interface TileRequest {
  name: TileName
  tile: TileId
  /** Unit code prefix that the tile is clipped to; '' for everything. */
  prefix: string
  version: string
  /** Instant of a change of the units that the tile shows them as of; null: now. */
  at: Date | null
}

export interface Tiles {
  /** The tile, from the cache when it is there; equal requests at the same time are read once. `known`: it came from the cache. */
  get(request: TileRequest): Promise<{ body: Packed; known: boolean }>
}

export function createTiles(db: Reader): Tiles {
  const [current, past] = [createCache(db, CACHE_BYTES), createCache(db, PAST_BYTES)]
  return {
    async get(request) {
      const { name, version, prefix, at, tile } = request
      const status: LRUCache.Status<string, Packed, TileRequest> = {}
      const key = [name, version, prefix, at?.getTime() ?? '', tile.z, tile.x, tile.y].join('/')
      const body = await (at ? past : current).forceFetch(key, { context: request, status })
      return { body, known: status.fetch === 'hit' }
    },
  }
}

const createCache = (db: Reader, maxSize: number): LRUCache<string, Packed, TileRequest> =>
  new LRUCache({
    maxSize,
    // Raw, gzip and brotli together are hardly more than twice the raw bytes.
    sizeCalculation: (body) => ENTRY_BYTES + 2 * body.raw.length,
    ignoreFetchAbort: true,
    allowStaleOnFetchAbort: true,
    fetchMethod: async (_key, _stale, { context: { name, tile, prefix, at } }) =>
      new Packed(encode(await READERS[name](db, tile, prefix, at))),
  })
