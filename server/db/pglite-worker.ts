/**
 * The thread in which the embedded database lives, so that a heavy query does not stall the server's event loop.
 * It answers three requests of `pglite.ts`, strictly in order: bytes of the PostgreSQL protocol, a COPY, the end.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { pathToFileURL } from 'node:url'
import { type Extension, PGlite } from '@electric-sql/pglite'
import { postgis } from '@electric-sql/pglite-postgis'

export interface WorkerData {
  /** This file's own address, for ts-worker.mjs. */
  module: string
  /** Folder of the cluster, or undefined for one in memory. */
  dataDir: string | undefined
  wasm: WebAssembly.Module
  /** Path of the archive of PostGIS. */
  postgis: string
}
export type Request =
  | { type: 'protocol'; data: Uint8Array }
  | { type: 'copy'; id: number; statement: string; data: Uint8Array<ArrayBuffer> }
  | { type: 'close' }
export type Answer =
  | { type: 'ready' }
  | { type: 'protocol'; data: Uint8Array }
  | { type: 'copied'; id: number; error?: { message: string; code: string | undefined; detail: string | undefined } }
  | { type: 'closed' }
  | { type: 'failed'; message: string }

const port = parentPort!
const { dataDir, wasm, postgis: bundle } = workerData as WorkerData
const leanPostgis: Extension = {
  ...postgis,
  setup: async (db, options) => ({ ...(await postgis.setup(db, options)), bundlePath: pathToFileURL(bundle) }),
}
const answer = (message: Answer, transfer: readonly ArrayBuffer[] = []) => port.postMessage(message, transfer)

/** A ReadyForQuery message, which PGlite sends apart from others after an error. */
const isReady = (bytes: Uint8Array): boolean => bytes.length === 6 && bytes[0] === 0x5a

const handle = async (db: PGlite, request: Request): Promise<void> => {
  if (request.type === 'protocol') {
    let ready = false
    const send = (bytes: Uint8Array) => {
      // After an error PGlite says ReadyForQuery by itself and once more at Sync; `pg` would take the second for its next query's answer.
      const again = ready && isReady(bytes)
      ready = isReady(bytes)
      if (again) return
      // PGlite reuses its buffer: what leaves this thread must be a copy.
      const copy = bytes.slice()
      answer({ type: 'protocol', data: copy }, [copy.buffer])
    }
    await db.execProtocolRawStream(request.data, { onRawData: send, syncToFs: false })
  } else if (request.type === 'copy') {
    try {
      // COPY FROM STDIN over the protocol would kill the process; this runs in the same session, hence in its open transaction.
      await db.exec(request.statement, { blob: new Blob([request.data]) })
      answer({ type: 'copied', id: request.id })
    } catch (cause) {
      const { message, code, detail } = cause as Error & { code?: string; detail?: string }
      answer({ type: 'copied', id: request.id, error: { message, code, detail } })
    }
  } else {
    await db.close()
    answer({ type: 'closed' })
    port.close()
  }
}

try {
  const db = await PGlite.create({ dataDir, extensions: { postgis: leanPostgis }, pgliteWasmModule: wasm })
  let last: Promise<void> = Promise.resolve()
  port.on('message', (request: Request) => {
    last = last.then(() => handle(db, request)).catch((cause: Error) => answer({ type: 'failed', message: cause.message }))
  })
  answer({ type: 'ready' })
} catch (cause) {
  answer({ type: 'failed', message: (cause as Error).message })
}
