/** Import over HTTP: the file is the request's body. It is taken to a temporary folder first, so that no transaction waits for a slow line. */
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type Request, Router } from 'express'
import { endpoints } from '#contract/endpoints.ts'
import { Problem } from '#contract/problem.ts'
import { fileAt, importFile, keepProfile, requireImport } from '../commands/import-file.ts'
import type { Db } from '../db/db.ts'
import type { Kinds } from '../store/kinds.ts'
import { serve } from './serve.ts'

export interface ImportDeps {
  db: Db
  kinds: Kinds
  uploadLimitBytes: number
  now?: () => Date
}

export function importRoutes({ db, kinds, uploadLimitBytes, now = () => new Date() }: ImportDeps): Router {
  const router = Router()

  serve(router, endpoints.importFile, async ({ actor, params: { noun }, query, req }) => {
    requireImport(actor, noun)
    const folder = await mkdtemp(join(tmpdir(), 'gridward-import-'))
    try {
      const path = join(folder, 'file')
      await receive(req, path, uploadLimitBytes)
      const file = await fileAt(path, basename(query.fileName ?? ''))
      return { body: await importFile(db, { noun, actor, file, query, now: now(), isKind: kinds.isKind }) }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  serve(router, endpoints.keepImportProfile, async ({ actor, params: { noun, name }, body }) => {
    await keepProfile(db, actor, noun, name, body)
    return { status: 204 }
  })

  return router
}

/** Writes the body to a file. Throws `too-large`, or `unsupported-media-type` for a compressed one. */
async function receive(req: Request, path: string, limit: number): Promise<void> {
  const tooLarge = () => new Problem('too-large', `The file is larger than ${Math.floor(limit / 1024 / 1024)} MB (UPLOAD_LIMIT_MB).`)
  if ((req.get('content-encoding') ?? 'identity') !== 'identity')
    throw new Problem('unsupported-media-type', 'Send the file as it is, not compressed.')
  if (Number(req.get('content-length')) > limit) throw tooLarge()
  const file = await open(path, 'wx', 0o600)
  try {
    let size = 0
    // Left without destroying the request, which would take the answer with it.
    for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > limit) throw tooLarge()
      await file.write(chunk)
    }
  } finally {
    await file.close()
  }
}
