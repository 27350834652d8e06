/** What tiles, ETags and caches are keyed by: the counter of each noun, and the stream's position for single incidents. */
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'

export interface Versions {
  unit: string
  camera: string
  /** Also moves with every message of the stream: single incidents change without raising their noun's counter. */
  incident: string
  building: string
  line: string
}

export const getVersions = async (db: Queryable): Promise<Versions> => {
  const [row] = await db.query<Versions>(sql`
    select
      (select version::text from noun_version where noun = 'unit') as unit,
      (select version::text from noun_version where noun = 'camera') as camera,
      (select version::text from noun_version where noun = 'incident') || '.' || (select pos::text from stream_position) as incident,
      (select version::text from noun_version where noun = 'building') as building,
      (select version::text from noun_version where noun = 'line') as line`)
  return row!
}

/** After an import of what no screen follows on the stream: raises the noun's counter, which its readers' ETags hold. */
export const raiseVersion = async (tx: Queryable, noun: 'building' | 'line'): Promise<void> => {
  await tx.execute(sql`update noun_version set version = version + 1 where noun = ${noun}`)
}
