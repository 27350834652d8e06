import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Places } from '../../../web/state/places.svelte.ts'
import { stubServer } from '../../fixtures/account-server.ts'

describe('places', () => {
  let places: Places
  let server: ReturnType<typeof stubServer>
  const language = { lang: 'zh' as 'zh' | 'en' }
  beforeEach(() => {
    language.lang = 'zh'
    server = stubServer()
    places = new Places(language)
  })
  afterEach(() => vi.unstubAllGlobals())
  const load = (jurisdiction = '') => places.load([{ code: '331004' }, { code: '029510' }].slice(0, jurisdiction ? 2 : 1), jurisdiction)
  const codes = (text: string, within = '', limit = 10) => places.find(text, within, limit).map(({ code }) => code)

  it('are found by name, surroundings and code; what begins with the text comes first, coarse before fine', async () => {
    await load()
    expect(codes('金')).toEqual(['331004101', '331004100201'])
    expect(codes('新桥')).toEqual(['331004100', '331004100201'])
    expect(codes('新桥 金大')).toEqual(['331004100201'])
    expect(codes('331004101')).toEqual(['331004101'])
    expect(codes('TOWN')).toEqual(['331004100', '331004101'])
    expect(codes('没有')).toEqual([])
  })
  it('are offered inside the jurisdiction only, and no more than asked for', async () => {
    await load()
    expect(codes('', '331004100')).toEqual(['331004100', '331004100201'])
    expect(codes('', '', 2)).toEqual(['331004', '331004100'])
  })
  it('are asked for of one’s own county only', async () => {
    await load('331004100')
    expect(server.requests.map(({ path }) => path)).toEqual(['/api/units?unit=331004'])
  })
  it('are written in the language of the screen, and an unknown one by its code', async () => {
    await load()
    expect(places.aroundOf('331004100201')).toBe('路桥区 · 新桥镇')
    language.lang = 'en'
    expect(places.nameOf('331004100')).toBe('town 331004100')
    expect(places.nameOf('331004999')).toBe('331004999')
  })
})
