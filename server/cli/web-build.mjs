// The web's build, remade only when it is older than its sources. Plain JavaScript: it runs before anything else can.
import { readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const STAMP = join(ROOT, '.build/web/.built')
const SOURCES = ['web', 'server/contract', 'server/model', 'vite.config.ts', 'package.json', 'package-lock.json']

const modified = (path) =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )

const newest = async (path) => {
  const found = await stat(path).catch(() => null)
  if (found === null) return 0
  if (!found.isDirectory()) return found.mtimeMs
  const inside = await Promise.all((await readdir(path)).map((name) => newest(join(path, name))))
  // A folder's own time tells of files that were taken away.
  return Math.max(found.mtimeMs, ...inside)
}

/** Builds .build/web when it is missing or older than its sources; resolves true when it was built. */
export const buildWeb = async () => {
  const built = await modified(STAMP)
  // The bundle carries the built pages only.
  if (built > 0 && (await modified(join(ROOT, 'web'))) === 0) return false
  const times = await Promise.all(SOURCES.map((path) => newest(join(ROOT, path))))
  const began = new Date()
  if (built > 0 && Math.max(...times) <= built) return false
  process.stdout.write('Building the web pages …\n')
  const { build } = await import('vite')
  await build({ configFile: join(ROOT, 'vite.config.ts'), logLevel: 'warn' })
  await writeFile(STAMP, '')
  // As old as its beginning: a source saved while it ran makes the next start build again.
  await utimes(STAMP, began, began)
  return true
}
