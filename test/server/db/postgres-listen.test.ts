import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { openPostgres } from '../../../server/db/postgres.ts'
import { listenOn } from '../../../server/db/postgres-listen.ts'
import { hasPostgres, postgresAddress } from '../../fixtures/database.ts'

/** A way to the database of which only the first `open` lines lead there: whoever comes later is taken in and told nothing. */
async function wayTo(address: string, open: number) {
  const url = new URL(address)
  const { hostname, port } = url
  const lines: Socket[] = []
  const server = createServer((near) => {
    lines.push(near)
    near.on('error', () => near.destroy())
    if (lines.length > open) return
    const far = connect(Number(port), hostname)
    near.pipe(far).pipe(near)
    far.on('error', () => near.destroy())
    near.on('close', () => far.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve)
      for (const line of lines) line.destroy()
    })
  return { href: url.href, lines, close }
}

describe.skipIf(!hasPostgres())('a server that takes in and says nothing', () => {
  it('does not keep a listener from ending', async () => {
    const way = await wayTo(await postgresAddress(), 1)
    let rings = 0
    const stop = await listenOn({ connectionString: way.href }, 'bell', () => void rings++)
    expect(rings).toBe(1)
    way.lines[0]!.destroy()
    await vi.waitFor(() => expect(way.lines).toHaveLength(2), 10_000)
    await stop()
    expect(rings).toBe(1)
    await way.close()
  }, 20_000)

  it('is given up by who wants to lead, and by a listener for another try', async () => {
    const way = await wayTo(await postgresAddress(), 2)
    const db = await openPostgres({ connectionString: way.href, patienceMs: 200 })
    const stop = await db.listen('bell', () => undefined)
    await expect(db.lead(1, () => undefined)).rejects.toThrow('timeout')
    expect(way.lines).toHaveLength(3)
    way.lines[1]!.destroy()
    await vi.waitFor(() => expect(way.lines.length).toBeGreaterThanOrEqual(5), 10_000)
    await stop()
    await db.close()
    await way.close()
  }, 20_000)
})
