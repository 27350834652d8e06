import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { readCliAccess } from '../../server/boot/cli-access.ts'
import { CERTIFICATE, CERTIFICATE_KEY } from '../fixtures/certificate.ts'
import { hasPostgres, postgresAddress } from '../fixtures/database.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

interface Server {
  process: ChildProcess
  output: () => string
  /** Exit status, or the signal that ended it. */
  ended: Promise<number | string>
  /** Resolves with the address once it listens, rejects when it ends before. */
  address: Promise<string>
}

const folder = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'gridward-main-'))
  cleanups.push(() => rm(path, { recursive: true, force: true }))
  return path
}

/** The server as it is started by hand, on a free port and without the demo. */
const start = (env: Record<string, string>): Server => {
  const child = spawn(process.execPath, ['server/cli/serve.mjs'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], PORT: '0', HOST: '127.0.0.1', SEED: 'none', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const ended = new Promise<number | string>((resolve) => child.once('exit', (status, signal) => resolve(status ?? signal!)))
  const address = new Promise<string>((resolve, reject) => {
    const look = (chunk: Buffer) => {
      output += chunk.toString()
      const found = /Open\s+(\S+)[\s\S]*Sign in/.exec(output)
      if (found) resolve(found[1]!)
    }
    child.stdout.on('data', look)
    child.stderr.on('data', look)
    void ended.then((status) => reject(new Error(`ended with ${status}: ${output}`)))
  })
  address.catch(() => undefined)
  cleanups.push(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { process: child, output: () => output, ended, address }
}

const request = async (dataDir: string, method: string, path: string, body?: unknown) => {
  const { address, token } = (await readCliAccess(dataDir))!
  return fetch(`${address}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

describe('a start', () => {
  it('prints where to go and how to sign in, refuses a second one, and ends cleanly when told to', async () => {
    const dataDir = await folder()
    const first = start({ DATA_DIR: dataDir })
    const address = await first.address
    const [, password] = /Sign in as admin with the password (\S+)/.exec(first.output())!
    const session = await fetch(`${address}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: address },
      body: JSON.stringify({ username: 'admin', password }),
    })
    expect(session.status).toBe(200)
    for (const name of ['address', 'cli-token']) expect((await stat(join(dataDir, name))).mode & 0o777).toBe(0o600)
    expect((await readFile(join(dataDir, 'address'), 'utf8')).trim()).toBe(address)

    const second = start({ DATA_DIR: dataDir })
    expect(await second.ended).toBe(1)
    expect(second.output()).toMatch(
      new RegExp(`^The folder ${dataDir} is in use by a Gridward that is running \\(process ${first.process.pid}\\)\\..*\n$`),
    )
    expect((await request(dataDir, 'GET', '/api/users')).status).toBe(200)

    const streaming = await request(dataDir, 'GET', '/api/stream')
    expect(streaming.status).toBe(200)
    first.process.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    await streaming.text().catch(() => undefined)
    expect(await readCliAccess(dataDir)).toBeNull()

    const again = start({ DATA_DIR: dataDir })
    await again.address
    expect(again.output()).not.toContain('with the password')
    again.process.kill('SIGINT')
    expect(await again.ended).toBe(0)
  })

  it('has after a kill whatever it had acknowledged', async () => {
    const dataDir = await folder()
    const first = start({ DATA_DIR: dataDir })
    await first.address
    const acknowledged: string[] = []
    const write = async (writer: number) => {
      for (let i = 0; ; i++) {
        const name = `writer ${writer} token ${i}`
        const response = await request(dataDir, 'POST', '/api/tokens', { name, role: 'dispatcher', unit: '' }).catch(() => null)
        if (response?.status !== 201) return
        acknowledged.push(name)
        if (acknowledged.length === 100) first.process.kill('SIGKILL')
      }
    }
    await Promise.all([1, 2, 3, 4].map(write))
    expect(await first.ended).toBe('SIGKILL')
    expect(acknowledged.length).toBeGreaterThanOrEqual(100)
    const again = start({ DATA_DIR: dataDir })
    await again.address
    const { tokens } = (await (await request(dataDir, 'GET', '/api/tokens')).json()) as { tokens: { name: string }[] }
    const names = new Set(tokens.map(({ name }) => name))
    expect(acknowledged.filter((name) => !names.has(name))).toEqual([])
  })

  it('stops at once with a sentence for each wrong option', async () => {
    const server = start({ DATA_DIR: await folder(), PORT: 'eighty', DATABSE_URL: 'postgres://x' })
    expect(await server.ended).toBe(1)
    expect(server.output()).toBe('DATABSE_URL is not an option of Gridward; was DATABASE_URL meant?\nPORT must be a whole number.\n')
  })

  it('serves HTTPS, and lets its command line in whatever the certificate names', async () => {
    const [dataDir, pems] = [await folder(), await folder()]
    const [cert, key] = [join(pems, 'cert.pem'), join(pems, 'key.pem')]
    await Promise.all([writeFile(cert, CERTIFICATE), writeFile(key, CERTIFICATE_KEY)])
    const server = start({ DATA_DIR: dataDir, TLS_CERT: cert, TLS_KEY: key })
    const address = await server.address
    expect(address).toMatch(/^https:/)
    const options = { ca: CERTIFICATE, servername: 'gridward.example' }
    const status = await new Promise<number>((resolve, reject) =>
      get(`${address}/readyz`, options, (answer) => resolve(answer.resume().statusCode!)).once('error', reject),
    )
    expect(status).toBe(200)
    const door = await readCliAccess(dataDir)
    expect(door!.address).toMatch(/^http:\/\/localhost:\d+$/)
    expect((await request(dataDir, 'GET', '/api/users')).status).toBe(200)
    server.process.kill('SIGTERM')
    expect(await server.ended).toBe(0)
  })

  it('says that a port is taken, and that a database does not answer', async () => {
    const dataDir = await folder()
    const first = start({ DATA_DIR: dataDir })
    const { port } = new URL(await first.address)
    const second = start({ DATA_DIR: await folder(), PORT: port })
    expect(await second.ended).toBe(1)
    expect(second.output()).toContain(`Another program listens on port ${port} of 127.0.0.1. Stop it, or set PORT to another one.`)
    const third = start({ DATA_DIR: await folder(), DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' })
    expect(await third.ended).toBe(1)
    expect(third.output()).toBe('The database of DATABASE_URL does not answer (ECONNREFUSED).\n')
  })

  it.skipIf(!hasPostgres())('runs the same on PostgreSQL', async () => {
    const dataDir = await folder()
    const server = start({ DATA_DIR: dataDir, DATABASE_URL: await postgresAddress('bare'), ADMIN_PASSWORD: 'a good password' })
    const address = await server.address
    expect(server.output()).toContain('Sign in as admin with the password of ADMIN_PASSWORD.')
    expect((await fetch(`${address}/readyz`)).status).toBe(200)
    server.process.kill('SIGTERM')
    expect(await server.ended).toBe(0)
  })
})
