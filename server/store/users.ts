/** Rows of app_user. A password's hash leaves this file only for the sign-in. */
import type { User } from '#contract/user.ts'
import type { Role } from '#model/access.ts'
import type { Queryable } from '../db/db.ts'
import { empty, join, sql } from '../db/sql.ts'

/** A user as the sign-in and the sessions need him. */
export interface Account {
  id: number
  username: string
  displayName: string
  passwordHash: string
  role: Role
  unitCode: string
  enabled: boolean
  epoch: number
}

interface UserRow extends Omit<User, 'createdAt'> {
  createdAt: Date
}

const USER = sql`id, username, display_name as "displayName", role, unit_code as "unitCode", enabled, created_at as "createdAt"`
const ACCOUNT = sql`id, username, display_name as "displayName", password_hash as "passwordHash", role, unit_code as "unitCode", enabled, epoch`

const toUser = (row: UserRow): User => ({ ...row, createdAt: row.createdAt.toISOString() })

/** Null when nobody has that name; he may be switched off. */
export const findAccountByName = async (db: Queryable, username: string): Promise<Account | null> => {
  const [row] = await db.query<Account>(sql`select ${ACCOUNT} from app_user where username = ${username}`)
  return row ?? null
}

export const findAccount = async (db: Queryable, id: number): Promise<Account | null> => {
  const [row] = await db.query<Account>(sql`select ${ACCOUNT} from app_user where id = ${id}`)
  return row ?? null
}

/** Users whose jurisdiction lies inside `jurisdiction`, by name. */
export const listUsers = async (db: Queryable, jurisdiction: string): Promise<User[]> => {
  const rows = await db.query<UserRow>(
    sql`select ${USER} from app_user where unit_code like ${jurisdiction + '%'} order by enabled desc, username`,
  )
  return rows.map(toUser)
}

export interface NewAccount {
  username: string
  displayName: string
  passwordHash: string
  role: Role
  unitCode: string
}

/** Null when the name is taken. */
export const insertUser = async (tx: Queryable, user: NewAccount): Promise<User | null> => {
  const [row] = await tx.query<UserRow>(sql`
    insert into app_user (username, display_name, password_hash, role, unit_code)
    values (${user.username}, ${user.displayName}, ${user.passwordHash}, ${user.role}, ${user.unitCode})
    on conflict (username) do nothing
    returning ${USER}`)
  return row ? toUser(row) : null
}

export interface AccountChange {
  displayName?: string | undefined
  passwordHash?: string | undefined
  role?: Role | undefined
  unitCode?: string | undefined
  enabled?: boolean | undefined
}

/** Writes what is given. `endSessions` raises the epoch, so that every session made before is no longer good. */
export const updateUser = async (tx: Queryable, id: number, change: AccountChange, endSessions: boolean): Promise<User> => {
  const set = [
    sql`epoch = epoch + ${endSessions ? 1 : 0}`,
    change.displayName === undefined ? null : sql`display_name = ${change.displayName}`,
    change.passwordHash === undefined ? null : sql`password_hash = ${change.passwordHash}`,
    change.role === undefined ? null : sql`role = ${change.role}`,
    change.unitCode === undefined ? null : sql`unit_code = ${change.unitCode}`,
    change.enabled === undefined ? null : sql`enabled = ${change.enabled}`,
  ].filter((each) => each !== null)
  const [row] = await tx.query<UserRow>(sql`update app_user set ${join(set, ', ')} where id = ${id} returning ${USER}`)
  return toUser(row!)
}

/**
 * Ids of the enabled administrators of the whole installation. With `lock` nobody else changes them before this transaction
 * ends, so two of them cannot switch each other off at the same moment.
 */
export const listChiefIds = async (tx: Queryable, lock: boolean): Promise<number[]> => {
  const rows = await tx.query<{ id: number }>(sql`
    select id from app_user where role = 'administrator' and enabled and unit_code = '' order by id ${lock ? sql`for update` : empty}`)
  return rows.map(({ id }) => id)
}

/** True when a current unit, or a county, has this code. */
export const isUnitCode = async (db: Queryable, code: string): Promise<boolean> => {
  const [row] = await db.query<{ known: boolean }>(sql`
    select exists (select from unit_version where code = ${code} and valid_to is null)
        or exists (select from county where code = ${code}) as known`)
  return row!.known
}
