import { afterEach, describe, expect, it, vi } from 'vitest'
import { AppInfoState } from '../../../web/state/app-info.svelte.ts'

describe('what the server says of itself', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('renews an open page once the server was upgraded, and only then', async () => {
    let version = '1'
    const info = () => ({ title: '', version, now: '2026-03-01T00:00:00Z', dutyPhone: null, basemap: null, counties: [] })
    vi.stubGlobal('fetch', async () => Response.json(info()))
    let renewed = 0
    const state = new AppInfoState(() => renewed++)
    for (const [next, wanted] of [
      ['1', 0],
      ['1', 0],
      ['2', 1],
    ] as const) {
      version = next
      await state.load()
      expect([state.info?.version, renewed]).toEqual([next, wanted])
    }
  })
})
