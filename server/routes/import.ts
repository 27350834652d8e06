/** Import over HTTP: the file is the request's body. */
import { Router } from 'express'
import { endpoints } from '#contract/endpoints.ts'
import { importFile, keepProfile, requireImport } from '../commands/import-file.ts'
import type { Db } from '../db/db.ts'
import type { Kinds } from '../store/kinds.ts'
import { serve } from './serve.ts'
import { withUpload } from './upload.ts'

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
    return withUpload(req, query.fileName, uploadLimitBytes, async (file) => ({
      body: await importFile(db, { noun, actor, file, query, now: now(), isKind: kinds.isKind }),
    }))
  })

  serve(router, endpoints.keepImportProfile, async ({ actor, params: { noun, name }, body }) => {
    await keepProfile(db, actor, noun, name, body)
    return { status: 204 }
  })

  return router
}
