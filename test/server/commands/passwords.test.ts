import { describe, expect, it } from 'vitest'
import { generatePassword, hashPassword, verifyPassword } from '../../../server/commands/passwords.ts'

describe('passwords', () => {
  it('are kept as argon2id with salt, and fit only themselves', async () => {
    const [first, second] = await Promise.all([hashPassword('correct horse battery'), hashPassword('correct horse battery')])
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(second).not.toBe(first)
    expect(await verifyPassword(first, 'correct horse battery')).toBe(true)
    expect(await verifyPassword(first, 'correct horse batterY')).toBe(false)
  })
  it('of nobody never fit', async () => {
    expect(await verifyPassword(null, '')).toBe(false)
  })
  it('that are generated differ and can be read aloud', () => {
    const many = Array.from({ length: 200 }, generatePassword)
    expect(new Set(many).size).toBe(200)
    for (const each of many) expect(each).toMatch(/^([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}$/)
  })
})
