/** Who is signed in on this browser. A wall link (`/wall#token=…`) is exchanged once, and leaves the address at once. */
import { createContext } from 'svelte'
import { endpoints } from '#contract/endpoints.ts'
import type { Me } from '#contract/user.ts'
import type { Permission } from '#model/access.ts'
import { call } from '../api/client.ts'

/** The token of a wall link in an address' hash, or null. */
export const tokenOf = (hash: string): string | null => new URLSearchParams(hash.replace(/^#/, '')).get('token')

export class Session {
  me = $state.raw<Me | null>(null)

  /** Finds out who is signed in. Throws ApiProblem `not-signed-in` when nobody is, `gone` for a wall link that was spent elsewhere. */
  async load(): Promise<void> {
    const token = tokenOf(location.hash)
    if (token) {
      // Before the request: a token must not stay in the address, nor in a photo of the screen.
      history.replaceState(history.state, '', location.pathname + location.search)
      this.me = await call(endpoints.signIn, { body: { token } })
    } else {
      this.me = await call(endpoints.whoAmI)
    }
  }

  async signIn(username: string, password: string): Promise<void> {
    this.me = await call(endpoints.signIn, { body: { username, password } })
  }

  async signOut(): Promise<void> {
    await call(endpoints.signOut)
    this.me = null
  }

  can(permission: Permission): boolean {
    return this.me?.permissions.includes(permission) ?? false
  }

  /** Changes whenever somebody else signs in: what the shared stream belongs to. */
  get identity(): string {
    return this.me ? `${this.me.name}|${this.me.role}|${this.me.unitCode}` : ''
  }
}

export const [getSession, setSession] = createContext<Session>()
