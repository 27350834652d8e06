/** Users, tokens and wall links as the administration page lists and changes them. */
import { createContext } from 'svelte'
import type { z } from 'zod'
import { endpoints } from '#contract/endpoints.ts'
import type { newToken, newUser, Token, User, userChange } from '#contract/user.ts'
import { call } from '../api/client.ts'

/** A list on its way: what a table shows instead of rows. */
export type Listed<T> = { status: 'loading' } | { status: 'failed'; at: Date } | { status: 'ready'; rows: readonly T[] }

export class Accounts {
  users = $state.raw<Listed<User>>({ status: 'loading' })
  tokens = $state.raw<Listed<Token>>({ status: 'loading' })

  /** Never rejects: what fails is shown in the list's place. */
  async loadUsers(): Promise<void> {
    this.users = await listed(async () => (await call(endpoints.listUsers)).users)
  }

  async loadTokens(): Promise<void> {
    this.tokens = await listed(async () => (await call(endpoints.listTokens)).tokens)
  }

  /** Throws what the server refused, as do the others below. */
  async createUser(body: z.input<typeof newUser>): Promise<User> {
    const user = await call(endpoints.createUser, { body })
    await this.loadUsers()
    return user
  }

  async changeUser(id: number, body: z.input<typeof userChange>): Promise<User> {
    const user = await call(endpoints.changeUser, { params: { id }, body })
    await this.loadUsers()
    return user
  }

  /** Resolves with the secret, which nobody can ask for again. */
  async createToken(body: z.input<typeof newToken>): Promise<string> {
    const { token } = await call(endpoints.createToken, { body })
    await this.loadTokens()
    return token
  }

  async revokeToken(id: number): Promise<void> {
    await call(endpoints.revokeToken, { params: { id } })
    await this.loadTokens()
  }
}

const listed = <T>(load: () => Promise<readonly T[]>): Promise<Listed<T>> =>
  load().then(
    (rows) => ({ status: 'ready', rows }),
    () => ({ status: 'failed', at: new Date() }),
  )

export const [getAccounts, setAccounts] = createContext<Accounts>()
