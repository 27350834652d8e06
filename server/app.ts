/** createApp: the order of middleware and routes. Everything it needs is handed in; it opens nothing itself. */
import express from 'express'
import packageInfo from '../package.json' with { type: 'json' }
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import type { Db } from './db/db.ts'
import { createAuthentication } from './middleware/authenticate.ts'
import { notFound, problemHandler } from './middleware/problems.ts'
import { incidentRoutes } from './routes/incidents.ts'
import { sessionRoutes } from './routes/session.ts'
import { streamRoutes } from './routes/stream.ts'
import { summaryRoutes } from './routes/summary.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { userRoutes } from './routes/users.ts'
import { readKinds } from './store/kinds.ts'
import { openStream } from './stream/stream.ts'

/** What a screen reloads itself for when it changes. */
const VERSION = packageInfo.version

export interface Deps {
  db: Db
  config: Config
  log: Logger
}

export interface App {
  handler: express.Express
  /** Ends streams and background work; the database stays open. */
  close(): Promise<void>
}

/** Builds the whole HTTP side of the product on an opened, migrated database. */
export async function createApp({ db, config, log }: Deps): Promise<App> {
  const app = express()
  app.disable('x-powered-by')
  app.set('query parser', 'simple')
  app.set('trust proxy', config.trustProxy)
  const authentication = await createAuthentication(db, log)
  const { identity } = authentication
  app.use(authentication.middleware)
  app.use(sessionRoutes({ db, identity }), userRoutes({ db, identity }), tokenRoutes({ db, identity }))
  const kinds = readKinds()
  const stream = await openStream(db, log, VERSION)
  app.use(incidentRoutes({ db, kinds, county: config.county }), summaryRoutes({ db, kinds, stream, county: config.county }))
  app.use(streamRoutes({ stream, identity }))
  app.use(notFound)
  app.use(problemHandler(log))
  return {
    handler: app,
    close: async () => {
      await stream.close()
      await authentication.close()
    },
  }
}
