/** Who is asking, as every route and command sees it. Put on the request by authenticate.ts. */
import type { Viewer } from '#model/access.ts'

export interface Actor extends Viewer {
  kind: 'user' | 'token' | 'wall' | 'system'
  /** app_user.id or token.id; null for the system itself (seed, command line on a stopped server). */
  id: number | null
  name: string
  displayName: string
  /** Of a user: app_user.epoch when he signed in. */
  epoch?: number
}

/** The product acting by itself: seeding, jobs, the command line of whoever owns the database. */
export const SYSTEM: Actor = { kind: 'system', id: null, name: 'system', displayName: '系统', role: 'administrator', unitCode: '' }

declare module 'express-serve-static-core' {
  interface Request {
    actor: Actor | null
    /** Of this request, in its log line and in its problem document. */
    requestId: string
  }
}
