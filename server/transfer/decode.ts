/** Text out of bytes: byte order marks, UTF-8, and what Chinese spreadsheets still write (GBK, read as its superset GB 18030). */
import { Problem } from '#contract/problem.ts'
import type { ImportNote } from '#contract/transfer.ts'
import type { Encoding, ImportFile } from './importers/importer.ts'

const BYTE_ORDER_MARKS: readonly [Encoding, readonly number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

/**
 * Finds the encoding by reading the file once: a byte order mark, otherwise UTF-8 if all of it is, otherwise GB 18030 if all
 * of it is. A guess is noted. Throws `bad-file` when the file is no text in the encoding that was said or found.
 */
export async function findEncoding(file: ImportFile, said: Encoding | undefined, notes: ImportNote[]): Promise<Encoding> {
  const tried: Encoding[] = said ? [said] : [(await markOf(file)) ?? 'utf-8', 'gb18030']
  for (const encoding of tried) {
    if (!(await decodes(file, encoding))) continue
    if (!said && encoding === 'gb18030') {
      notes.push({ row: null, code: 'encoding', weight: 'warning', message: 'The file is not UTF-8; it was read as GB 18030 (GBK).' })
    }
    return encoding
  }
  throw new Problem('bad-file', `The file is no text in ${tried.join(' or ')}.`)
}

/** Decoded pieces, without a byte order mark. */
export async function* decode(file: ImportFile, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  for await (const chunk of file.open()) {
    const text = decoder.decode(chunk, { stream: true })
    if (text.length > 0) yield text
  }
  const rest = decoder.decode()
  if (rest.length > 0) yield rest
}

async function markOf(file: ImportFile): Promise<Encoding | null> {
  for await (const chunk of file.open()) {
    return BYTE_ORDER_MARKS.find(([, mark]) => mark.every((byte, i) => chunk[i] === byte))?.[0] ?? null
  }
  return null
}

async function decodes(file: ImportFile, encoding: Encoding): Promise<boolean> {
  try {
    // A NUL never stands in a table or in JSON, and the database takes none.
    for await (const text of decode(file, encoding)) if (text.includes('\0')) return false
    return true
  } catch (cause) {
    if (cause instanceof TypeError) return false
    throw cause
  }
}
