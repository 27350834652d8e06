/** Opens the HTTP or HTTPS port, and closes it without cutting anybody off who can still be served. */
import { readFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Config } from '../config.ts'

export interface Listener {
  /** Addresses a browser can open, the one of this machine first. */
  addresses: string[]
  /** Takes no more connections and resolves when the last has ended; idle ones are closed at once. */
  close(): Promise<void>
  /** Cuts what is still connected. */
  cut(): void
}

const addressesOf = (server: Server, scheme: string): string[] => {
  const { address, port } = server.address() as AddressInfo
  const suffix = (scheme === 'http' && port === 80) || (scheme === 'https' && port === 443) ? '' : `:${port}`
  const url = (host: string) => `${scheme}://${host.includes(':') ? `[${host}]` : host}${suffix}`
  if (address !== '::' && address !== '0.0.0.0') return [url(address === '127.0.0.1' || address === '::1' ? 'localhost' : address)]
  const outer = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  return [url('localhost'), ...outer.filter(({ internal, family }) => !internal && family === 'IPv4').map((each) => url(each.address))]
}

/** Listens as configured. Rejects with a sentence when the port cannot be used. */
export const listen = async (config: Pick<Config, 'port' | 'host' | 'tls'>, handler: RequestListener): Promise<Listener> => {
  const server: Server = config.tls
    ? createSecureServer({ cert: await readFile(config.tls.certPath), key: await readFile(config.tls.keyPath) }, handler)
    : createServer(handler)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const where = `port ${config.port}${config.host === undefined ? '' : ` of ${config.host}`}`
      if (cause.code === 'EADDRINUSE')
        reject(new Error(`Another program listens on ${where}. Stop it, or set PORT to another one.`, { cause }))
      else if (cause.code === 'EACCES') reject(new Error(`This user may not listen on ${where}. Set PORT to 1024 or above.`, { cause }))
      else reject(new Error(`Cannot listen on ${where}: ${cause.message}`, { cause }))
    })
    server.listen({ port: config.port, ...(config.host === undefined ? {} : { host: config.host }) }, resolve)
  })
  return {
    addresses: addressesOf(server, config.tls ? 'https' : 'http'),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
    cut: () => server.closeAllConnections(),
  }
}
