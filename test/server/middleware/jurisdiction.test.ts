import { describe, expect, it } from 'vitest'
import { SYSTEM } from '../../../server/middleware/actor.ts'
import { requireWithin } from '../../../server/middleware/jurisdiction.ts'

describe('requireWithin', () => {
  const dispatcher = { ...SYSTEM, role: 'dispatcher', unitCode: '331004001' } as const
  it('lets pass what lies inside', () => {
    expect(() => requireWithin(dispatcher, 'incident.accept', '331004001002')).not.toThrow()
  })
  it('tells a place outside from a permission that is missing', () => {
    expect(() => requireWithin(dispatcher, 'incident.accept', '331004')).toThrow(expect.objectContaining({ code: 'outside-jurisdiction' }))
    expect(() => requireWithin(dispatcher, 'user.manage', '331004001')).toThrow(expect.objectContaining({ code: 'not-allowed' }))
  })
})
