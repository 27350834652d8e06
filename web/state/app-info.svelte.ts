/** What the server says about itself before anybody signs in: title, version, basemap, counties. */
import { createContext } from 'svelte'
import type { AppInfo } from '#contract/app.ts'
import { endpoints } from '#contract/endpoints.ts'
import { call } from '../api/client.ts'

export class AppInfoState {
  info = $state.raw<AppInfo | null>(null)

  async load(): Promise<void> {
    this.info = await call(endpoints.appInfo)
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
