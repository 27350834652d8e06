/**
 * The one list of layers, bottom to top. It is also the order of what gives way: labels and icons are placed from the top down, so what
 * stands higher is placed first, and what stands lower is left out where there is no room.
 */
import type { CustomLayerInterface, LayerSpecification, Map } from 'maplibre-gl'

export const ZORDER = [
  'sea',
  'land',
  'neighbour-line',
  'basemap',
  'edit-unit',
  'edit-river',
  'edit-road',
  'edit-building',
  'unit-base',
  'unit-fill',
  'analysis-unit',
  'analysis-fill',
  'basemap-veil',
  'basemap-water',
  'basemap-building',
  'basemap-road',
  'heat-unit',
  'heat',
  'unit-dim',
  'focus-tint',
  'border-microgrid',
  'border-grid',
  'border-village',
  'border-town',
  'border-coast',
  'border-county',
  'edit-border-microgrid',
  'edit-border-grid',
  'edit-border-village',
  'edit-border-town',
  'edit-border-county',
  'edit-chosen',
  'analysis-line',
  'heat-merged-case',
  'heat-merged',
  'heat-picked',
  'heat-area-fill',
  'heat-area-case',
  'heat-area-line',
  'heat-area-corner',
  'focus-line',
  'near-circle',
  'near-line',
  'green-dot',
  'label-sea',
  'edit-label-above',
  'edit-label',
  'label-neighbour',
  'heat-spot-case',
  'heat-spot-ring',
  'label-microgrid',
  'label-grid',
  'label-village',
  'camera-chip',
  'camera-cluster',
  'camera-far',
  'green',
  'label-town',
  'yellow',
  'yellow-cluster',
  'heat-spot-chip',
  'heat-spot',
  'analysis-point',
  'analysis-mark',
  'analysis-number',
  'near-label',
  'near-chip',
  'red',
] as const
export type LayerId = (typeof ZORDER)[number]

export type WallLayer = LayerSpecification & { id: LayerId }

/** Place in the list. Throws on an id that is not on it. */
export function rank(id: string): number {
  const at = ZORDER.indexOf(id as LayerId)
  if (at < 0) throw new Error(`layer ${id} has no place in the z-order`)
  return at
}

/** The layers from bottom to top. Throws on unknown ids and on one that comes twice. */
export function inOrder(layers: readonly WallLayer[]): WallLayer[] {
  const sorted = layers.toSorted((a, b) => rank(a.id) - rank(b.id))
  sorted.forEach(({ id }, n) => {
    if (sorted[n - 1]?.id === id) throw new Error(`layer ${id} comes twice`)
  })
  return sorted
}

/** Adds a layer to a living map at its place. */
export function place(map: Map, layer: WallLayer | (CustomLayerInterface & { id: LayerId })): void {
  const own = rank(layer.id)
  const above = map.getLayersOrder().find((id) => rank(id) > own)
  map.addLayer(layer, above)
}
