import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makePassword } from '../../../../web/panels/admin/make-password.ts'

describe('a made password', () => {
  it('can be read aloud, whatever the random bytes are', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 247 })), (bytes) => {
        const made = makePassword((array) => array.map(() => bytes.next().value as number))
        expect(made).toMatch(/^([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}$/)
      }),
    )
  })
  it('passes over bytes that would favour some letters', () => {
    let calls = 0
    const made = makePassword((array) => array.fill(calls++ === 0 ? 255 : 0))
    expect(made).toBe('aaaa-aaaa-aaaa-aaaa')
    expect(calls).toBe(2)
  })
})
