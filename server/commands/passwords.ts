/** argon2id with the library's own costs (19 MiB, 2 passes, 1 lane: those of the OWASP sheet). Hashing runs off the main thread. */
import { randomBytes, randomInt } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'

export const hashPassword = (password: string): Promise<string> => hash(password)

let decoy: Promise<string> | undefined

/** True when the password fits. Without a hash (nobody has that name) it takes as long and is false. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  decoy ??= hash(randomBytes(32))
  const fits = await verify(passwordHash ?? (await decoy), password)
  return fits && passwordHash !== null
}

// Without 0, 1, i, l, o: it is read off a console and typed.
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'

/** A password to be printed once: four groups of four, 79 bits. */
export const generatePassword = (): string =>
  Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('')).join('-')
