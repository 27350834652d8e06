/** Where a token or a wall link stands. */
import type { Token } from '#contract/user.ts'

export type TokenState = 'good' | 'waiting' | 'running' | 'expired' | 'revoked'

/** good: an API token in force · waiting: a wall link that nobody opened yet · running: a wall that was opened from it. */
export function stateOf(token: Pick<Token, 'purpose' | 'revokedAt' | 'expiresAt' | 'exchangedAt'>, now: Date): TokenState {
  if (token.revokedAt !== null) return 'revoked'
  if (token.purpose === 'wall' && token.exchangedAt !== null) return 'running'
  if (token.expiresAt !== null && Date.parse(token.expiresAt) <= now.getTime()) return 'expired'
  return token.purpose === 'wall' ? 'waiting' : 'good'
}

/** True when there is nothing left to revoke. */
export const isOver = (state: TokenState): boolean => state === 'expired' || state === 'revoked'
