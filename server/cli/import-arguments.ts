/** The command line of `npm run import` as options of an import. */
import { parseArgs } from 'node:util'
import { COLUMNS, IMPORT_NOUNS, type ImportNoun, type ImportProfile } from '#contract/transfer.ts'
import { DATUMS } from '#model/crs.ts'
import { Problem } from '#contract/problem.ts'
import { parseProfile } from '../transfer/profile.ts'

/** Options of the query, and of the profile under the same names. */
const QUERY = ['county', 'countyName', 'countyNameEn', 'timeZone', 'datum', 'crs', 'layer', 'format', 'encoding', 'level'] as const
const PROFILE = ['delimiter', 'attribution', 'timeFormat'] as const

export const USAGE = `npm run import -- units|incidents|cameras|buildings|lines FILE [options]

Reads GeoJSON (.geojson, .json), CSV (.csv, .tsv, .txt), Shapefiles in a .zip, GeoPackage, KML, KMZ and TopoJSON into the running server, or into the database while it is stopped.
A repeat of the same file changes nothing. Rows that cannot be used are named, and the others are imported; units are
imported all or not at all, as they must cover their county without gap or overlap.

  --county CODE           county of 6 digits; new ones need --county-name and --time-zone as well
  --county-name NAME      --county-name-en NAME   --time-zone Asia/Shanghai   --attribution TEXT
  --datum DATUM           ${DATUMS.join(', ')}; GeoJSON is WGS 84 unless said otherwise
  --crs EPSG:4549         coordinate system of a file that states none; --layer NAME, of one that holds several
  --dry-run               says what would change, and changes nothing
  --profile NAME|FILE     a kept profile by its name, or a JSON file that ends in .json
  --save-profile NAME     keeps these options for the next time
  --report FILE           writes the whole result with every note as JSON
  --level LEVEL           level of units that have no code: town, village, grid (default), microgrid
  --replace               units of the county that the file does not hold end
  --format geojson|csv|shapefile|geopackage|kml|topojson   --encoding utf-8|gb18030|utf-16le|utf-16be   --delimiter CHARACTER   --time-format TOKENS

  --NAME-column COLUMN    where NAME stands in the file (again for more than one); NAME is one of
${wrap(COLUMNS.map(kebab))}
`

export interface ImportArguments {
  noun: ImportNoun
  path: string
  /** Of the request; `options` is a profile as JSON. */
  query: Record<string, string | boolean | undefined>
  report: string | undefined
}

/**
 * Reads the arguments. `readText` reads a profile's file. Throws `bad-request` for what cannot be used, and what parseArgs
 * throws for unknown options.
 */
export async function readArguments(
  argv: readonly string[],
  readText: (path: string) => Promise<string>,
): Promise<ImportArguments | 'help'> {
  const names = [...QUERY, ...PROFILE].map((name) => [kebab(name), { type: 'string' as const }] as const)
  const columns = COLUMNS.map((name) => [`${kebab(name)}-column`, { type: 'string' as const, multiple: true as const }] as const)
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      ...Object.fromEntries(names),
      ...Object.fromEntries(columns),
      profile: { type: 'string' },
      'save-profile': { type: 'string' },
      report: { type: 'string' },
      replace: { type: 'boolean' },
      'dry-run': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const given = values as Record<string, string | string[] | boolean | undefined>
  if (given['help']) return 'help'
  const [noun, path, more] = positionals
  if (!isNoun(noun)) throw new Problem('bad-request', `Say what to import: ${IMPORT_NOUNS.join(', ')}.\n\n${USAGE}`)
  if (path === undefined || more !== undefined) throw new Problem('bad-request', `Say which file to import, one at a time.\n\n${USAGE}`)

  const text = (name: string): string | undefined => given[name] as string | undefined
  const profileName = text('profile')
  const isFile = profileName?.endsWith('.json') ?? false
  const profile: Record<string, unknown> = isFile ? { ...parseProfile(await readText(profileName!)) } : {}
  for (const name of PROFILE) if (text(kebab(name)) !== undefined) profile[name] = text(kebab(name)) === '\\t' ? '\t' : text(kebab(name))
  const mapped = COLUMNS.flatMap((name) => {
    const columns = given[`${kebab(name)}-column`] as string[] | undefined
    return columns ? [[name, columns.length === 1 ? columns[0] : columns] as const] : []
  })
  if (mapped.length > 0) profile['columns'] = { ...(profile['columns'] as ImportProfile['columns']), ...Object.fromEntries(mapped) }
  return {
    noun,
    path,
    query: {
      ...Object.fromEntries(QUERY.map((name) => [name, text(kebab(name))])),
      dryRun: given['dry-run'] === true ? true : undefined,
      replace: given['replace'] === true ? true : undefined,
      profile: isFile ? undefined : profileName,
      saveProfile: text('save-profile'),
      options: Object.keys(profile).length > 0 ? JSON.stringify(profile) : undefined,
    },
    report: text('report'),
  }
}

const isNoun = (word: string | undefined): word is ImportNoun => (IMPORT_NOUNS as readonly (string | undefined)[]).includes(word)

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function wrap(words: readonly string[]): string {
  const lines = ['']
  for (const word of words) {
    if (lines.at(-1)!.length + word.length > 88) lines.push('')
    lines[lines.length - 1] += lines.at(-1) === '' ? word : `, ${word}`
  }
  return lines.map((line) => `                          ${line}`).join(',\n')
}
