/** The configured database for a program that works on it by itself, and not through a server. */
import { join } from 'node:path'
import { lockFolder } from '../boot/folder-lock.ts'
import { type Config, readConfig } from '../config.ts'
import type { Db } from '../db/db.ts'
import { migrate } from '../db/migrate.ts'
import { openDb } from '../db/open.ts'

/**
 * Hands over the database of DATABASE_URL, or the embedded one of DATA_DIR, migrated, and closes it afterwards. Rejects when a server has the
 * embedded one open.
 */
export const withDatabase = async <T>(work: (db: Db, config: Config) => Promise<T>): Promise<T> => {
  const config = readConfig(process.env)
  const lock = config.databaseUrl === undefined ? await lockFolder(config.dataDir) : undefined
  try {
    const db = await openDb({ databaseUrl: config.databaseUrl, embeddedDir: join(config.dataDir, 'cluster') })
    try {
      await migrate(db)
      return await work(db, config)
    } finally {
      await db.close()
    }
  } finally {
    await lock?.release()
  }
}
