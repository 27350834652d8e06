/** Whether what an option names is there, and is what it is taken for: files, a certificate and its key, proxies. */
import { accessSync, closeSync, constants, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { isIP } from 'node:net'
import { createSecureContext } from 'node:tls'

/** Something there that this user may read: a file or a folder. */
export const isReadable = (path: string): boolean => {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}

/** https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md#3-header */
const PMTILES_HEAD = Buffer.from('PMTiles\x03')
/** By its first bytes: PMTiles of version 3. */
export const isPmtiles = (path: string): boolean => {
  if (!isReadable(path) || !statSync(path).isFile()) return false
  const handle = openSync(path, 'r')
  try {
    const head = Buffer.alloc(PMTILES_HEAD.length)
    readSync(handle, head)
    return head.equals(PMTILES_HEAD)
  } finally {
    closeSync(handle)
  }
}

/** One entry of Express' `trust proxy`: a name of it, an address, or a net. */
export const isProxy = (text: string): boolean => {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [address = '', bits, ...more] = text.split('/')
  const kind = isIP(address)
  if (kind === 0 || more.length > 0) return false
  if (bits === undefined) return true
  return /^\d{1,3}$/.test(bits) ? Number(bits) > 0 && Number(bits) <= (kind === 4 ? 32 : 128) : kind === 4 && isIP(bits) === 4
}

/** A sentence when they are no certificate and its key. */
export const pairFault = (certPath: string, keyPath: string): string | undefined => {
  try {
    createSecureContext({ cert: readFileSync(certPath), key: readFileSync(keyPath) })
    return undefined
  } catch (cause) {
    const { reason, message } = cause as Error & { reason?: string }
    return `TLS_CERT and TLS_KEY must be a certificate and its own key, as PEM (${reason ?? message}).`
  }
}
