/**
 * Where things are on the screen: what the panels leave free, and what the map and the panels point at in each other.
 * All in CSS pixels of the viewport.
 */
import { createContext } from 'svelte'
import type { Bbox } from '#contract/geojson.ts'

export interface Padding {
  top: number
  right: number
  bottom: number
  left: number
}
export interface Rect {
  left: number
  top: number
  width: number
  height: number
}

export class Stage {
  /** What panels cover of the overview map: it fits units into the rest. Panels set it. */
  padding = $state.raw<Padding>({ top: 0, right: 0, bottom: 0, left: 0 })
  /** Where the leader line from the focused red ends: a point on the alert card's edge; null without a card. Panels set it. */
  leaderEnd = $state.raw<{ x: number; y: number } | null>(null)
  /** True where a second map shows the focused red in detail (double-width walls). Panels set it. */
  hasDetail = $state(false)

  /** Extent of the detail map, for the locator frame on the overview. The detail map sets it. */
  detailBbox = $state.raw<Bbox | null>(null)
  /** The detail map's place on the screen. The detail map sets it. */
  detailRect = $state.raw<Rect | null>(null)
  /** Metres of ground in one CSS pixel at the middle of the overview: what a scale bar needs. The map sets it. */
  metresPerPixel = $state(0)
  /** Zoom of the overview, relative to a 1080-high wall. The map sets it. */
  zoom = $state(0)
}

export const [getStage, setStage] = createContext<Stage>()
