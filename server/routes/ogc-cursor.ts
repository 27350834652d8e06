/**
 * The cursor of a next link: where the page ended, what the whole query matched (counted once, on the first page), and a
 * fingerprint of the filters it goes with. Opaque to clients; it grants nothing, since every page is clipped anew.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { CollectionName } from '#contract/ogc.ts'
import { unitCode } from '#contract/unit.ts'
import { Problem } from '#contract/problem.ts'

export interface Cursor {
  matched: number
  /** Milliseconds since 1970: the instant at which the first page saw the units; 0 where that does not apply. */
  at: number
  key: string[]
}

const integer = z.string().regex(/^\d{1,16}$/)
/** Milliseconds that a Date can hold, and PostgreSQL too. */
const millis = z.string().regex(/^\d{1,14}$/)
const KEYS: Record<CollectionName, z.ZodType<string[]>> = {
  units: z.tuple([unitCode]),
  cameras: z.tuple([integer]),
  incidents: z.tuple([integer, z.uuid()]),
}

/** Parameters that say what is matched, in one order; not how much of it, nor where it goes on. */
const fingerprint = (query: Readonly<Record<string, unknown>>): string => {
  const filters = Object.entries(query).filter(([name]) => !['cursor', 'limit', 'f'].includes(name))
  return createHash('sha256').update(JSON.stringify(filters.sort())).digest('base64url').slice(0, 12)
}

/** @param query the parameters as the client wrote them. */
export const writeCursor = ({ matched, at, key }: Cursor, query: Readonly<Record<string, unknown>>): string =>
  Buffer.from([fingerprint(query), matched, at, ...key].join(' ')).toString('base64url')

/** Throws `bad-request` for what no next link of this collection and these filters says. */
export function readCursor(collection: CollectionName, query: Readonly<Record<string, unknown>>): Cursor | null {
  const text = query['cursor']
  if (text === undefined) return null
  const [print, matched, at, ...key] = Buffer.from(String(text), 'base64url').toString('latin1').split(' ')
  const sound = integer.safeParse(matched).success && millis.safeParse(at).success && KEYS[collection].safeParse(key).success
  if (!sound || print !== fingerprint(query)) {
    const message = 'take it from a next link, together with the other parameters'
    throw new Problem('bad-request', `query/cursor: ${message}`, [{ where: 'query/cursor', message }])
  }
  return { matched: Number(matched), at: Number(at), key }
}
