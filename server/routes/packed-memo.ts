/** Large answers that many ask for: made once under a key that holds their version, and kept while there is room. */
import { LRUCache } from 'lru-cache'
import { Packed } from '../middleware/packed.ts'

export interface PackedMemo {
  /** The answer of `key`; who asks while it is made waits for the same one. A failure is passed on and not kept. */
  get(key: string, make: () => Promise<Buffer>): Promise<Packed>
}

/** @param bytes room for the answers, about; each counts twice, for its compressed forms. */
export function createPackedMemo(bytes: number): PackedMemo {
  const kept = new LRUCache<string, Packed, () => Promise<Buffer>>({
    maxSize: bytes,
    sizeCalculation: ({ raw }) => 1 + 2 * raw.length,
    ignoreFetchAbort: true,
    allowStaleOnFetchAbort: true,
    fetchMethod: async (_key, _stale, { context: make }) => new Packed(await make()),
  })
  return { get: (key, make) => kept.forceFetch(key, { context: make }) }
}
