import { describe, expect, it } from 'vitest'
import { isOver, stateOf } from '../../../../web/panels/admin/token-state.ts'

const NOW = new Date('2026-11-22T06:00:00Z')
const BEFORE = '2026-11-22T05:59:59Z'
const AFTER = '2026-11-22T06:00:01Z'
const api = { purpose: 'api' as const, revokedAt: null, expiresAt: null, exchangedAt: null }
const wall = { ...api, purpose: 'wall' as const }

describe('a token', () => {
  it('is good until it is revoked or has expired', () => {
    expect(stateOf(api, NOW)).toBe('good')
    expect(stateOf({ ...api, expiresAt: AFTER }, NOW)).toBe('good')
    expect(stateOf({ ...api, expiresAt: BEFORE }, NOW)).toBe('expired')
    expect(stateOf({ ...api, revokedAt: BEFORE, expiresAt: BEFORE }, NOW)).toBe('revoked')
  })
})
describe('a wall link', () => {
  it('waits until it is opened, and then outlives its expiry', () => {
    expect(stateOf({ ...wall, expiresAt: AFTER }, NOW)).toBe('waiting')
    expect(stateOf({ ...wall, expiresAt: BEFORE }, NOW)).toBe('expired')
    expect(stateOf({ ...wall, expiresAt: BEFORE, exchangedAt: BEFORE }, NOW)).toBe('running')
    expect(isOver(stateOf({ ...wall, exchangedAt: BEFORE, revokedAt: BEFORE }, NOW))).toBe(true)
  })
})
