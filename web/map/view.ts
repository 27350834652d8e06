/** The map's viewpoint: fit a unit between the panels, fly to a new red once, and never take the map out of somebody's hands. */
import type { Map } from 'maplibre-gl'
import type { Bbox, Position } from '#contract/geojson.ts'
import type { Padding } from '../state/stage.svelte.ts'

export const FLIGHT_MS = 1_200
/** A small grid is shown with some of what is around it. */
const CLOSEST = 16
const BETWEEN_FLIGHTS_MS = 8_000
/** After a touch the map belongs to whoever touched it. */
const HANDS_OFF_MS = 60_000

/** Which flights may start: once for an incident, eight seconds apart, none while somebody touches the map. Times in ms. */
export class Flights {
  private flown = new Set<string>()
  private lastAt = -Infinity
  private touchedAt = -Infinity

  touch(now: number): void {
    this.touchedAt = now
  }

  /** True when the map may fly to the incident now; it counts as flown then. */
  take(id: string, now: number): boolean {
    if (this.flown.has(id) || now - this.lastAt < BETWEEN_FLIGHTS_MS || this.isTouched(now)) return false
    this.flown.add(id)
    if (this.flown.size > 500) this.flown = new Set([...this.flown].slice(-250))
    this.lastAt = now
    return true
  }

  isTouched(now: number): boolean {
    return now - this.touchedAt < HANDS_OFF_MS
  }
}

/** Whoever asked their system for less motion gets a cut. */
const duration = (wanted: number): number => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : wanted)

/** Shows a whole unit between the panels. `animate`: fly there rather than cut; `closest`: the largest zoom. */
export function fitUnit(map: Map, bbox: Bbox, padding: Padding, animate: boolean, closest = CLOSEST): void {
  const [west, south, east, north] = bbox
  const bounds: [[number, number], [number, number]] = [
    [west, south],
    [east, north],
  ]
  map.fitBounds(bounds, {
    maxZoom: closest,
    padding: roomIn(map.getContainer(), padding),
    duration: animate ? duration(FLIGHT_MS) : 0,
    linear: false,
  })
}

/** Brings a place to the middle of what the panels leave free. */
export function flyTo(map: Map, center: Position, zoom: number, padding: Padding, animate = true): void {
  const { left, right, top, bottom } = roomIn(map.getContainer(), padding)
  map.flyTo({ center, zoom, offset: [(left - right) / 2, (top - bottom) / 2], duration: animate ? duration(FLIGHT_MS) : 0 })
}

/** The padding, less where it would leave no room: a small window shows the unit behind the panels rather than not at all. */
export function roomIn(container: HTMLElement, padding: Padding): Padding {
  const { clientWidth: width, clientHeight: height } = container
  const wide = padding.left + padding.right < width * 0.8 ? 1 : 0.1
  const high = padding.top + padding.bottom < height * 0.8 ? 1 : 0.1
  return { left: padding.left * wide, right: padding.right * wide, top: padding.top * high, bottom: padding.bottom * high }
}

/** Metres of ground in one CSS pixel at a latitude and zoom (512-pixel tiles). */
export const metresPerPixel = (lat: number, zoom: number): number => (40_075_016.686 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom)
