/**
 * A first-come lock for the one session of the embedded database: a transaction holds it from begin to commit,
 * a single statement for its own length, so nothing strays into somebody else's transaction.
 */
export interface Gate {
  /** Runs `work` alone, after all that came before; resolves or rejects as `work` does. */
  alone<T>(work: () => Promise<T>): Promise<T>
}

export const createGate = (): Gate => {
  let last: Promise<unknown> = Promise.resolve()
  return {
    alone(work) {
      const run = last.then(work)
      last = run.catch(() => undefined)
      return run
    },
  }
}
