/** Cleaning over HTTP: the file is the request's body, taken as an import takes it; nothing is written. */
import { Router } from 'express'
import { endpoints } from '#contract/endpoints.ts'
import { cleanCoverage } from '../commands/clean-coverage.ts'
import type { Db } from '../db/db.ts'
import { withUpload } from './upload.ts'
import { serve } from './serve.ts'
import { unitFor } from './unit-for.ts'

export interface CleanDeps {
  db: Db
  county: string | undefined
  uploadLimitBytes: number
}

export function cleanRoutes({ db, county, uploadLimitBytes }: CleanDeps): Router {
  const router = Router()

  serve(router, endpoints.cleanCoverage, async ({ actor, query, req }) => {
    const unit = await unitFor(db, actor, 'plan.edit', query.unit, county)
    return withUpload(req, query.fileName, uploadLimitBytes, async (file) => ({
      body: await cleanCoverage(db, { actor, file, query, unit }),
    }))
  })

  return router
}
