/** Address of this server as the client wrote it (or its proxy, where TRUST_PROXY says so): what absolute links begin with. */
import type { Request } from 'express'
import { Problem } from '#contract/problem.ts'

const HOST = /^(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i

/** As in `https://map.example:8443`, without a slash at the end. Throws `bad-request` when the client names no sound host. */
export function baseUrl(req: Request): string {
  const host = req.host
  if (!host || !HOST.test(host)) throw new Problem('bad-request', 'The Host header is missing or malformed.')
  return `${req.protocol}://${host}`
}
