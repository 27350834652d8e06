import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import {
  migrate,
  type Migration,
  readMigrations,
  refusalOfPostgis,
  refusalOfPostgres,
  UnusableDatabase,
} from '../../../server/db/migrate.ts'
import { openPostgres } from '../../../server/db/postgres.ts'
import { sql } from '../../../server/db/sql.ts'
import { eachDatabase, hasPostgres, postgresAddress } from '../../fixtures/database.ts'

const extra = (name: string, text: string): Migration => ({ name, text, sha256: `hash of ${text}` })

eachDatabase((open) => {
  let db: Db
  let carried: Migration[]
  beforeAll(async () => {
    db = await open()
    carried = await readMigrations()
  })

  describe('migrations', () => {
    it('are applied once and remembered', async () => {
      expect(await migrate(db)).toEqual([])
      const remembered = await db.query(sql`select name, sha256 from migration order by name`)
      expect(remembered).toEqual(carried.map(({ name, sha256 }) => ({ name, sha256 })))
    })

    it('are applied all or none', async () => {
      const failing = [
        ...carried,
        extra('9001-one.sql', 'create table one (id int)'),
        extra('9002-two.sql', 'create table two (id nothing)'),
      ]
      await expect(migrate(db, failing)).rejects.toMatchObject({ code: '42704' })
      expect(await db.query(sql`select to_regclass('one') as one`)).toEqual([{ one: null }])
    })

    it('may grow at the end only', async () => {
      const one = extra('9001-one.sql', 'create table one (id int)')
      expect(await migrate(db, [...carried, one])).toEqual(['9001-one.sql'])
      await expect(migrate(db, [...carried, { ...one, sha256: 'other' }])).rejects.toThrow('9001-one.sql was changed after')
      await expect(migrate(db, carried)).rejects.toThrow('used by a newer version')
      await expect(migrate(db, [...carried, extra('9000-late.sql', 'select 1'), one])).rejects.toThrow('slipped in before 9001-one.sql')
      await expect(migrate(db, [...carried, { ...one, sha256: 'other' }])).rejects.toThrow(UnusableDatabase)
    })
  })
})

describe('what a database server says of itself', () => {
  it('is refused below PostgreSQL 15, with its own version in the sentence', () => {
    expect(refusalOfPostgres(140_011, '14.11 (Debian 14.11-1)')).toBe(
      'The database is PostgreSQL 14.11 (Debian 14.11-1); PostgreSQL 15 or newer is needed.',
    )
    expect(refusalOfPostgres(90_624, '9.6.24')).toContain('PostgreSQL 9.6.24')
    for (const number of [150_000, 150_004, 180_003]) expect(refusalOfPostgres(number, String(number))).toBeNull()
  })

  it('is refused without PostGIS or with one below 3.3', () => {
    expect(refusalOfPostgis(undefined)).toContain('PostGIS is not installed on the database server')
    expect(refusalOfPostgis({ offered: '2.5.5', installed: null })).toBe('The database has PostGIS 2.5.5; PostGIS 3.3 or newer is needed.')
    expect(refusalOfPostgis({ offered: '3.2.9', installed: '3.2.1' })).toContain('PostGIS 3.2.1;')
    for (const fine of ['3.3.0', '3.3.2', '3.10.1', '4.0.0dev']) {
      expect(refusalOfPostgis({ offered: fine, installed: null })).toBeNull()
      expect(refusalOfPostgis({ offered: null, installed: fine })).toBeNull()
    }
  })

  it('is told how to update a PostGIS that is older in the database than on the server', () => {
    expect(refusalOfPostgis({ offered: '3.4.2', installed: '3.1.0' })).toContain('ALTER EXTENSION postgis UPDATE;')
  })
})

describe.skipIf(!hasPostgres())('an empty PostgreSQL', () => {
  const asUser = async (address: string, user: string): Promise<Db> => {
    const url = new URL(address)
    url.username = user
    return openPostgres({ connectionString: url.href, poolSize: 2 })
  }
  const withUser = async (grants: (user: string, database: string) => string) => {
    const address = await postgresAddress('bare')
    const database = new URL(address).pathname.slice(1)
    const admin = await openPostgres({ connectionString: address, poolSize: 1 })
    const user = `user_${database}`
    await admin.script(`create role ${user} login; ${grants(user, database)}`)
    return { admin, user, database, db: await asUser(address, user) }
  }

  it('tells a user who may not create PostGIS what an administrator must run, and that is enough', async () => {
    const { admin, user, database, db } = await withUser(
      (name, base) => `grant create on schema public to ${name}; grant create on database ${base} to ${name}`,
    )
    const refused = migrate(db)
    await expect(refused).rejects.toThrow(UnusableDatabase)
    await expect(refused).rejects.toThrow(`"${user}" may not create the extension PostGIS`)
    await expect(refused).rejects.toThrow(`in the database "${database}": CREATE EXTENSION postgis;`)
    expect(await db.query(sql`select to_regclass('migration') as made`)).toEqual([{ made: null }])
    await admin.script('create extension postgis')
    expect(await migrate(db)).toEqual((await readMigrations()).map(({ name }) => name))
    await db.close()
    await admin.close()
  })

  it('tells a user who may not create tables what an administrator must run', async () => {
    const { admin, user, db } = await withUser(() => 'create extension postgis')
    await expect(migrate(db)).rejects.toThrow(`GRANT CREATE ON SCHEMA public TO "${user}";`)
    await db.close()
    await admin.close()
  })

  it('is refused in another encoding than UTF-8, before anything is made in it', async () => {
    const address = await postgresAddress('bare')
    const admin = await openPostgres({ connectionString: address, poolSize: 1 })
    const database = `${new URL(address).pathname.slice(1)}_latin`
    await admin.script(`create database ${database} encoding 'LATIN1' locale 'C' template template0`)
    const db = await openPostgres({ connectionString: address.replace(/[^/]+$/, database), poolSize: 2 })
    const refused = migrate(db)
    await expect(refused).rejects.toThrow(UnusableDatabase)
    await expect(refused).rejects.toThrow(`The database "${database}" is encoded in LATIN1; UTF8 is needed.`)
    expect(await db.query(sql`select to_regclass('migration') as made`)).toEqual([{ made: null }])
    await db.close()
    await admin.script(`drop database ${database}`)
    await admin.close()
  })

  it('is migrated once by two servers that start together', async () => {
    const address = await postgresAddress('bare')
    const servers = await Promise.all([0, 1, 2].map(() => openPostgres({ connectionString: address, poolSize: 2 })))
    const applied = await Promise.all(servers.map((db) => migrate(db)))
    expect(applied.flat()).toEqual((await readMigrations()).map(({ name }) => name))
    for (const db of servers) await db.close()
  })
})
