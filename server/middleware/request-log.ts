/**
 * One structured line a request, with its id and the route's pattern. Nothing personal: no address typed by a client, no query,
 * no header, no user, no remote address; whoever may know who did what reads the audit.
 */
import { randomUUID } from 'node:crypto'
import type { Request, RequestHandler } from 'express'
import type { Logger } from 'pino'
import { pinoHttp } from 'pino-http'

/** Asked every few seconds by machines; they tell nothing. */
const QUIET = new Set(['/healthz', '/readyz', '/metrics'])

const ID = /^[\w.-]{8,64}$/

/** Pattern of the route that answered, as in `/api/incidents/:id`; `-` when none did. */
export const routeOf = (req: Request): string => (typeof req.route?.path === 'string' ? req.route.path : '-')

/** Gives each request its id (a proxy's `X-Request-Id` is kept, when it looks like one) and logs it when it has ended. */
export function requestLog(log: Logger, trustsProxy: boolean): RequestHandler {
  const http = pinoHttp<Request>({
    logger: log,
    genReqId(req, res) {
      const given = trustsProxy ? req.get('x-request-id') : undefined
      const id = given !== undefined && ID.test(given) ? given : randomUUID()
      req.requestId = id
      res.setHeader('X-Request-Id', id)
      return id
    },
    autoLogging: { ignore: (req) => QUIET.has(req.path) },
    quietReqLogger: true,
    quietResLogger: true,
    customAttributeKeys: { reqId: 'requestId', responseTime: 'ms' },
    customLogLevel: (_req, res, error) => (error || res.statusCode >= 500 ? 'error' : 'info'),
    customSuccessMessage: () => 'request',
    customErrorMessage: () => 'request failed',
    customProps: (req, res) => ({ method: req.method, route: routeOf(req), status: res.statusCode }),
    serializers: { req: () => undefined, res: () => undefined, err: () => undefined },
  })
  return (req, res, next) => http(req, res, next)
}
