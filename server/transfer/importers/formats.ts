/** Which importer reads a file: the one that was named, otherwise the one of the name's ending, otherwise by the first character. */
import { Problem } from '#contract/problem.ts'
import { csv } from './csv.ts'
import { geojson } from './geojson.ts'
import { geopackage } from './geopackage.ts'
import type { Format, Importer, ImportFile } from './importer.ts'
import { kml } from './kml.ts'
import { shapefile } from './shapefile.ts'
import { topojson } from './topojson.ts'

const IMPORTERS: readonly Importer[] = [geojson, csv, shapefile, geopackage, kml, topojson]

/** Throws `bad-file` for an ending that we do not read. */
export async function importerFor(file: ImportFile, format: Format | undefined): Promise<Importer> {
  const named = format && IMPORTERS.find((importer) => importer.format === format)
  if (named) return named
  const ending = /\.[^./\\]+$/.exec(file.name.toLowerCase())?.[0]
  const byName = IMPORTERS.find((importer) => importer.extensions.includes(ending ?? ''))
  if (byName && byName !== geojson) return byName
  if (ending === '.shp' || ending === '.dbf')
    throw new Problem('bad-file', 'A shapefile is several files: send them (.shp, .dbf, .prj, .cpg) together in one zip.')
  if (!byName && ending !== undefined)
    throw new Problem(
      'bad-file',
      `Files of the kind ${ending} are not read; ${IMPORTERS.flatMap(({ extensions }) => extensions).join(', ')} are.`,
    )
  for await (const chunk of file.open()) {
    const text = Buffer.from(chunk.subarray(0, 4096)).toString('latin1')
    if (/^[^{]*\{\s*"type"\s*:\s*"Topology"/.test(text)) return topojson
    return byName ?? bySight(text)
  }
  throw new Problem('bad-file', 'The file is empty.')
}

/** By the first bytes of a file without a name. */
function bySight(text: string): Importer {
  if (text.startsWith('PK')) return shapefile
  if (text.startsWith('SQLite format 3')) return geopackage
  if (/^[\s\u00EF\u00BB\u00BF]*\{/.test(text)) return geojson
  return /^[\s\u00EF\u00BB\u00BF]*<(\?xml|kml)/.test(text) ? kml : csv
}
