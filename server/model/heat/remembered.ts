/** What months have answered already, as long as they do not change and there is room. */
import type { MonthBlock } from './month-block.ts'

const MOST_BYTES = 48 * 1024 * 1024

interface Answer {
  revision: number
  value: unknown
  bytes: number
}

export class Remembered {
  /** The last asked for is the last to go. */
  readonly #answers = new Map<string, Answer>()
  #bytes = 0

  /**
   * What `count` says of a month, which hangs on the question alone. The window of a filter is not looked at: where it cuts the month, the
   * question says so itself.
   */
  get<T>(block: MonthBlock, question: unknown, count: () => T, bytesOf: (value: T) => number): T {
    const key = `${block.month} ${JSON.stringify(question, bare)}`
    const known = this.#answers.get(key)
    this.#answers.delete(key)
    if (known?.revision === block.revision) {
      this.#answers.set(key, known)
      return known.value as T
    }
    const value = count()
    const bytes = bytesOf(value) + 2 * key.length
    this.#bytes += bytes - (known?.bytes ?? 0)
    this.#answers.set(key, { revision: block.revision, value, bytes })
    for (const [oldest, { bytes: freed }] of this.#answers) {
      if (this.#bytes <= MOST_BYTES) break
      this.#answers.delete(oldest)
      this.#bytes -= freed
    }
    return value
  }
}

const bare = (name: string, value: unknown): unknown =>
  name === 'from' || name === 'to' ? undefined : ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value
