/**
 * The command line's way into a running server: two files in DATA_DIR that only their owner may read, the address and a token.
 * The address is there only while the server runs; the token stays, so that restarts do not pile up tokens.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Db } from '../db/db.ts'
import { createCliToken } from '../commands/tokens.ts'

const ADDRESS = 'address'
const TOKEN = 'cli-token'

const writeSecret = async (path: string, text: string): Promise<void> => {
  await rm(`${path}.part`, { force: true })
  await writeFile(`${path}.part`, `${text}\n`, { mode: 0o600, flag: 'wx' })
  await rename(`${path}.part`, path)
}

const readLine = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').then(
    (text) => text.trim() || undefined,
    () => undefined,
  )

/** Writes both files; the returned function takes the address away again. */
export const openCliAccess = async (db: Db, dataDir: string, address: string): Promise<() => Promise<void>> => {
  const kept = await readLine(join(dataDir, TOKEN))
  const token = await createCliToken(db, kept)
  await writeSecret(join(dataDir, TOKEN), token)
  await writeSecret(join(dataDir, ADDRESS), address)
  return () => rm(join(dataDir, ADDRESS), { force: true })
}

/** Where the server of this folder listens and with which token, or null when none runs or none ever did. */
export const readCliAccess = async (dataDir: string): Promise<{ address: string; token: string } | null> => {
  const [address, token] = await Promise.all([readLine(join(dataDir, ADDRESS)), readLine(join(dataDir, TOKEN))])
  return address !== undefined && token !== undefined ? { address, token } : null
}
