/**
 * Shared worker: the one connection to the stream of this browser, however many tabs are open (HTTP/1.1 allows six to a host).
 * Every tab says `join` with who it is signed in as, then `alive` every half minute, and `leave` when it goes.
 */
import './no-eval.ts'
import { Feed, type FeedEvent } from './feed.ts'

export type ToWorker = { type: 'join'; identity: string } | { type: 'alive' } | { type: 'leave' }

const GONE_AFTER_MS = 5 * 60_000

interface Tab {
  port: MessagePort
  seenAt: number
}
const tabs = new Map<MessagePort, Tab>()
let identity = ''
let lastHello: Extract<FeedEvent, { type: 'hello' }> | null = null

const tellAll = (event: FeedEvent) => {
  if (event.type === 'hello') lastHello = event
  if (event.type === 'closed') lastHello = null
  for (const { port } of tabs.values()) port.postMessage(event)
}
const feed = new Feed(tellAll)

function join(port: MessagePort, who: string): void {
  tabs.set(port, { port, seenAt: Date.now() })
  if (!feed.running || who !== identity) {
    identity = who
    lastHello = null
    feed.open()
  } else if (lastHello) {
    // What came since then, the tab's own snapshot will hold.
    port.postMessage({ ...lastHello, data: { ...lastHello.data, pos: feed.pos ?? lastHello.data.pos } } satisfies FeedEvent)
  }
}

function leave(port: MessagePort): void {
  tabs.delete(port)
  port.close()
  if (tabs.size === 0) feed.close()
}

function take(port: MessagePort, message: ToWorker): void {
  if (message.type === 'join') return join(port, message.identity)
  if (message.type === 'leave') return leave(port)
  const tab = tabs.get(port)
  if (tab) tab.seenAt = Date.now()
  else {
    // It slept so long that it was given up, and has missed messages.
    port.postMessage({ type: 'reset' } satisfies FeedEvent)
    join(port, identity)
  }
}

const scope = self as unknown as SharedWorkerGlobalScope
scope.onconnect = (event) => {
  const port = event.ports[0]!
  port.onmessage = (message: MessageEvent<ToWorker>) => take(port, message.data)
}
setInterval(() => {
  for (const tab of tabs.values()) if (Date.now() - tab.seenAt > GONE_AFTER_MS) tabs.delete(tab.port)
  if (tabs.size === 0) feed.close()
}, 60_000)
