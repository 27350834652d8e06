/**
 * Ready-made clusters of the embedded database that a first start copies instead of building: 0.4 s instead of 13.
 * They live in .cache/, are keyed by all that goes into them, and whoever deletes them only makes the next first start slower.
 */
import { createHash } from 'node:crypto'
import { constants, cpSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { migrate, readMigrations } from './migrate.ts'
import { openPglite } from './pglite.ts'
import { CACHE, isUnwritable, versionOf } from './postgis-bundle.ts'

/** Makes the contents of a template in an empty, existing folder. */
export type MakeTemplate = (folder: string) => Promise<void>

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** Moves a finished folder into place; when somebody was faster, theirs stays and ours goes. */
const settle = async (part: string, folder: string): Promise<void> => {
  try {
    await rename(part, folder)
  } catch (cause) {
    await rm(part, { recursive: true, force: true })
    if (!(await exists(folder))) throw cause
  }
}

const folderOf = (name: string, key: string): string => join(CACHE, `${name}-${key.slice(0, 16)}`)

/** The folder `name`-`key` of the cache, or null when it was not made. */
export const findCached = async (name: string, key: string): Promise<string | null> => {
  const folder = folderOf(name, key)
  return (await exists(folder)) ? folder : null
}

/**
 * The folder `name`-`key` of the cache, made when it is missing; then those of other keys are removed.
 * Null where the cache may not be written: the caller does without.
 */
export const cachedFolder = async (name: string, key: string, make: MakeTemplate): Promise<string | null> => {
  const folder = folderOf(name, key)
  if (await exists(folder)) return folder
  const part = `${folder}.${process.pid}.part`
  try {
    await mkdir(part, { recursive: true })
  } catch (cause) {
    if (isUnwritable(cause)) return null
    throw cause
  }
  try {
    await make(part)
  } catch (cause) {
    await rm(part, { recursive: true, force: true })
    throw cause
  }
  await settle(part, folder)
  const others = new RegExp(`^${name}-[0-9a-f]{16}$`)
  for (const each of await readdir(CACHE)) {
    if (others.test(each) && join(CACHE, each) !== folder) await rm(join(CACHE, each), { recursive: true, force: true })
  }
  return folder
}

/** What a migrated, empty cluster is made from. */
export const schemaKey = async (): Promise<string> => {
  const hash = createHash('sha256')
  for (const name of ['@electric-sql/pglite', '@electric-sql/pglite-postgis']) hash.update(`${name} ${await versionOf(name)}\n`)
  for (const { name, sha256 } of await readMigrations()) hash.update(`${name} ${sha256}\n`)
  return hash.digest('hex')
}

/** Folder of a migrated, empty cluster, or null where the cache may not be written. */
export const ensureTemplate = async (): Promise<string | null> =>
  cachedFolder('embedded', await schemaKey(), async (folder) => {
    const db = await openPglite({ dataDir: folder })
    await migrate(db)
    // Statistics and visibility travel with the copy; the checkpoint of a clean end leaves no log to replay.
    await db.script('vacuum analyze')
    await db.close()
  })

/** Copies a cluster that nobody has open to `dataDir`, all or nothing. `dataDir` must not exist; its parent must. */
export const copyTemplate = async (template: string, dataDir: string): Promise<void> => {
  const part = `${dataDir}.part`
  await rm(part, { recursive: true, force: true })
  // Synchronous: a thousand small files take a quarter of the time.
  cpSync(template, part, { recursive: true, mode: constants.COPYFILE_FICLONE })
  await rename(part, dataDir)
}
