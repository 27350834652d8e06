import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Feed, type FeedEvent } from '../../../web/api/feed.ts'

/** The browser's EventSource as far as a feed uses it; `latest` is the one that is open now. */
class Wire extends EventTarget {
  static all: Wire[] = []
  static get latest(): Wire {
    return Wire.all.at(-1)!
  }
  onerror: (() => void) | null = null
  closed = false
  readonly url: string
  constructor(url: string) {
    super()
    this.url = url
    Wire.all.push(this)
  }
  close(): void {
    this.closed = true
  }
  say(name: string, data: unknown, id = ''): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data), lastEventId: id }))
  }
}

const now = '2026-11-22T06:00:00Z'
const reload = { noun: 'camera', change: 'reload', at: now, version: 2 }

describe('Feed', () => {
  let heard: FeedEvent[]
  let feed: Feed
  const types = () => heard.map(({ type }) => type)

  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('EventSource', Wire)
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => new Response('{}', { status: 200 })),
    )
    Wire.all = []
    heard = []
    feed = new Feed((event) => heard.push(event))
    feed.open()
  })
  afterEach(() => {
    feed.close()
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })

  it('tells every line in its order, with the position', () => {
    Wire.latest.say('hello', { version: '1', pos: 7, now })
    Wire.latest.say('message', reload, '9')
    Wire.latest.say('beat', { pos: 9, now })
    expect(types()).toEqual(['opening', 'hello', 'message', 'beat'])
    expect(heard[2]).toMatchObject({ pos: 9, data: reload })
    expect(feed.pos).toBe(9)
  })

  it('comes back after an error, from where it was', () => {
    Wire.latest.say('hello', { version: '1', pos: 7, now })
    Wire.latest.say('message', reload, '9')
    Wire.latest.onerror!()
    expect([Wire.latest.closed, heard.at(-1)]).toEqual([true, expect.objectContaining({ type: 'closed', attempt: 1 })])
    vi.advanceTimersByTime(700)
    expect([Wire.all.length, Wire.latest.url]).toEqual([2, '/api/stream?lastEventId=9'])
  })

  it('passes over a noun that it does not know, and remembers the position', () => {
    Wire.latest.say('hello', { version: '1', pos: 7, now })
    Wire.latest.say('message', { noun: 'weather', change: 'changed', at: now }, '8')
    expect(types()).not.toContain('message')
    Wire.latest.onerror!()
    vi.advanceTimersByTime(700)
    expect(Wire.latest.url).toBe('/api/stream?lastEventId=8')
  })

  it('waits longer with every attempt, and begins anew once it stood', () => {
    const waits: number[] = []
    for (let n = 0; n < 4; n++) {
      Wire.latest.onerror!()
      const { retryAt } = heard.findLast((event) => event.type === 'closed')!
      waits.push(retryAt - Date.now())
      vi.advanceTimersByTime(retryAt - Date.now())
    }
    expect(waits.every((wait, n) => n === 0 || wait > waits[n - 1]!)).toBe(true)
    Wire.latest.say('hello', { version: '1', pos: 1, now })
    Wire.latest.onerror!()
    expect(heard.findLast((event) => event.type === 'closed')!.attempt).toBe(1)
  })

  it('does not trust a line that is silent for ten seconds', () => {
    Wire.latest.say('hello', { version: '1', pos: 7, now })
    vi.advanceTimersByTime(9_000)
    Wire.latest.say('beat', { pos: 7, now })
    vi.advanceTimersByTime(9_900)
    expect(types()).not.toContain('closed')
    vi.advanceTimersByTime(200)
    expect(types()).toContain('closed')
  })

  it('after a reset resumes from the hello of that connection, which any snapshot is newer than', () => {
    Wire.latest.say('hello', { version: '1', pos: 900, now })
    Wire.latest.say('reset', null)
    Wire.latest.onerror!()
    vi.advanceTimersByTime(700)
    expect(Wire.latest.url).toBe('/api/stream?lastEventId=900')
  })

  it('hears nothing more from a connection that it left', () => {
    const old = Wire.latest
    old.onerror!()
    vi.advanceTimersByTime(700)
    old.say('message', reload, '3')
    expect(types()).not.toContain('message')
  })

  it('asks why it was refused, and says when nobody is signed in', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => new Response('{}', { status: 401 })),
    )
    Wire.latest.onerror!()
    await vi.advanceTimersByTimeAsync(0)
    expect(types()).toContain('signed-out')
  })

  it('is quiet once it is closed', () => {
    feed.close()
    expect([feed.running, Wire.latest.closed]).toEqual([false, true])
    vi.advanceTimersByTime(60_000)
    expect(Wire.all).toHaveLength(1)
  })
})
