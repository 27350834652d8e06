/** Bytes that many ask for: compressed once for each encoding, when first asked for. */
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Request, Response } from 'express'

const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

/** Below this, headers weigh more than what compression saves. */
const LEAST_BYTES = 256

export type Encoding = 'br' | 'gzip' | 'identity'

export class Packed {
  readonly raw: Buffer
  readonly #quality: number
  readonly #packed = new Map<Encoding, Promise<Buffer>>()

  /** @param quality of Brotli: 5 for what is short-lived, 9 for files. */
  constructor(raw: Buffer, quality = 5) {
    this.raw = raw
    this.#quality = quality
  }

  bytes(encoding: Encoding): Promise<Buffer> | Buffer {
    if (encoding === 'identity') return this.raw
    const known = this.#packed.get(encoding)
    if (known) return known
    const params = { [constants.BROTLI_PARAM_QUALITY]: this.#quality, [constants.BROTLI_PARAM_SIZE_HINT]: this.raw.length }
    const packed = encoding === 'gzip' ? zip(this.raw) : brotli(this.raw, { params })
    this.#packed.set(encoding, packed)
    return packed
  }
}

/** Sends the bytes in the best encoding that the client takes. Status and other headers are the caller's. */
export async function sendPacked(req: Request, res: Response, body: Packed): Promise<void> {
  const small = body.raw.length < LEAST_BYTES
  const encoding = small ? 'identity' : req.acceptsEncodings('br') ? 'br' : req.acceptsEncodings('gzip') ? 'gzip' : 'identity'
  if (!small) res.vary('Accept-Encoding')
  if (encoding !== 'identity') res.set('Content-Encoding', encoding)
  res.send(await body.bytes(encoding))
}
