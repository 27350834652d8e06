/** Files out of a zip, within bounds: what an archive says about its own sizes is not believed, only what comes out is counted. */
import { Unzip, UnzipInflate } from 'fflate'
import { Problem } from '#contract/problem.ts'
import type { ImportFile } from './importer.ts'

/** All files that are taken together may unpack to this many bytes. */
const MOST_BYTES = 256 * 1024 * 1024
const MOST_FILES = 10_000
/** Pushed at once: a byte of deflate gives a thousand at most, so that no push goes far beyond the bound. */
const STEP = 16 * 1024

/** Unpacked files of the wanted names, by name. Throws `bad-file` for what is no zip, and `too-large` for one that bursts its bounds. */
export async function unpack(file: ImportFile, isWanted: (name: string) => boolean): Promise<Map<string, Uint8Array>> {
  const pieces = new Map<string, Uint8Array[]>()
  const ended = new Set<string>()
  let size = 0
  let count = 0
  let failure: Problem | null = null
  const push = (piece: Uint8Array, final: boolean) => {
    unzip.push(piece, final)
    if (failure) throw failure
  }
  const unzip = new Unzip((entry) => {
    if (++count > MOST_FILES) throw new Problem('too-large', `The archive holds more than ${MOST_FILES} files.`)
    const name = readableName(entry.name)
    if (!isWanted(name)) return
    if (pieces.has(name)) throw new Problem('bad-file', `The archive holds ${name} twice.`)
    const parts: Uint8Array[] = []
    pieces.set(name, parts)
    // The library catches what is thrown from here: it is kept, and thrown behind the push.
    entry.ondata = (cause, piece, final) => {
      if (cause) failure ??= new Problem('bad-file', `The archive is broken at ${name}.`)
      if (failure) return
      size += piece.length
      if (size > MOST_BYTES) failure = new Problem('too-large', `The archive unpacks to more than ${MOST_BYTES / 1024 / 1024} MB.`)
      else if (piece.length > 0) parts.push(piece)
      if (final) ended.add(name)
    }
    entry.start()
  })
  unzip.register(UnzipInflate)
  try {
    for await (const chunk of file.open()) {
      for (let at = 0; at < chunk.length; at += STEP) push(chunk.subarray(at, at + STEP), false)
    }
    push(new Uint8Array(), true)
  } catch (cause) {
    if (cause instanceof Problem) throw cause
    throw new Problem('bad-file', `The file cannot be unpacked: ${cause instanceof Error ? cause.message : 'it is no zip'}.`)
  }
  if (count === 0) throw new Problem('bad-file', 'The file is no zip archive, or an empty one.')
  for (const name of pieces.keys()) if (!ended.has(name)) throw new Problem('bad-file', `The archive ends within ${name}.`)
  return new Map([...pieces].map(([name, parts]) => [name, Buffer.concat(parts)]))
}

/** Names that are not marked as UTF-8 come as Latin-1; in China they are GBK as a rule. */
function readableName(name: string): string {
  if (!/[\u0080-\u00ff]/.test(name) || /[^\u0000-\u00ff]/.test(name)) return name
  const bytes = Buffer.from(name, 'latin1')
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes)
    } catch {
      continue
    }
  }
  return name
}
