import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { describe, expect, it } from 'vitest'
import type { Drawing } from '../../../web/map/canvas.ts'
import type { Palette } from '../../../web/map/palette.ts'
import { layersOf, styleOf } from '../../../web/map/style.ts'
import { inOrder, rank, type WallLayer, ZORDER } from '../../../web/map/zorder.ts'

/** Any colour will do: the style is checked, not its looks. */
const palette = new Proxy({}, { get: () => '#336699' }) as Palette
const drawings: Drawing[] = (['overview', 'detail'] as const).flatMap((view) =>
  [0.7, 1, 2].flatMap((scale) => (['zh', 'en'] as const).map((lang) => ({ palette, scale, lang, view }))),
)

describe('the style of the map', () => {
  it.each(drawings)('is valid: $view, scale $scale, $lang', (drawing) => {
    const style = styleOf(drawing, 'http://localhost', { unit: 3, camera: 4 })
    expect(validateStyleMin(style as never).map(({ message }) => message)).toEqual([])
  })

  it('asks nobody for glyphs or sprites: an intranet draws the same', () => {
    const style = styleOf(drawings[0]!, 'http://wall.example', { unit: 3, camera: 4 })
    expect([style.glyphs, style.sprite]).toEqual([undefined, undefined])
    expect(
      JSON.stringify(style)
        .match(/https?:\/\/[^/"]*/g)!
        .every((address) => address === 'http://wall.example'),
    ).toBe(true)
  })

  it('stands in the z-order, red on top, names below it', () => {
    const ids = layersOf(drawings[0]!).map(({ id }) => id)
    expect(ids).toEqual(ZORDER.filter((id) => ids.includes(id)))
    expect(ids.at(-1)).toBe('red')
    expect(ids[0]).toBe('sea')
  })

  it('has nothing that would ask for cameras, for a reader who may have none', () => {
    const uses = (camera: number | null) =>
      styleOf(drawings[0]!, 'http://localhost', { unit: 3, camera }).layers.filter(
        (each) => 'source' in each && /cameras/.test(each.source),
      )
    expect(uses(4).length).toBeGreaterThan(0)
    expect(uses(null)).toEqual([])
  })

  it('draws text no smaller than 14 px on a wall of 1080', () => {
    for (const layer of layersOf({ ...drawings[0]!, scale: 1 })) {
      const size = layer.type === 'symbol' ? layer.layout?.['text-size'] : undefined
      if (typeof size === 'number') expect(size, layer.id).toBeGreaterThanOrEqual(14)
    }
  })

  it('doubles every length on a wall of 2160', () => {
    const widthAt = (scale: number) =>
      layersOf({ ...drawings[0]!, scale }).flatMap((layer) =>
        layer.type === 'symbol' && typeof layer.layout?.['text-size'] === 'number' ? [layer.layout['text-size']] : [],
      )
    expect(widthAt(2)).toEqual(widthAt(1).map((size) => size * 2))
  })
})

describe('the z-order', () => {
  const layer = (id: string) => ({ id, type: 'background' }) as unknown as WallLayer

  it('throws on a layer it does not know, and on one that comes twice', () => {
    expect(() => rank('glow')).toThrow('glow')
    expect(() => inOrder([layer('sea'), layer('glow')])).toThrow('glow')
    expect(() => inOrder([layer('red'), layer('sea'), layer('red')])).toThrow('red comes twice')
  })

  it('sorts from the bottom to the top', () => {
    expect(inOrder([layer('red'), layer('sea'), layer('unit-fill')]).map(({ id }) => id)).toEqual(['sea', 'unit-fill', 'red'])
  })
})
