/** Which page the address names. A path that names none becomes /wall, the product's front. */
import { createContext } from 'svelte'
import type { Permission } from '#model/access.ts'

export const PAGES = ['wall', 'login', 'admin', 'account', 'workbench', 'analysis'] as const
export type PageName = (typeof PAGES)[number]

/** The page of a path: its first segment, or null when there is no such page. */
export function pageOf(pathname: string): PageName | null {
  const name = pathname.split('/')[1]
  return PAGES.find((page) => page === name) ?? null
}

const PERMISSIONS_OF: Partial<Record<PageName, readonly Permission[]>> = {
  wall: ['incident.read'],
  workbench: ['plan.read'],
  analysis: ['summary.read', 'unit.read'],
  admin: ['user.manage', 'token.manage'],
}

/** Pages of work that one may open, the front first. */
export const pagesFor = (may: (permission: Permission) => boolean): PageName[] =>
  PAGES.filter((page) => PERMISSIONS_OF[page]?.every((permission) => may(permission)))

/** Where to go after signing in: the `next` parameter, only when it is a page of this server. */
export function nextOf(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? ''
  const page = pageOf(next.split(/[?#]/)[0]!)
  return /^\/(?![/\\])/.test(next) && page && page !== 'login' ? next : '/wall'
}

/** The address itself, or the front of whoever may not open the wall that it names. */
export function homeOf(address: string, may: (permission: Permission) => boolean): string {
  const pages = pagesFor(may)
  return pageOf(address.split(/[?#]/)[0]!) === 'wall' && !pages.includes('wall') && pages[0] ? `/${pages[0]}` : address
}

export class Route {
  page = $state<PageName>('wall')

  constructor() {
    this.read()
    addEventListener('popstate', () => this.read())
  }

  /** Opens another page of the product without loading it anew. */
  go(address: string): void {
    history.pushState(null, '', address)
    this.read()
  }

  private read(): void {
    const page = pageOf(location.pathname)
    if (!page) history.replaceState(null, '', '/wall' + location.search + location.hash)
    this.page = page ?? 'wall'
  }
}

export const [getRoute, setRoute] = createContext<Route>()
