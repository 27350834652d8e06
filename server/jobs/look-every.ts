/**
 * Looks now, or after `firstMs`, and again `everyMs` after each look, until the returned function is called; that resolves once nothing is
 * under way any more. A look that fails is told, and the next one comes.
 */
export const lookEvery = (
  everyMs: number,
  look: () => Promise<void>,
  onFailure: (cause: unknown) => void,
  firstMs = 0,
): (() => Promise<void>) => {
  let ended = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  const later = (ms: number) => {
    if (!ended) timer = setTimeout(go, ms)
  }
  const go = () => {
    running = look()
      .catch(onFailure)
      .then(() => later(everyMs))
  }
  if (firstMs === 0) go()
  else later(firstMs)
  return async () => {
    ended = true
    clearTimeout(timer)
    await running
  }
}
