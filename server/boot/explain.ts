/** What a program of ours says when it cannot go on. */
import { z } from 'zod'
import { BadConfig } from '../config.ts'
import { UnusableDatabase } from '../db/migrate.ts'
import { FolderInUse, UnusableFolder } from './folder-lock.ts'

const SENTENCES = [BadConfig, FolderInUse, UnusableFolder, UnusableDatabase] as const

/** A sentence for what the person at the keyboard can mend, the error with its stack for what only a developer can. */
export const explain = (cause: unknown): string => {
  if (SENTENCES.some((each) => cause instanceof each)) return (cause as Error).message
  if (cause instanceof z.ZodError) return cause.issues.map(({ message }) => message).join('\n')
  if (!(cause instanceof Error)) return String(cause)
  const { message, code, stack } = cause as Error & { code?: string }
  if (code?.startsWith('ERR_PARSE_ARGS')) return message
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'ETIMEDOUT')
    return `The database of DATABASE_URL does not answer (${code}).`
  if (code === '28P01' || code === '28000' || code === '3D000') return `The database of DATABASE_URL refuses: ${message}.`
  return cause.cause instanceof Error ? message : (stack ?? message)
}
