/** LISTEN on a connection of its own that comes back by itself. */
import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const RETRY_MS = [100, 250, 500, 1000, 2000]

/**
 * Listens on `channel` until the returned function is called. `onNotify` runs at each NOTIFY and once after every
 * connection, as what was rung while it was away is lost. Rejects when the first connection fails.
 */
export const listenOn = async (settings: pg.ClientConfig, channel: string, onNotify: () => void): Promise<() => Promise<void>> => {
  let stopped = false
  /** Ends the connection of now, whatever it waits for. */
  let end: () => Promise<unknown> = () => Promise.resolve()

  /** Resolves once listening; `ended` resolves when that connection is gone. */
  const connect = async (): Promise<{ ended: Promise<void> }> => {
    const socket = new Socket()
    const next = new pg.Client({ ...settings, stream: () => socket })
    const ended = new Promise<void>((resolve) => {
      next.on('error', () => resolve())
      next.on('end', () => resolve())
    })
    // A client that is ended politely while it connects waits for the server's word, and never tells whoever waits for it.
    end = () => {
      socket.destroy()
      return ended
    }
    try {
      await Promise.race([next.connect(), ended.then(() => Promise.reject(new Error('The connection was ended.')))])
      next.on('notification', onNotify)
      await next.query(`listen ${pg.escapeIdentifier(channel)}`)
    } catch (cause) {
      await next.end().catch(() => undefined)
      throw cause
    }
    end = () => next.end().catch(() => undefined)
    onNotify()
    return { ended }
  }

  const keep = async (first: { ended: Promise<void> }): Promise<void> => {
    let current: { ended: Promise<void> } | null = first
    let failures = 0
    while (!stopped) {
      await current?.ended
      if (stopped) return
      await sleep(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)])
      if (stopped) return
      // A failed attempt only makes the next one wait longer.
      current = await connect().catch(() => null)
      failures = current ? 0 : failures + 1
    }
  }

  const first = await connect()
  const keeping = keep(first)
  return async () => {
    stopped = true
    await end()
    await keeping
  }
}
