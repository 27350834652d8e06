/** Answers that many ask for at once: made once, shared by all who ask while it is made and for a short while after. */
import { LRUCache } from 'lru-cache'

const MOST = 1000

export interface Memo<T> {
  /** The answer of `key`, at most `ttlMs` old; a failure is passed on to all who waited and is not kept. */
  get(key: string, make: () => Promise<T>): Promise<T>
  clear(): void
}

/** @param ttlMs counted from the moment the making began. */
export const createMemo = <T>(ttlMs: number): Memo<T> => {
  const kept = new LRUCache<string, Promise<T>>({ max: MOST, ttl: ttlMs })
  return {
    get(key, make) {
      const known = kept.get(key)
      if (known) return known
      const made = make().catch((cause: unknown) => {
        if (kept.peek(key) === made) kept.delete(key)
        throw cause
      })
      kept.set(key, made)
      return made
    },
    clear: () => kept.clear(),
  }
}
