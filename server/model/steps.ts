/**
 * Work that may pause: a generator that yields wherever its own state allows a break. `atOnce` does it in one go; who has somebody
 * waiting for an answer meanwhile does it in slices. Either way it is the same code, with the same result.
 */
export type Steps<Result> = Generator<void, Result, void>

export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value as Result
  }
}
