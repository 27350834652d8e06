import { describe, expect, it } from 'vitest'
import { can, type Permission, type Role } from '#model/access.ts'
import { homeOf, nextOf, pageOf, pagesFor } from '../../../web/state/route.svelte.ts'
import { tokenOf } from '../../../web/state/session.svelte.ts'

describe('the page of an address', () => {
  it('is named by the first part of the path', () => {
    expect(['/wall', '/wall/', '/admin/users', '/login', '/', '/nothing', '/Wall'].map(pageOf)).toEqual([
      'wall',
      'wall',
      'admin',
      'login',
      null,
      null,
      null,
    ])
  })

  it('after signing in is only one of this server', () => {
    const next = (to: string) => nextOf(`?next=${encodeURIComponent(to)}`)
    expect(next('/wall?unit=331004101')).toBe('/wall?unit=331004101')
    expect(next('/admin')).toBe('/admin')
    for (const bad of ['https://example.org/wall', '//example.org/wall', '/\\example.org/wall', '/login', '/api/users', '']) {
      expect(next(bad)).toBe('/wall')
    }
  })
})

describe('a wall link', () => {
  it('carries its token in the hash', () => {
    expect([tokenOf('#token=abc'), tokenOf('#other=1'), tokenOf('')]).toEqual(['abc', null, null])
  })
})

describe('the pages of a role', () => {
  const may = (role: Role) => (permission: Permission) => can(role, permission)

  it('are those that it may open', () => {
    expect(pagesFor(may('administrator'))).toEqual(['wall', 'admin', 'workbench', 'analysis'])
    expect(pagesFor(may('planner'))).toEqual(['workbench', 'analysis'])
    expect(pagesFor(may('dispatcher'))).toEqual(['wall', 'analysis'])
  })

  it('lead whoever may not open the wall to their own', () => {
    expect(homeOf('/wall?unit=331004', may('planner'))).toBe('/workbench')
    expect(homeOf('/wall?unit=331004', may('commander'))).toBe('/wall?unit=331004')
    expect(homeOf('/account', may('planner'))).toBe('/account')
  })
})
