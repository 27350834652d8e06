/**
 * An archived month as files: `incident-2024-01.copy.gz` and `incident-2024-01-steps.copy.gz` in the text format of COPY, the names
 * of the columns in their first line, and `incident-2024-01.json`, which is written last and vouches for both. What comes to a month
 * after it was archived goes to `incident-2024-01.2…`: no file is ever written over.
 * psql loads them too: `\copy t from program 'zcat …' with (format text, header)`.
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { PassThrough, Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import type { ArchiveColumns, ArchivePage, TextRow } from '../store/incident-archive.ts'

const part = z.object({ file: z.string(), rows: z.number().int(), sha256: z.string(), columns: z.array(z.string()) })
const manifest = z.object({ format: z.literal(1), month: z.string().regex(/^\d{4}-\d{2}$/), incidents: part, steps: part })
export type Manifest = z.infer<typeof manifest>

/** A file that is not what its manifest says, or no manifest. */
export class BadArchive extends Error {
  override readonly name = 'BadArchive'
}

const monthName = (month: Date): string => month.toISOString().slice(0, 7)

/** Names, without their ending, of the archives of a month in a folder, oldest first. */
const namesIn = async (folder: string, month: Date): Promise<string[]> => {
  const pattern = new RegExp(`^incident-${monthName(month)}(?:\\.(\\d+))?\\.json$`)
  const found = (await readdir(folder).catch(() => [])).flatMap((file) => {
    const match = pattern.exec(file)
    return match ? [{ name: file.slice(0, -'.json'.length), n: Number(match[1] ?? 1) }] : []
  })
  return found.sort((a, b) => a.n - b.n).map(({ name }) => name)
}

const TO_ESCAPE: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const FROM_ESCAPE: Record<string, string> = { '\\': '\\', n: '\n', r: '\r', t: '\t' }
const write = (value: string | null): string => (value === null ? '\\N' : value.replace(/[\\\n\r\t]/g, (each) => TO_ESCAPE[each]!))
const read = (field: string): string | null =>
  field === '\\N' ? null : field.replace(/\\(.)/g, (_all, each: string) => FROM_ESCAPE[each] ?? each)
const lineOf = (row: TextRow): string => `${row.map(write).join('\t')}\n`

const hashing = () => {
  const hash = createHash('sha256')
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  return { stream, digest: () => hash.digest('hex') }
}

/** What was flushed to the disk survives a power cut; a name does once its folder was flushed too. */
const flush = async (path: string): Promise<void> => {
  const handle = await open(path, 'r')
  await handle.sync().finally(() => handle.close())
}

const openPart = (path: string, columns: string[]) => {
  const source = new PassThrough({ writableHighWaterMark: 1 << 20 })
  const { stream, digest } = hashing()
  const written = pipeline(source, createGzip(), stream, createWriteStream(`${path}.part`, { mode: 0o600 }))
  // Awaited at the end; should it break earlier, the next `add` hears of it.
  written.catch(() => undefined)
  let rows = 0
  source.write(lineOf(columns))
  return {
    async add(page: readonly TextRow[]): Promise<void> {
      rows += page.length
      if (page.length === 0 || source.write(page.map(lineOf).join(''))) return
      await Promise.race([new Promise((resolve) => source.once('drain', resolve)), written])
    },
    async close(): Promise<z.infer<typeof part>> {
      source.end()
      await written
      await flush(`${path}.part`)
      await rename(`${path}.part`, path)
      return { file: basename(path), rows, sha256: digest(), columns }
    },
  }
}

/** Writes a month to `folder`, which is made when it is missing. Resolves with the manifest once all is on the disk and was read back. */
export const writeMonth = async (
  folder: string,
  month: Date,
  columns: ArchiveColumns,
  pages: AsyncIterable<ArchivePage>,
): Promise<Manifest> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const earlier = await namesIn(folder, month)
  const last = Number(/\.(\d+)$/.exec(earlier.at(-1) ?? '')?.[1] ?? 1)
  const name = `incident-${monthName(month)}${earlier.length > 0 ? `.${last + 1}` : ''}`
  const incidents = openPart(join(folder, `${name}.copy.gz`), columns.incidents)
  const steps = openPart(join(folder, `${name}-steps.copy.gz`), columns.steps)
  for await (const page of pages) await Promise.all([incidents.add(page.incidents), steps.add(page.steps)])
  const made: Manifest = { format: 1, month: monthName(month), incidents: await incidents.close(), steps: await steps.close() }
  const path = join(folder, `${name}.json`)
  const handle = await open(`${path}.part`, 'w', 0o600)
  await handle.writeFile(`${JSON.stringify(made, null, 2)}\n`)
  await handle.sync().finally(() => handle.close())
  await rename(`${path}.part`, path)
  await flush(folder)
  return readManifest(folder, name, month)
}

/** The archives of a month in a folder, oldest first, whose files are what they say they are. Rejects with BadArchive, also when there is none. */
export const readManifests = async (folder: string, month: Date): Promise<Manifest[]> => {
  const names = await namesIn(folder, month)
  if (names.length === 0) throw new BadArchive(`There is no archive of ${monthName(month)} in ${folder}.`)
  return Promise.all(names.map((name) => readManifest(folder, name, month)))
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function readManifest(folder: string, name: string, month: Date): Promise<Manifest> {
  const found = manifest.safeParse(parse(await readFile(join(folder, `${name}.json`), 'utf8')))
  if (!found.success || found.data.month !== monthName(month)) throw new BadArchive(`${name}.json is no archive of ${monthName(month)}.`)
  for (const { file, sha256 } of [found.data.incidents, found.data.steps]) {
    const { stream, digest } = hashing()
    await pipeline(createReadStream(join(folder, basename(file))), stream.resume()).catch((cause: Error) => {
      throw new BadArchive(`${file} cannot be read: ${cause.message}`)
    })
    if (digest() !== sha256) throw new BadArchive(`${file} was changed since it was written.`)
  }
  return found.data
}

/** The rows of one of a manifest's files, its first line left out. */
export async function* readRows(folder: string, { file }: z.infer<typeof part>): AsyncGenerator<TextRow> {
  const text = createReadStream(join(folder, basename(file))).pipe(createGunzip())
  let rest = ''
  let first = true
  for await (const chunk of Readable.from(text.setEncoding('utf8')) as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    for (const line of lines) {
      if (!first) yield line.split('\t').map(read)
      first = false
    }
  }
}
