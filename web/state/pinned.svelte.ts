/**
 * The incident that the address names when it is not among the open ones: closed since somebody pinned it, or none that this reader
 * may see. Asked for once.
 */
import { endpoints } from '#contract/endpoints.ts'
import type { Incident } from '#contract/incident.ts'
import { ApiProblem, call } from '../api/client.ts'

export class Pinned {
  /** Null while it is not asked for, or not here yet. */
  incident = $state.raw<Incident | null>(null)
  /** True when there is no such incident for this reader. */
  missing = $state(false)
  private id: string | null = null

  /** Looks for an incident, or for none. Never rejects: without an answer the screen says nothing of it. */
  async look(id: string | null): Promise<void> {
    if (id === this.id) return
    this.id = id
    this.incident = null
    this.missing = false
    if (id === null) return
    try {
      const found = await call(endpoints.incident, { params: { id } })
      if (this.id === id) this.incident = found
    } catch (error) {
      if (this.id !== id) return
      this.missing = error instanceof ApiProblem && error.status < 500
      // No answer: the next look asks again.
      if (!this.missing) this.id = null
    }
  }
}
