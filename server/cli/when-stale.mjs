// Builds what is missing or older than its sources. Plain JavaScript: it runs before anything else can.
import { readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const modified = (path) =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )

const newest = async (path) => {
  const found = await stat(path).catch(() => null)
  if (found === null) return 0
  if (!found.isDirectory()) return found.mtimeMs
  // Hidden ones are no sources: the embedded database lies in such a folder.
  const names = (await readdir(path)).filter((name) => !name.startsWith('.'))
  const inside = await Promise.all(names.map((name) => newest(join(path, name))))
  // A folder's own time tells of files that were taken away.
  return Math.max(found.mtimeMs, ...inside)
}

/**
 * Runs `build` when `folder` was never built or is older than one of the sources (paths from the root); resolves true when it ran.
 * The bundle carries no pages' sources and no bundler: there, what is built is current. `before` may throw, and nothing is touched.
 */
export const buildWhenStale = async ({ folder, sources, build, before }) => {
  const stamp = join(ROOT, folder, '.built')
  const built = await modified(stamp)
  if (built > 0 && (await modified(join(ROOT, 'web'))) === 0) return false
  const began = new Date()
  const times = await Promise.all(sources.map((path) => newest(join(ROOT, path))))
  if (built > 0 && Math.max(...times) <= built) return false
  await before?.()
  await build()
  await writeFile(stamp, '')
  // As old as its beginning: a source saved while it ran makes the next start build again.
  await utimes(stamp, began, began)
  return true
}
