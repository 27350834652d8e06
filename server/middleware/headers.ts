/** Security headers. Nothing on a page loads from outside this server, but for the one basemap host that the configuration names. */
import type { RequestHandler } from 'express'
import helmet from 'helmet'
import type { Basemap, Config } from '../config.ts'

/** Origins of a basemap that lies elsewhere, as CSP sources. */
const basemapHosts = (basemap: Basemap | undefined): string[] => {
  if (!basemap || basemap.kind === 'pmtiles') return []
  if (basemap.kind === 'tianditu') return ['https://*.tianditu.gov.cn']
  return [new URL(basemap.kind === 'raster' ? basemap.tiles : basemap.url).origin]
}

export function securityHeaders({ basemap, tls }: Pick<Config, 'basemap' | 'tls'>): RequestHandler {
  const hosts = basemapHosts(basemap)
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:', ...hosts],
        connectSrc: ["'self'", ...hosts],
        workerSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'self'"],
      },
    },
    // Browsers ignore both on plain HTTP, the usual way on an intranet, and complain about the first.
    crossOriginOpenerPolicy: tls ? { policy: 'same-origin' } : false,
    strictTransportSecurity: tls ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'same-origin' },
  })
}
