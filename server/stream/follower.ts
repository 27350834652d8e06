/** Follows the sequenced outbox: one query at a time, again whenever the bell rang meanwhile. */

export interface Follower {
  /** Asks for another round; resolves when a round that began after this call is over. Rejects as the round does. */
  again(): Promise<void>
}

/** Runs `round` on demand, never twice at once; calls during a round share the next one. */
export const createFollower = (round: () => Promise<void>): Follower => {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  const run = (): Promise<void> => {
    running = round().finally(() => {
      running = null
    })
    return running
  }
  return {
    again() {
      if (next) return next
      if (!running) return run()
      next = running
        .catch(() => undefined)
        .then(() => {
          next = null
          return run()
        })
      return next
    },
  }
}
