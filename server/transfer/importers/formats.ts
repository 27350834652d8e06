/** Which importer reads a file: the one that was named, otherwise the one of the name's ending, otherwise by the first character. */
import { Problem } from '#contract/problem.ts'
import { csv } from './csv.ts'
import { geojson } from './geojson.ts'
import type { Format, Importer, ImportFile } from './importer.ts'

const IMPORTERS: readonly Importer[] = [geojson, csv]

/** Throws `bad-file` for an ending that we do not read. */
export async function importerFor(file: ImportFile, format: Format | undefined): Promise<Importer> {
  const named = format && IMPORTERS.find((importer) => importer.format === format)
  if (named) return named
  const ending = /\.[^./\\]+$/.exec(file.name.toLowerCase())?.[0]
  const byName = IMPORTERS.find((importer) => importer.extensions.includes(ending ?? ''))
  if (byName) return byName
  if (ending !== undefined)
    throw new Problem(
      'bad-file',
      `Files of the kind ${ending} are not read; ${IMPORTERS.flatMap(({ extensions }) => extensions).join(', ')} are.`,
    )
  for await (const chunk of file.open()) return /^[\s\uFEFF]*\{/.test(Buffer.from(chunk.subarray(0, 64)).toString('utf8')) ? geojson : csv
  throw new Problem('bad-file', 'The file is empty.')
}
