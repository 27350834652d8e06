import { describe, expect, it } from 'vitest'
import { nextOf, pageOf } from '../../../web/state/route.svelte.ts'
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
