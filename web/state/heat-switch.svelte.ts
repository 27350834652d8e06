/** Whether the wall shows the past: what the address says (`?heat=…`), and the part of the page that can show it, once it is there. */
import type { Component, ComponentProps } from 'svelte'
import type HeatWall from '../panels/heat/HeatWall.svelte'
import type { Picture } from './heat-address.ts'

export type PastWall = Component<ComponentProps<typeof HeatWall>>

/** Whether the address asks for the past. */
export const isPastAsked = (): boolean => new URLSearchParams(location.search).has('heat')

export class HeatSwitch {
  /** Null while the wall is live. */
  Wall = $state.raw<PastWall | null>(null)

  private readonly there: () => PastWall | null
  private readonly load: () => Promise<PastWall>
  private wanted = false
  private readonly follow = () => void this.read()

  /** `there`: it, once it has been fetched; `load`: fetches it. */
  constructor(there: () => PastWall | null, load: () => Promise<PastWall>) {
    this.there = there
    this.load = load
    void this.read()
    addEventListener('popstate', this.follow)
  }

  open(picture: Picture): void {
    const query = new URLSearchParams(location.search)
    query.set('heat', picture)
    history.pushState(history.state, '', `${location.pathname}?${query}`)
    void this.read()
  }

  /** Heat by its key: there and back. */
  turn(): void {
    if (this.Wall) this.close()
    else this.open('density')
  }

  /** Back to the present: the heat takes itself out of the address as it goes. */
  close(): void {
    this.wanted = false
    this.Wall = null
  }

  stop(): void {
    removeEventListener('popstate', this.follow)
  }

  private async read(): Promise<void> {
    this.wanted = isPastAsked()
    if (!this.wanted) return this.close()
    // At once where it can be: what is awaited comes after the map.
    const Wall = this.there() ?? (await this.load())
    if (this.wanted) this.Wall = Wall
  }
}
