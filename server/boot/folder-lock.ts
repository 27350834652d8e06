/**
 * One process a data folder: two that open the embedded database at once destroy it. The lock is a bound socket, which the
 * kernel frees however its process dies, so nothing stale can ever lie about. Whoever comes second is told who is there.
 *
 * Linux: an abstract socket (no file at all). Elsewhere: a socket file or a named pipe; a file left by a dead process is known
 * by nobody answering on it, and is taken over.
 */
import { createHash } from 'node:crypto'
import { accessSync, constants, mkdirSync, realpathSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Another process holds the folder; the message says so in a sentence. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse'
}

/** It cannot be made, or not be written into; the message says why. */
export class UnusableFolder extends Error {
  override readonly name = 'UnusableFolder'
}

export interface FolderLock {
  release(): Promise<void>
}

const socketOf = (dataDir: string): { path: string; isFile: boolean } => {
  const name = `gridward-${createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 32)}`
  if (process.platform === 'linux') return { path: `\0${name}`, isFile: false }
  if (process.platform === 'win32') return { path: `\\\\.\\pipe\\${name}`, isFile: false }
  return { path: join(tmpdir(), `${name}.sock`), isFile: true }
}

const bind = (path: string): Promise<Server | null> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => undefined).end(String(process.pid)))
    server.once('error', (cause: NodeJS.ErrnoException) => (cause.code === 'EADDRINUSE' ? resolve(null) : reject(cause)))
    server.listen({ path }, () => resolve(server.unref()))
  })

/** What the holder says of itself (its process id), '' when it is too busy to say, null when nobody is there. */
const askHolder = (path: string): Promise<string | null> =>
  new Promise((resolve) => {
    let said = ''
    const socket = connect({ path })
    socket.setTimeout(2000, () => socket.destroy())
    socket.on('data', (chunk) => (said += chunk.toString()))
    socket.on('error', () => resolve(null))
    socket.on('close', () => resolve(said))
  })

const makeFolder = (dataDir: string): void => {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new UnusableFolder(`The folder ${dataDir} of DATA_DIR cannot be used: ${(cause as Error).message}.`, { cause })
  }
}

/** Takes the lock of a folder, which is made when absent. Rejects with FolderInUse, and with UnusableFolder where this user may not write. */
export const lockFolder = async (dataDir: string): Promise<FolderLock> => {
  makeFolder(dataDir)
  const { path, isFile } = socketOf(dataDir)
  let server = await bind(path)
  if (!server) {
    const holder = await askHolder(path)
    if (holder === null && isFile) {
      rmSync(path, { force: true })
      server = await bind(path)
    }
    if (!server) {
      const who = holder ? ` (process ${holder})` : ''
      throw new FolderInUse(
        `The folder ${dataDir} is in use by a Gridward that is running${who}. Stop it first, or set DATA_DIR to another folder.`,
      )
    }
  }
  const held = server
  return { release: () => new Promise((resolve) => void held.close(() => resolve())) }
}
