/** The live stream (SSE): see contract/stream.ts for its lines, stream/hub.ts for who gets what. */
import { Router } from 'express'
import { can, type Permission, reach } from '#model/access.ts'
import { endpoints } from '#contract/endpoints.ts'
import { Problem } from '#contract/problem.ts'
import type { Identity } from '../middleware/identity.ts'
import type { Stream } from '../stream/stream.ts'
import { serve } from './serve.ts'

export function streamRoutes({ stream, identity }: { stream: Stream; identity: Identity }): Router {
  const router = Router()

  serve(router, endpoints.stream, async ({ actor, query, req, res }) => {
    const header = req.get('last-event-id')
    const after = positionOf(header) ?? query.lastEventId ?? null
    if (stream.hub.full) throw new Problem('not-ready', 'As many screens are connected as this server takes. Try again later.')
    // Another server may have told this client of positions that this one has not read yet.
    if (after !== null && after > stream.hub.pos) await stream.catchUp()
    if (res.destroyed) return

    res.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      // no-transform keeps compression away, X-Accel-Buffering the buffers of a proxy: both would hold lines back.
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    })
    // Without chunks a write is one plain write to the socket: at 200 screens that is a fifth of the server's work.
    res.removeHeader('Transfer-Encoding')
    res.flushHeaders()
    req.socket.setNoDelay(true)
    const reachOf = (permission: Permission) => (can(actor.role, permission) ? reach(actor, permission) : null)
    const leave = stream.hub.join({ incidents: reachOf('incident.read'), plans: reachOf('plan.read') }, after, {
      write(bytes) {
        res.write(bytes)
        return res.writableLength
      },
      end: () => void res.end(),
      destroy: () => void res.destroy(),
    })
    const forget = identity.onRevoked(req, () => {
      leave()
      res.end()
    })
    res.on('close', () => {
      forget()
      leave()
    })
  })
  return router
}

/** A position in a header; null when there is none, or none of ours. */
const positionOf = (text: string | undefined): number | null => (text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null)
