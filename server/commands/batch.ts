/**
 * Gathers calls that arrive while one is under way and does them together: at rest each goes at once and alone, under load the
 * cost of a statement and of a commit is shared, and the queue cannot outgrow the database.
 */
export interface BatchOptions {
  /** Most items of one batch. */
  most: number
  /** Batches under way at the same time. */
  atOnce: number
}

/**
 * `work` takes items and resolves with their answers in the same order. When it rejects for several, each is tried by itself,
 * so that only the one that is at fault fails.
 */
export const createBatch = <I, O>(work: (items: I[]) => Promise<O[]>, { most, atOnce }: BatchOptions): ((item: I) => Promise<O>) => {
  interface Waiting {
    item: I
    resolve: (answer: O) => void
    reject: (cause: unknown) => void
  }
  const queue: Waiting[] = []
  let running = 0

  const doOne = async ({ item, resolve, reject }: Waiting): Promise<void> => {
    try {
      resolve((await work([item]))[0]!)
    } catch (cause) {
      reject(cause)
    }
  }
  const doAll = async (batch: Waiting[]): Promise<void> => {
    if (batch.length === 1) return doOne(batch[0]!)
    const answers = await work(batch.map(({ item }) => item)).catch(() => null)
    if (answers) batch.forEach(({ resolve }, n) => resolve(answers[n]!))
    else for (const each of batch) await doOne(each)
  }
  const pump = () => {
    while (running < atOnce && queue.length > 0) {
      running++
      void doAll(queue.splice(0, most)).finally(() => {
        running--
        pump()
      })
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject })
      pump()
    })
}
