/** The service itself: does it live, is it ready, its figures, its description, and the basemap file where there is one. */
import { Router } from 'express'
import { endpoints } from '#contract/endpoints.ts'
import { Problem } from '#contract/problem.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import type { Metrics } from '../middleware/metrics.ts'
import type { Heat } from '../heat/heat.ts'
import { Packed, sendPacked } from '../middleware/packed.ts'
import { getStreamPosition } from '../store/outbox.ts'
import type { Stream } from '../stream/stream.ts'
import { describeApi } from './openapi.ts'
import { serve } from './serve.ts'

/** A database that has not answered by then is not there. */
const PATIENCE_MS = 2000

export interface ServiceDeps {
  db: Db
  config: Pick<Config, 'basemap'>
  stream: Pick<Stream, 'isLive' | 'leads'>
  heat: Pick<Heat, 'status'>
  version: string
}

export function serviceRoutes({ db, config, stream, heat, version }: ServiceDeps): Router {
  const router = Router()
  let description: Packed | undefined

  serve(router, endpoints.health, () => ({ body: { status: 'ok', version }, headers: { 'Cache-Control': 'no-store' } }))

  serve(router, endpoints.ready, async () => {
    const database = await answers(db)
    const ready = database && stream.isLive
    return {
      status: ready ? 200 : 503,
      body: {
        status: ready ? 'ready' : 'not-ready',
        database: database ? 'answers' : 'silent',
        stream: stream.isLive ? 'live' : 'deaf',
        // Of all servers on one database one gives out the stream's positions.
        leads: stream.leads,
        // While it fills the database answers: no reason not to be ready.
        heat: { state: heat.status.state, incidents: heat.status.incidents },
        // Whatever it is, the server is ready: the primary answers for it.
        ...(db.replica && { replica: db.replica.state }),
      },
      headers: { 'Cache-Control': 'no-store' },
    }
  })

  serve(router, endpoints.openApi, async ({ req, res }) => {
    res.type('json').set('Cache-Control', 'no-cache')
    // Writing the schemas takes longer than all else at a start, and few ask for them.
    description ??= new Packed(Buffer.from(JSON.stringify(describeApi(version))))
    await sendPacked(req, res, description)
  })

  serve(router, endpoints.basemap, ({ res }) => {
    if (config.basemap?.kind !== 'pmtiles') throw new Problem('not-found', 'No basemap file is configured.')
    res.sendFile(config.basemap.path, { cacheControl: false, dotfiles: 'allow', headers: { 'Cache-Control': 'no-cache' } })
  })

  return router
}

/** Needs to know who asks, and so the database: apart from what must answer without one. */
export function metricsRoutes({ registry }: Metrics): Router {
  const router = Router()
  serve(router, endpoints.metrics, async () => ({
    body: await registry.metrics(),
    headers: { 'Content-Type': registry.contentType, 'Cache-Control': 'no-store' },
  }))
  return router
}

async function answers(db: Db): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), PATIENCE_MS)))
  const asked = getStreamPosition(db).then(
    () => true,
    () => false,
  )
  const answer = await Promise.race([asked, late])
  clearTimeout(timer)
  return answer
}
