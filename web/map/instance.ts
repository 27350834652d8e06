/** How a map of this product is made: flat, north up, sharp, without keys of its own. Both pages that own one make it here. */
import { Map as MapLibre, prewarm, setWorkerUrl, type StyleSpecification } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import type { Bbox } from '#contract/geojson.ts'
import type { Padding } from '../state/stage.svelte.ts'

setWorkerUrl(workerUrl)
// The workers' code is fetched and read while the page still asks for units and fonts.
if (typeof Worker !== 'undefined') prewarm()

/** China, before anything is known. */
export const EVERYWHERE: Bbox = [73, 18, 135, 54]

/** False where no map can be drawn: see NoWebgl. */
export const hasWebgl = (): boolean => document.createElement('canvas').getContext('webgl2') !== null

export function makeMap(container: HTMLElement, style: StyleSpecification, bounds: Bbox, padding: Padding | number): MapLibre {
  const made = new MapLibre({
    container,
    style,
    attributionControl: false,
    bounds,
    fitBoundsOptions: { padding },
    fadeDuration: 0,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxPitch: 0,
    keyboard: false,
    renderWorldCopies: false,
    refreshExpiredTiles: false,
    maxZoom: 19,
    // Never split: a source that ends at zoom 9 would be asked for the same tile a dozen times at 11.
    zoomLevelsToOverscale: 19,
    // A wall of 5760×2160 is drawn at its own pixels.
    maxCanvasSize: [8192, 8192],
  })
  made.touchZoomRotate.disableRotation()
  return made
}
