/** Rows of token: machine clients and wall links. Only SHA-256 hashes are stored; a secret of 256 random bits needs no salt. */
import type { Token } from '#contract/user.ts'
import type { Role } from '#model/access.ts'
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'

/** A token that is good now, as authentication needs it. */
export interface Grant {
  id: number
  name: string
  purpose: 'api' | 'wall'
  role: Role
  unitCode: string
  expiresAt: Date | null
}

type Instants = 'createdAt' | 'expiresAt' | 'exchangedAt' | 'revokedAt' | 'lastUsedAt'
type TokenRow = Omit<Token, Instants> & { createdAt: Date } & Record<Exclude<Instants, 'createdAt'>, Date | null>

const GRANT = sql`id, name, purpose, role, unit_code as "unitCode", expires_at as "expiresAt"`

const text = (at: Date | null): string | null => at?.toISOString() ?? null

/** The API token with this hash, neither revoked nor expired. */
export const findApiGrant = async (db: Queryable, hash: string): Promise<Grant | null> => {
  const [row] = await db.query<Grant>(sql`
    select ${GRANT} from token
    where hash = ${hash} and purpose = 'api' and revoked_at is null and (expires_at is null or expires_at > now())`)
  return row ?? null
}

/** The wall whose link was exchanged; its expiry was that of the link, so only revoking ends it. */
export const findWallGrant = async (db: Queryable, id: number): Promise<Grant | null> => {
  const [row] = await db.query<Grant>(sql`
    select ${GRANT} from token where id = ${id} and purpose = 'wall' and exchanged_at is not null and revoked_at is null`)
  return row ?? null
}

/** Marks a wall link as used. Null when there is none, or it was used, revoked or has expired: only one caller ever gets it. */
export const exchangeWallLink = async (tx: Queryable, hash: string): Promise<Grant | null> => {
  const [row] = await tx.query<Grant>(sql`
    update token set exchanged_at = now(), last_used_at = now()
    where hash = ${hash} and purpose = 'wall' and exchanged_at is null and revoked_at is null
      and (expires_at is null or expires_at > now())
    returning ${GRANT}`)
  return row ?? null
}

/** Which wall link it is, used or not; null for none. */
export const findWallLink = async (db: Queryable, hash: string): Promise<number | null> => {
  const [row] = await db.query<{ id: number }>(sql`select id from token where hash = ${hash} and purpose = 'wall'`)
  return row?.id ?? null
}

/** Notes that the token is in use; writes at most once a minute however many servers ask. */
export const touchToken = async (db: Queryable, id: number): Promise<void> => {
  await db.execute(sql`
    update token set last_used_at = now()
    where id = ${id} and (last_used_at is null or last_used_at < now() - interval '1 minute')`)
}

/** Tokens whose jurisdiction lies inside `jurisdiction`, newest first, revoked ones last. */
export const listTokens = async (db: Queryable, jurisdiction: string): Promise<Token[]> => {
  const rows = await db.query<TokenRow>(sql`
    select id, name, purpose, role, unit_code as "unitCode", created_at as "createdAt", expires_at as "expiresAt",
           exchanged_at as "exchangedAt", revoked_at as "revokedAt", last_used_at as "lastUsedAt"
    from token where unit_code like ${jurisdiction + '%'} order by revoked_at is not null, id desc`)
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    expiresAt: text(row.expiresAt),
    exchangedAt: text(row.exchangedAt),
    revokedAt: text(row.revokedAt),
    lastUsedAt: text(row.lastUsedAt),
  }))
}

/** Id of the user who made a token; null when it was the system. */
export const findTokenOwner = async (db: Queryable, id: number): Promise<number | null> => {
  const [row] = await db.query<{ createdBy: number | null }>(sql`select created_by as "createdBy" from token where id = ${id}`)
  return row?.createdBy ?? null
}

export interface NewGrant {
  name: string
  purpose: 'api' | 'wall'
  hash: string
  role: Role
  unitCode: string
  createdBy: number | null
  expiresAt: Date | null
}

export const insertToken = async (tx: Queryable, token: NewGrant): Promise<number> => {
  const [row] = await tx.query<{ id: number }>(sql`
    insert into token (name, purpose, hash, role, unit_code, created_by, expires_at)
    values (${token.name}, ${token.purpose}, ${token.hash}, ${token.role}, ${token.unitCode}, ${token.createdBy}, ${token.expiresAt})
    returning id`)
  return row!.id
}

/** The token's name and jurisdiction; null when there is none inside `jurisdiction`. A second time changes nothing. */
export const revokeToken = async (tx: Queryable, id: number, jurisdiction: string): Promise<{ name: string; unitCode: string } | null> => {
  const [row] = await tx.query<{ name: string; unitCode: string }>(sql`
    update token set revoked_at = coalesce(revoked_at, now())
    where id = ${id} and unit_code like ${jurisdiction + '%'}
    returning name, unit_code as "unitCode"`)
  return row ?? null
}
