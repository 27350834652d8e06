/** Which layer of a file that may hold several: never a guess. */
import { Problem } from '#contract/problem.ts'

/** The one that was said, or the only one. Throws `bad-file`, with the names to choose from. */
export function chooseLayer(names: readonly string[], said: string | undefined, what: string): string {
  if (names.length === 0) throw new Problem('bad-file', `The file holds no ${what}.`)
  const list = names.slice(0, 20).join(', ')
  const found = said === undefined ? names : names.filter((name) => name === said || name.endsWith(`/${said}`))
  if (said !== undefined && found.length === 0) throw new Problem('bad-file', `The file holds no ${said}. It holds: ${list}.`)
  if (found.length > 1) throw new Problem('bad-file', `The file holds several: ${list}. Say which one (layer).`)
  return found[0]!
}
