/**
 * The part of the embedded PostGIS that is used: its package also carries raster, topology, geocoder and 500 upgrade scripts,
 * and unpacking those doubled the time of every start (2.4 s against 1.2). The lean archive is made once, in .cache/.
 */
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'

export const CACHE = fileURLToPath(new URL('../../.cache/', import.meta.url))
const BLOCK = 512
const KEPT = [/^lib\/postgresql\/postgis-3\.so$/, /^share\/proj\//, /^share\/postgresql\/extension\/postgis(--\d+(\.\d+)*\.sql|\.control)$/]
const require = createRequire(import.meta.url)

/** Version of a package that exports no package.json: the one above its entry. */
export const versionOf = async (name: string): Promise<string> => {
  const text = await readFile(join(dirname(dirname(require.resolve(name))), 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** A tar archive with only the entries that `keep` says: each is a header of one block and its data in whole blocks. */
const filterTar = (tar: Buffer, keep: (name: string) => boolean): Buffer => {
  const text = (from: number, length: number) => tar.toString('latin1', from, from + length).replace(/\0.*$/s, '')
  const kept: Buffer[] = []
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0;) {
    const prefix = text(at + 345, 155)
    const name = (prefix ? `${prefix}/` : '') + text(at, 100)
    const end = at + BLOCK + Math.ceil(parseInt(text(at + 124, 12), 8) / BLOCK) * BLOCK
    if (keep(name.replace(/^\.\//, ''))) kept.push(tar.subarray(at, end))
    at = end
  }
  return Buffer.concat([...kept, Buffer.alloc(2 * BLOCK)])
}

/** Path of the lean archive, made when it is missing; of the whole one where nothing may be written. */
export const postgisBundle = async (): Promise<string> => {
  const whole = join(dirname(require.resolve('@electric-sql/pglite-postgis')), 'postgis.tar.gz')
  const lean = join(CACHE, `postgis-${await versionOf('@electric-sql/pglite-postgis')}.tar.gz`)
  const isMade = await stat(lean).then(
    () => true,
    () => false,
  )
  if (isMade) return lean
  const tar = filterTar(await promisify(gunzip)(await readFile(whole)), (name) => KEPT.some((pattern) => pattern.test(name)))
  const part = `${lean}.${process.pid}.part`
  try {
    await mkdir(CACHE, { recursive: true })
    await writeFile(part, await promisify(gzip)(tar, { level: 1 }))
    await rename(part, lean)
  } catch (cause) {
    if (isUnwritable(cause)) return whole
    throw cause
  }
  return lean
}

/** The installation belongs to somebody else or lies on a read-only disk: all works there, only slower. */
export const isUnwritable = (cause: unknown): boolean => ['EACCES', 'EPERM', 'EROFS'].includes((cause as NodeJS.ErrnoException).code ?? '')
