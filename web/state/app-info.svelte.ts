/** What the server says about itself before anybody signs in: title, version, basemap, counties. */
import { createContext } from 'svelte'
import type { AppInfo } from '#contract/app.ts'
import { endpoints } from '#contract/endpoints.ts'
import { call } from '../api/client.ts'

export class AppInfoState {
  info = $state.raw<AppInfo | null>(null)
  private readonly renew: () => void
  /** As it was first heard. Apart from `info`, so that whoever loads it does not depend on it. */
  private version: string | null = null

  /** `renew`: loads the page anew. */
  constructor(renew: () => void) {
    this.renew = renew
  }

  /** After an upgrade the pieces that an open page still has to fetch are gone: it gives way to the new one. */
  async load(): Promise<void> {
    this.info = await call(endpoints.appInfo)
    this.version ??= this.info.version
    if (this.version !== this.info.version) this.renew()
  }

  /** Title of the installation; empty until known. */
  get title(): string {
    return this.info?.title ?? ''
  }
  get dutyPhone(): string | null {
    return this.info?.dutyPhone ?? null
  }
}

export const [getAppInfo, setAppInfo] = createContext<AppInfoState>()
