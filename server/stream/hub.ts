/**
 * The hub: the one reader of the sequenced outbox in this process, and everybody who listens to it. What a jurisdiction sees is
 * written once into a buffer that all its clients share; writes are gathered for 40 ms, or 200 screens cost 200 times the work.
 * The last positions stay in memory, so a client that comes back is served without the database.
 */
import { isWithin } from '#model/code.ts'
import type { SequencedRow } from '../store/outbox.ts'

/** Where a client's bytes go. */
export interface Sink {
  /** Hands bytes over; returns how many it has not yet taken. */
  write(bytes: Buffer): number
  /** Ends politely. */
  end(): void
  /** Cuts off. */
  destroy(): void
}

export interface HubOptions {
  /** Positions kept in memory: who is further behind gets a `reset`. */
  keep: number
  coalesceMs: number
  /** A client that still has more bytes waiting than this when the next come is dropped; one burst may be larger. */
  maxWaitingBytes: number
  /** Beats in a row that a client may leave unread. */
  maxUnreadBeats: number
  maxClients: number
}

/** Whose things a client may hear of: a jurisdiction for each noun, null for none. What has no unit is for everybody. */
export interface Audience {
  incidents: string | null
  plans: string | null
}

interface Line {
  pos: number
  /** '' is for everybody. */
  unitCode: string
  noun: SequencedRow['noun']
  frame: string
}
interface Client {
  sink: Sink
  unreadBeats: number
}
interface Channel {
  audience: Audience
  clients: Set<Client>
  waiting: string[]
}

export interface HubStats {
  clients: number
  pos: number
  dropped: number
  sent: number
}

export interface Hub {
  readonly pos: number
  readonly full: boolean
  /** Takes over rows read from the outbox, in order. A gap means that the outbox was pruned past this reader: all get a `reset`. */
  take(rows: readonly SequencedRow[]): void
  /**
   * Adds a client of an audience; one who may read neither incidents nor plans gets only what is for everybody. `after`: the last
   * position it has, null for none. It gets `hello`, then what it missed or `reset`, then everything live. `version` is the
   * server's. The returned function takes it away.
   */
  join(audience: Audience, after: number | null, sink: Sink): () => void
  /** Sends what waits, then a beat with the position to everybody. */
  beat(): void
  stats(): HubStats
  /** Ends all clients. */
  close(): void
}

/** One SSE event. Without a name it is a `message`. */
export const frame = (data: string, { event, pos }: { event?: string; pos?: number }): string =>
  `${pos === undefined ? '' : `id: ${pos}\n`}${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`

/**
 * @param start position after which `take` will be fed; nothing at or before it can be replayed.
 * @param version of the server, for `hello`.
 */
export const createHub = (start: number, version: string, options: HubOptions, now: () => Date = () => new Date()): Hub => {
  const channels = new Map<string, Channel>()
  let lines: Line[] = []
  let pos = start
  /** Position before the first line that is kept. */
  let horizon = start
  let clients = 0
  let dropped = 0
  let sent = 0
  let timer: NodeJS.Timeout | undefined
  let flushedAt = 0

  const isSeen = ({ unitCode, noun }: Line, { incidents, plans }: Audience) => {
    const jurisdiction = noun === 'plan' ? plans : incidents
    return unitCode === '' || (jurisdiction !== null && isWithin(unitCode, jurisdiction))
  }

  const drop = (channel: Channel, client: Client) => {
    if (!channel.clients.delete(client)) return
    clients--
    dropped++
    client.sink.destroy()
  }
  const write = (channel: Channel, client: Client, bytes: Buffer): number => {
    const unread = client.sink.write(bytes)
    if (unread - bytes.length > options.maxWaitingBytes) drop(channel, client)
    return unread
  }
  const flushChannel = (channel: Channel) => {
    if (channel.waiting.length === 0) return
    const bytes = Buffer.from(channel.waiting.join(''))
    sent += channel.waiting.length * channel.clients.size
    channel.waiting = []
    for (const client of channel.clients) write(channel, client, bytes)
  }
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    flushedAt = performance.now()
    for (const channel of channels.values()) flushChannel(channel)
  }
  /** At once after a quiet while, otherwise when the 40 ms since the last time are over. */
  const flushSoon = () => {
    timer ??= setTimeout(flush, Math.max(0, options.coalesceMs - (performance.now() - flushedAt)))
  }

  const status = () => JSON.stringify({ pos, now: now().toISOString() })
  const sayReset = () => frame(status(), { event: 'reset', pos })

  const take: Hub['take'] = (rows) => {
    if (rows.length === 0) return
    for (const row of rows) {
      if (row.pos <= pos) continue
      if (row.pos !== pos + 1) {
        lines = []
        horizon = row.pos - 1
        pos = row.pos - 1
        for (const channel of channels.values()) channel.waiting = [sayReset()]
      }
      const line: Line = { pos: row.pos, unitCode: row.unitCode, noun: row.noun, frame: frame(row.message, { pos: row.pos }) }
      pos = row.pos
      lines.push(line)
      for (const channel of channels.values()) if (isSeen(line, channel.audience)) channel.waiting.push(line.frame)
    }
    // Cut in large steps: one shift a message would move the whole array each time.
    if (lines.length > options.keep * 1.25) {
      lines = lines.slice(-options.keep)
      horizon = lines[0]!.pos - 1
    }
    flushSoon()
  }

  const join: Hub['join'] = (audience, after, sink) => {
    const key = `${audience.incidents} ${audience.plans}`
    const channel = channels.get(key) ?? { audience, clients: new Set(), waiting: [] }
    channels.set(key, channel)
    // What waits was sent to the others at an earlier position than the newcomer's replay ends with: he must not get it twice.
    flushChannel(channel)
    const client: Client = { sink, unreadBeats: 0 }
    channel.clients.add(client)
    clients++
    const known = after === null || (after >= horizon && after <= pos)
    const missed = after === null || !known ? [] : lines.slice(after - horizon).filter((line) => isSeen(line, audience))
    const helloPos = after !== null && known ? after : pos
    const hello = frame(JSON.stringify({ version, pos: helloPos, now: now().toISOString() }), { event: 'hello' })
    const first = [hello, ...(known ? missed.map((line) => line.frame) : [sayReset()])]
    sent += missed.length
    write(channel, client, Buffer.from(first.join('')))
    return () => {
      if (channel.clients.delete(client)) clients--
      if (channel.clients.size === 0 && channels.get(key) === channel) channels.delete(key)
    }
  }

  const beat = () => {
    flush()
    const bytes = Buffer.from(frame(status(), { event: 'beat', pos }))
    for (const channel of channels.values()) {
      for (const client of channel.clients) {
        client.unreadBeats = write(channel, client, bytes) > bytes.length ? client.unreadBeats + 1 : 0
        if (client.unreadBeats > options.maxUnreadBeats) drop(channel, client)
      }
    }
  }

  return {
    get pos() {
      return pos
    },
    get full() {
      return clients >= options.maxClients
    },
    take,
    join,
    beat,
    stats: () => ({ clients, pos, dropped, sent }),
    close() {
      clearTimeout(timer)
      for (const channel of channels.values()) for (const client of channel.clients) client.sink.end()
      channels.clear()
      clients = 0
    },
  }
}
