/** What every layer is built from: colours, the wall's scale, the language, and zooms meant for a wall of 1080 pixels. */
import type { Lang } from '../state/language.svelte.ts'
import { FONTS, type Palette } from './palette.ts'

export interface Drawing {
  palette: Palette
  /** 1 on a wall 1080 pixels high, 2 on 2160: every length is multiplied by it. */
  scale: number
  lang: Lang
  /** A detail map is drawn without colouring, its lines light at every zoom. */
  view: 'overview' | 'detail'
}

/** A zoom of the look on this wall: at twice the height the same extent is one zoom further in. */
export const zoom = ({ scale }: Drawing, at1080: number): number => at1080 + Math.log2(scale)

/** Font stack of a weight: the map's own glyph maker reads the weight from the first name. */
export const fontStack = (weight: 'Regular' | 'Medium' | 'SemiBold'): string[] => [`IBM Plex Sans ${weight}`, ...FONTS]

/** A number that grows linearly between zoom stops. */
export const byZoom = (drawing: Drawing, ...stops: [zoom: number, value: number][]) =>
  ['interpolate', ['linear'], ['zoom'], ...stops.flatMap(([at, value]) => [zoom(drawing, at), value * drawing.scale])] as never

/** A value that jumps at a zoom stop. */
export const stepAt = <T>(drawing: Drawing, below: T, at: number, above: T) => ['step', ['zoom'], below, zoom(drawing, at), above] as never
