/** createApp: the order of middleware and routes. Everything it needs is handed in; it opens nothing itself. */
import compression from 'compression'
import express from 'express'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import type { Db } from './db/db.ts'
import { createHeat, type Heat } from './heat/heat.ts'
import { createAuthentication } from './middleware/authenticate.ts'
import { securityHeaders } from './middleware/headers.ts'
import { otherMethods } from './middleware/methods.ts'
import { createMetrics } from './middleware/metrics.ts'
import { notFound, problemHandler } from './middleware/problems.ts'
import { requestLog } from './middleware/request-log.ts'
import { analysisRoutes } from './routes/analysis.ts'
import { createMoments } from './routes/as-of.ts'
import { buildingRoutes } from './routes/buildings.ts'
import { cleanRoutes } from './routes/clean.ts'
import { coverageRoutes } from './routes/coverage.ts'
import { exportRoutes } from './routes/export.ts'
import { heatRoutes } from './routes/heat.ts'
import { importRoutes } from './routes/import.ts'
import { incidentRoutes } from './routes/incidents.ts'
import { ogcRoutes } from './routes/ogc.ts'
import { planRoutes } from './routes/plans.ts'
import { reportRoutes } from './routes/reports.ts'
import { metricsRoutes, serviceRoutes } from './routes/service.ts'
import { sessionRoutes } from './routes/session.ts'
import { streamRoutes } from './routes/stream.ts'
import { summaryRoutes } from './routes/summary.ts'
import { tileRoutes } from './routes/tiles.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { unitRoutes } from './routes/units.ts'
import { userRoutes } from './routes/users.ts'
import { webRoutes } from './routes/web.ts'
import { readKinds } from './store/kinds.ts'
import { openStream } from './stream/stream.ts'
import { createVersions } from './tiles/versions.ts'
import { readVersion, WEB_FOLDER } from './version.ts'

export interface Deps {
  db: Db
  config: Config
  log: Logger
  /** What the server takes for the time of reports, figures and the stream: another one only where a day is to pass faster. */
  now?: () => Date
}

export interface App {
  handler: express.Express
  /** To be started once the port listens: until then, and while it fills, the database answers. */
  heat: Heat
  /** Ends streams and background work; the database stays open. */
  close(): Promise<void>
}

/** Builds the whole HTTP side of the product on an opened, migrated database. */
export async function createApp({ db: opened, config, log, now = () => new Date() }: Deps): Promise<App> {
  const version = readVersion()
  const kinds = readKinds()
  const metrics = createMetrics()
  const db = metrics.measure(opened)
  const versions = createVersions(db)
  const { county, targets } = config
  const moments = createMoments(db, county)
  const authentication = await createAuthentication(db, log)
  const { identity } = authentication
  const stream = await openStream(db, log, version, {}, now)
  const heat = createHeat({ db, stream, log })
  metrics.gauge('heat_incidents', 'Incidents in the heat index', () => heat.status.incidents)
  metrics.gauge('stream_clients', 'Clients of the live stream', () => stream.hub.stats().clients)
  if (db.replica) metrics.replica(db.replica)
  metrics.gauge('stream_position', 'Last position of the stream that this server knows', () => stream.hub.pos)

  const app = express()
  app.disable('x-powered-by')
  app.set('query parser', 'simple')
  app.set('trust proxy', config.trustProxy)

  // Every request
  app.use(requestLog(log, config.trustProxy !== false), metrics.requests)
  app.use(securityHeaders(config), compression())

  // For anybody
  app.use(serviceRoutes({ db, config, stream, heat, version }))
  app.use(webRoutes(WEB_FOLDER))

  // From here on it is known who asks
  app.use(authentication.middleware)
  app.use(metricsRoutes(metrics))
  app.use(sessionRoutes({ db, identity }), userRoutes({ db, identity }), tokenRoutes({ db, identity }))
  app.use(unitRoutes({ db, config, kinds, versions, moments, version, now }))
  app.use(coverageRoutes({ db, versions, moments, targets, county, version }), buildingRoutes({ db, versions, county, version, now }))
  app.use(summaryRoutes({ db, kinds, stream, county, now }))
  app.use(incidentRoutes({ db, kinds, county, now }))
  app.use(importRoutes({ db, kinds, uploadLimitBytes: config.uploadLimitBytes, now }))
  app.use(cleanRoutes({ db, county, uploadLimitBytes: config.uploadLimitBytes }), exportRoutes({ db, versions, moments, county }))
  app.use(planRoutes({ db, targets, now }))
  app.use(
    analysisRoutes({ db, counting: heat, kinds, county, leastCount: config.heatMinCount, now }),
    reportRoutes({ db, counting: heat, kinds, county, now }),
  )
  app.use(heatRoutes({ heat, db, kinds, county, heatMinCount: config.heatMinCount, now }))
  app.use(streamRoutes({ stream, identity }))
  app.use(ogcRoutes({ db, version, now }))
  app.use(tileRoutes({ db, versions, moments, version, onTile: metrics.tile }))

  // Nobody answered
  app.use(otherMethods())
  app.use(notFound)
  app.use(problemHandler(log))

  return {
    handler: app,
    heat,
    async close() {
      await heat.close()
      await stream.close()
      await authentication.close()
    },
  }
}
