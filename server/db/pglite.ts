/**
 * The embedded database behind the seam: PGlite with PostGIS in a worker thread, and one real `pg.Client` that speaks to it
 * through a duplex stream. LISTEN, error codes and type parsers are therefore those of `pg`.
 *
 * One session serves everybody: the gate keeps statements out of others' transactions. Nobody else may open the folder
 * (two would destroy it): the caller holds a lock, see server/boot/folder-lock.ts.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Duplex } from 'node:stream'
import { Worker } from 'node:worker_threads'
import pg from 'pg'
import type { Db, Queryable } from './db.ts'
import { createGate } from './gate.ts'
import type { Answer, Request, WorkerData } from './pglite-worker.ts'
import { postgisBundle } from './postgis-bundle.ts'
import { queryOf } from './sql.ts'
import { assertCommitted, copyChunks, copyStatement, typeParsers } from './values.ts'

const COPY_BYTES = 1024 * 1024
const require = createRequire(import.meta.url)

export interface PgliteOptions {
  /** Folder of the cluster, made when absent; undefined keeps all in memory. */
  dataDir: string | undefined
  /** Called once when the database's thread dies without being asked to. What it had acknowledged is on disk. */
  onFatal?: (cause: Error) => void
}

let compiledOnce: Promise<WebAssembly.Module> | undefined
const compiled = (): Promise<WebAssembly.Module> =>
  (compiledOnce ??= readFile(join(dirname(require.resolve('@electric-sql/pglite')), 'pglite.wasm')).then((bytes) =>
    WebAssembly.compile(bytes),
  ))

/** The worker's end as the socket that `pg` expects. Each write holds whole protocol messages, which PGlite demands. */
class WorkerSocket extends Duplex {
  readonly #post: (request: Request) => void
  constructor(post: (request: Request) => void) {
    super()
    this.#post = post
  }
  connect(): void {
    queueMicrotask(() => this.emit('connect'))
  }
  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#post({ type: 'protocol', data: new Uint8Array(chunk) })
    done()
  }
  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#post({ type: 'protocol', data: new Uint8Array(Buffer.concat(chunks.map((each) => each.chunk))) })
    done()
  }
  override _final(done: () => void): void {
    this.push(null)
    done()
  }
}

const createSignal = () => {
  let resolve!: () => void
  let reject!: (cause: Error) => void
  const promise = new Promise<void>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

/** Opens the embedded database. Rejects when the folder cannot be opened. */
export const openPglite = async ({ dataDir, onFatal }: PgliteOptions): Promise<Db> => {
  const [wasm, postgis] = await Promise.all([compiled(), postgisBundle()])
  const data: WorkerData = { module: new URL('./pglite-worker.ts', import.meta.url).href, dataDir, wasm, postgis }
  const worker = new Worker(new URL('./ts-worker.mjs', import.meta.url), { workerData: data, execArgv: [] })
  const copies = new Map<number, (error?: Error) => void>()
  const ready = createSignal()
  const closed = createSignal()
  const led = new Map<number, () => void>()
  let closing = false
  let dead: Error | undefined

  const post = (request: Request) => worker.postMessage(request)
  const socket = new WorkerSocket(post)
  // `die` below is told first, and tells everybody.
  socket.on('error', () => undefined)

  const die = (cause: Error) => {
    if (dead) return
    dead = cause
    ready.reject(cause)
    closed.resolve()
    for (const settle of copies.values()) settle(cause)
    socket.destroy(cause)
    for (const onLost of led.values()) onLost()
    if (!closing) onFatal?.(cause)
  }
  worker.on('message', (message: Answer) => {
    if (message.type === 'protocol') socket.push(Buffer.from(message.data.buffer, message.data.byteOffset, message.data.byteLength))
    else if (message.type === 'copied')
      copies.get(message.id)?.(message.error && Object.assign(new Error(message.error.message), message.error))
    else if (message.type === 'ready') ready.resolve()
    else if (message.type === 'closed') closed.resolve()
    else die(new Error(`The embedded database failed: ${message.message}`))
  })
  worker.on('error', (cause) => die(new Error(`The embedded database failed: ${cause.message}`, { cause })))
  worker.on('exit', (code) => die(new Error(`The embedded database's thread ended (${code}).`)))
  await ready.promise

  const client = new pg.Client({ stream: () => socket as never, types: typeParsers(), user: 'postgres', database: 'postgres', ssl: false })
  client.on('error', die)
  await client.connect()

  const copy = (statement: string, bytes: Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      if (dead) return reject(dead)
      const id = copies.size === 0 ? 1 : Math.max(...copies.keys()) + 1
      copies.set(id, (error) => {
        copies.delete(id)
        if (error) reject(error)
        else resolve()
      })
      post({ type: 'copy', id, statement, data: new Uint8Array(bytes) })
    })

  const session: Queryable = {
    query: async (sql) => (await client.query(queryOf(sql))).rows,
    execute: async (sql) => (await client.query(queryOf(sql))).rowCount ?? 0,
    script: async (text) => void (await client.query(text)),
    async bulk(table, columns, rows) {
      if ('data' in rows) {
        await copy(copyStatement(table, columns, 'blob', true), Buffer.from(rows.data.buffer))
        return rows.rows
      }
      const statement = copyStatement(table, columns, 'blob')
      let total = 0
      // While one buffer is loaded in the other thread the next is written here.
      let loading: Promise<void> = Promise.resolve()
      for await (const chunk of copyChunks(rows, COPY_BYTES)) {
        await loading
        loading = copy(statement, chunk.data)
        // Awaited below or with the next buffer; until then, or if the source breaks, it is nobody's.
        loading.catch(() => undefined)
        total += chunk.rows
      }
      await loading
      return total
    },
  }

  const gate = createGate()
  const transaction: Db['transaction'] = (work) =>
    gate.alone(async () => {
      await client.query('begin')
      try {
        const result = await work(session)
        assertCommitted(await client.query('commit'))
        return result
      } catch (cause) {
        if (!dead) await client.query('rollback')
        throw cause
      }
    })

  const bells = new Map<string, Set<() => void>>()
  client.on('notification', ({ channel }) => bells.get(channel)?.forEach((ring) => ring()))

  const query: Db['query'] = (sql) => gate.alone(() => session.query(sql))
  return {
    kind: 'embedded',
    query,
    reader: { query, source: async () => null },
    replica: null,
    execute: (sql) => gate.alone(() => session.execute(sql)),
    script: (text) => gate.alone(() => session.script(text)),
    bulk: (table, columns, rows) => transaction((tx) => tx.bulk(table, columns, rows)),
    transaction,
    async listen(channel, onNotify) {
      const rings = bells.get(channel) ?? new Set()
      bells.set(channel, rings)
      rings.add(onNotify)
      await gate.alone(() => client.query(`listen ${pg.escapeIdentifier(channel)}`))
      onNotify()
      return async () => {
        rings.delete(onNotify)
        if (rings.size === 0 && !dead && !closing) await gate.alone(() => client.query(`unlisten ${pg.escapeIdentifier(channel)}`))
      }
    },
    // The only session there is: a lock inside it would exclude nobody, so the holders are counted here.
    async lead(key, onLost) {
      if (led.has(key)) return null
      led.set(key, onLost)
      return async () => void led.delete(key)
    },
    async close() {
      if (closing) return closed.promise
      closing = true
      await gate.alone(async () => {
        led.clear()
        if (dead) return
        post({ type: 'close' })
        await closed.promise
        await worker.terminate()
      })
    },
  }
}
