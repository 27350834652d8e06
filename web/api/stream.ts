/** A page's end of the live stream: through the shared worker, or by a connection of its own where there is none. */
import { Feed, type FeedEvent } from './feed.ts'
import type { ToWorker } from './stream-worker.ts'

const ALIVE_MS = 30_000

/** Opens the stream for whoever is signed in (`identity`: any text that changes with the session). Answers how to end it. */
export function openStream(identity: string, tell: (event: FeedEvent) => void): () => void {
  if (typeof SharedWorker === 'undefined') {
    const feed = new Feed(tell)
    feed.open()
    return () => feed.close()
  }
  const worker = new SharedWorker(new URL('./stream-worker.ts', import.meta.url), { type: 'module', name: 'gridward-stream' })
  const say = (message: ToWorker) => worker.port.postMessage(message)
  const leave = () => say({ type: 'leave' })
  worker.port.onmessage = (event: MessageEvent<FeedEvent>) => tell(event.data)
  say({ type: 'join', identity })
  const alive = setInterval(() => say({ type: 'alive' }), ALIVE_MS)
  addEventListener('pagehide', leave)
  return () => {
    clearInterval(alive)
    removeEventListener('pagehide', leave)
    leave()
  }
}
