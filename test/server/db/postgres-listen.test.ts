import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, it, vi } from 'vitest'
import { listenOn } from '../../../server/db/postgres-listen.ts'
import { hasPostgres, postgresAddress } from '../../fixtures/database.ts'

it.skipIf(!hasPostgres())(
  'stops listening while it waits for a server that does not answer',
  async () => {
    const url = new URL(await postgresAddress())
    const { hostname, port } = url
    const lines: Socket[] = []
    // The first line leads to the database; whoever comes back is taken in and told nothing.
    const server = createServer((near) => {
      lines.push(near)
      near.on('error', () => near.destroy())
      if (lines.length > 1) return
      const far = connect(Number(port), hostname)
      near.pipe(far).pipe(near)
      far.on('error', () => near.destroy())
      near.on('close', () => far.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url.hostname = '127.0.0.1'
    url.port = String((server.address() as AddressInfo).port)
    let rings = 0
    const stop = await listenOn({ connectionString: url.href }, 'bell', () => void rings++)
    expect(rings).toBe(1)
    lines[0]!.destroy()
    await vi.waitFor(() => expect(lines).toHaveLength(2), 10_000)
    await stop()
    expect(rings).toBe(1)
    await new Promise((resolve) => {
      server.close(resolve)
      for (const line of lines) line.destroy()
    })
  },
  20_000,
)
