/** docs/scale.md says which tables carry the county: as the migrated schema has it, every table once. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { sql } from '../../../server/db/sql.ts'
import { eachDatabase } from '../../fixtures/database.ts'

const said = [...readFileSync(new URL('../../../docs/scale.md', import.meta.url), 'utf8').matchAll(/^\| `(\w+)` \| (yes|no) \| (.+) \|$/gm)]

eachDatabase((open, kind) => {
  it.runIf(kind === 'embedded')('the path past one machine names every table and whether it carries the county', async () => {
    const db = await open()
    const tables = await db.query<{ name: string; county: string }>(sql`
      select c.relname as name, case when exists (
        select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'county_code' and not a.attisdropped
      ) then 'yes' else 'no' end as county
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`)
    const lines = (rows: [string, string][]) => rows.map((row) => row.join(' ')).sort()
    expect(lines(said.map(([, name, county]) => [name!, county!]))).toEqual(lines(tables.map(({ name, county }) => [name, county])))
  })
})
