/**
 * The server's side of the heat index: starts its thread, has it filled, tells it what changes, and asks it. What was committed before
 * the fill began is in the fill; what comes after is told from the outbox, and telling a row twice does no harm. A bulk load, a plan in
 * force or a gap in the outbox fills it anew. While it is not ready there is no answer from here: the database answers.
 */
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import { streamMessage } from '#contract/stream.ts'
import { traitsOf } from '#model/heat/filter.ts'
import { foldUuid, type Ground } from '#model/heat/incident-columns.ts'
import { NOWHERE } from '#model/heat/month-block.ts'
import { toGrid } from '#model/crs.ts'
import type { Db } from '../db/db.ts'
import { listCounties } from '../store/counties.ts'
import { findLatitude } from '../store/heat-counts.ts'
import { findMonthBefore, packMonth } from '../store/heat-fill.ts'
import type { SequencedRow } from '../store/outbox.ts'
import type { Stream } from '../stream/stream.ts'
import type { Grounds, HeatChange, HeatQuestion, HeatQuestions, HeatReply, HeatRequest, HeatSize } from './heat-worker.ts'

/** After a failure: first wait, and the longest, in ms. */
const WAITS = { first: 250, most: 10_000 }

export interface HeatStatus {
  state: 'off' | 'filling' | 'ready'
  /** In the index, or read so far. */
  incidents: number
  /** Position of the stream up to which everything is in it; null until it is ready. */
  position: number | null
}

export interface HeatIndex {
  readonly status: HeatStatus
  /** Starts the thread and the fill. Once. */
  start(): void
  /** Asks; null while the index is not ready, or when its thread was lost over the question. Rejects when the question itself fails. */
  ask<Q extends HeatQuestion>(name: Q, ask: HeatQuestions[Q]['ask']): Promise<HeatQuestions[Q]['answer'] | null>
  /** Ends the thread as if it had died: it is started again. */
  kill(): Promise<void>
  close(): Promise<void>
}

/** What is followed: the sequenced outbox, up to a position. */
export interface Followed extends Pick<Stream, 'onRows'> {
  hub: { readonly pos: number }
}

export interface HeatIndexDeps {
  db: Db
  stream: Followed
  log: Logger
}

interface Waiting {
  resolve: (answer: unknown) => void
  reject: (cause: Error) => void
}

export const createHeatIndex = ({ db, stream, log }: HeatIndexDeps): HeatIndex => {
  let worker: Worker | null = null
  let state: HeatStatus['state'] = 'off'
  let incidents = 0
  /** What came since the fill began. */
  let waitingRows: SequencedRow[] = []
  let isOutdated = false
  let closed = false
  let wait = WAITS.first
  let began = 0
  let newest: number | null = null
  /** Counts the fills: what an earlier one still reads is not wanted any more. */
  let turn = 0
  let timer: NodeJS.Timeout | undefined
  let lastId = 0
  const waiting = new Map<number, Waiting>()

  const post = (request: HeatRequest, transfer: ArrayBuffer[] = []) => worker?.postMessage(request, transfer)

  const later = () => {
    clearTimeout(timer)
    timer = setTimeout(fill, wait)
    wait = Math.min(wait * 2, WAITS.most)
  }
  /** Answers that will not come any more: whoever waits asks the database. */
  const letGo = () => {
    for (const { resolve } of waiting.values()) resolve(null)
    waiting.clear()
    worker?.unref()
  }

  const fill = () => {
    if (closed) return
    state = 'filling'
    worker ??= open()
    ;[waitingRows, isOutdated, began, newest, incidents] = [[], false, performance.now(), null, 0]
    letGo()
    post({ type: 'begin' })
    const own = ++turn
    readAll(own).catch((cause: unknown) => {
      if (closed || turn !== own) return
      log.warn({ err: cause }, 'the heat index cannot be filled; the database answers meanwhile')
      later()
    })
  }

  const readAll = async (own: number): Promise<void> => {
    const grounds = await listGrounds(db)
    const address = await db.reader.source()
    if (turn !== own || closed) return
    if (address !== null) return post({ type: 'copy', address, grounds })
    let month = await findMonthBefore(db.reader, null)
    while (month) {
      const bytes = await packMonth(db.reader, month)
      if (turn !== own || closed) return
      post({ type: 'rows', bytes }, [bytes.buffer])
      month = await findMonthBefore(db.reader, month.start)
    }
    if (turn === own && !closed) post({ type: 'end', grounds })
  }

  const tell = (rows: readonly SequencedRow[]) => {
    const changes = rows.flatMap(changesOf)
    if (changes.length > 0) post({ type: 'changes', changes })
  }

  const onFilled = ({ incidents: count, bytes }: HeatSize) => {
    incidents = count
    if (isOutdated) return fill()
    tell(waitingRows)
    waitingRows = []
    state = 'ready'
    wait = WAITS.first
    const each = count === 0 ? 0 : Number((bytes / count).toFixed(1))
    log.info({ incidents: count, bytes, bytesPerIncident: each, ms: Math.round(performance.now() - began) }, 'the heat index is filled')
  }

  const hear = (message: HeatReply) => {
    if (message.type === 'filled') return onFilled(message)
    if (message.type === 'progress') {
      incidents = message.rows
      newest ??= message.month
      return log.debug({ incidents, month: new Date(message.month).toISOString().slice(0, 7) }, 'the heat index is being filled')
    }
    if (message.type === 'broken') {
      if (closed) return
      log.warn({ reason: message.message }, 'the heat index is filled anew; the database answers meanwhile')
      state = 'filling'
      letGo()
      return later()
    }
    const asked = waiting.get(message.id)
    waiting.delete(message.id)
    if (waiting.size === 0) worker?.unref()
    if (message.type === 'answer') asked?.resolve(message.answer)
    else asked?.reject(new Error(`The heat index failed: ${message.message}`))
  }

  const open = (): Worker => {
    const made = new Worker(new URL('../db/ts-worker.mjs', import.meta.url), {
      workerData: { module: new URL('./heat-worker.ts', import.meta.url).href },
      execArgv: [],
    })
    made.on('message', (message: HeatReply) => {
      if (worker === made) hear(message)
    })
    made.on('error', (cause) => log.warn({ err: cause }, 'the thread of the heat index failed'))
    made.on('exit', () => {
      if (worker !== made) return
      worker = null
      if (closed) return
      log.warn('the thread of the heat index ended; it is started again, the database answers meanwhile')
      state = 'filling'
      letGo()
      later()
    })
    // It must not keep a server alive that wants to end; whoever waits for an answer does.
    made.unref()
    return made
  }

  stream.onRows((rows, gap) => {
    if (state === 'off' || closed) return
    const isNew = gap || rows.some(isReload)
    if (state === 'filling') {
      isOutdated ||= isNew
      waitingRows.push(...rows)
    } else if (isNew) fill()
    else tell(rows)
  })

  return {
    get status() {
      return { state, incidents, position: state === 'ready' ? stream.hub.pos : null }
    },
    start() {
      if (state === 'off' && !closed) fill()
    },
    ask: (name, ask) => {
      if (state !== 'ready' || worker === null) return Promise.resolve(null)
      const id = ++lastId
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
        worker?.ref()
        post({ type: 'ask', id, name, ask })
      })
    },
    async kill() {
      await worker?.terminate()
    },
    async close() {
      closed = true
      clearTimeout(timer)
      letGo()
      await worker?.terminate()
    },
  }
}

const listGrounds = async (db: Db): Promise<Grounds> => {
  const grounds = new Map<string, Ground>()
  for (const { code, timeZone } of await listCounties(db)) {
    const latitude = await findLatitude(db, code)
    if (latitude !== null) grounds.set(code, { timeZone, latitude })
  }
  return grounds
}

/** Whoever changes many, by a load or because their units were drawn anew, says so once and not of each. */
const isReload = ({ noun, unitCode }: SequencedRow): boolean => unitCode === '' && noun === 'incident'

const changesOf = ({ noun, unitCode, message: text }: SequencedRow): HeatChange[] => {
  if (noun !== 'incident' || unitCode === '') return []
  const message = streamMessage.parse(JSON.parse(text))
  if (message.noun !== 'incident' || message.change === 'reload') return []
  const { id, location, unitCode: unit, kind, reportedAt, ...traits } = message.incident
  const key = { id: foldUuid(id), seconds: Math.floor(Date.parse(reportedAt) / 1000) }
  if (message.change === 'deleted') return [{ change: 'remove', entry: key }]
  const [x, y] = location ? toGrid(location) : [NOWHERE, 0]
  return [{ change: 'put', entry: { ...key, x, y, kind, unit, traits: traitsOf(traits) } }]
}
