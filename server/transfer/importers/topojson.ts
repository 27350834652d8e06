/** TopoJSON: shared lines once, put together again to features. WGS 84, as GeoJSON; its own `transform` is undone by the library. */
import type { Feature, FeatureCollection } from 'geojson'
import { feature } from 'topojson-client'
import type { Topology } from 'topojson-specification'
import { Problem } from '#contract/problem.ts'
import type { ImportNote } from '#contract/transfer.ts'
import { jsonOf, rowsOfFeatures, statedCrs } from './geojson.ts'
import type { Importer } from './importer.ts'
import { chooseLayer } from './layer.ts'

const DEEPEST = 6

export const topojson: Importer = {
  format: 'topojson',
  extensions: ['.topojson'],
  async read(file, { encoding, layer }) {
    const notes: ImportNote[] = []
    const document = await jsonOf(file, encoding, notes)
    const { objects, arcs } = document
    if (document['type'] !== 'Topology' || typeof objects !== 'object' || objects === null || !Array.isArray(arcs))
      throw new Problem('bad-file', 'The file is JSON, but no TopoJSON.')
    const chosen = chooseLayer(Object.keys(objects), layer, 'object')
    const object = (objects as Record<string, unknown>)[chosen]
    requireShallow(object, 0)
    return { rows: rowsOfFeatures(featuresOf(document as never, object)), columns: null, ...statedCrs(document), notes }
  },
}

/** Collections in collections could make a few bytes into a walk without end. */
function requireShallow(object: unknown, depth: number): void {
  if (depth > DEEPEST) throw new Problem('bad-file', 'The file nests its collections too deep.')
  const { geometries } = (object ?? {}) as { geometries?: unknown }
  if (Array.isArray(geometries)) for (const each of geometries) requireShallow(each, depth + 1)
}

function featuresOf(topology: Topology, object: unknown): Feature[] {
  try {
    const found = feature(topology, object as never) as Feature | FeatureCollection
    return found.type === 'FeatureCollection' ? found.features : [found]
  } catch (cause) {
    throw new Problem('bad-file', `The TopoJSON is broken: ${cause instanceof Error ? cause.message : String(cause)}.`)
  }
}
