/**
 * The judge of the layout: which folder may import which, where SQL may stand, how long a file may be.
 * What fails here is mended in the code, or argued over in the architecture first.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SOURCE = /\.(ts|mjs|svelte)$/
const MAX_LINES = 300

const listFiles = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => relative(ROOT, join(each.parentPath, each.name)))
const files = ['server', 'web', 'test', 'data/generator', 'data/luqiao'].flatMap(listFiles).filter((path) => SOURCE.test(path))
const textOf = new Map(files.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]))
const product = files.filter((path) => !path.startsWith('test/'))

/** What a file imports: paths from the root for our own files, bare names for packages and Node. */
const importsOf = (path: string): string[] => {
  const found = textOf
    .get(path)!
    .matchAll(/(?:^|[\s;])(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/gm)
  return [...found].map((match) => {
    const name = (match[1] ?? match[2])!.replace(/\?.*$/, '')
    if (name.startsWith('#')) return `server/${name.slice(1)}`
    return name.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(path), name)) : name
  })
}

/** Folder or file → what it may import of ours, by prefix. Its own folder is always allowed; the first prefix that fits rules. */
const ARROWS: [from: string, to: string[]][] = [
  ['server/model/', []],
  ['server/contract/', ['server/model/']],
  ['server/db/', ['server/model/']],
  ['server/store/', ['server/model/', 'server/contract/', 'server/db/', 'server/middleware/actor.ts', 'data/generator/']],
  [
    'server/commands/',
    ['server/model/', 'server/contract/', 'server/db/', 'server/store/', 'server/middleware/', 'server/transfer/', 'data/'],
  ],
  ['server/middleware/', ['server/model/', 'server/contract/', 'server/db/', 'server/store/', 'server/commands/', 'server/config.ts']],
  ['server/tiles/', ['server/model/', 'server/contract/', 'server/db/', 'server/store/', 'server/stream/', 'server/middleware/']],
  ['server/stream/', ['server/model/', 'server/contract/', 'server/db/', 'server/store/', 'server/middleware/']],
  ['server/transfer/', ['server/model/', 'server/contract/', 'server/store/']],
  ['server/', ['server/', 'data/']],
  ['web/', ['server/model/', 'server/contract/', 'data/land/land.geojson', 'data/luqiao/scenery.geojson']],
  ['data/', ['server/model/', 'data/']],
  ['test/', ['server/', 'web/', 'data/', 'test/']],
]
const mayImport = (path: string, imported: string): boolean => {
  const [from, to] = ARROWS.find(([prefix]) => path.startsWith(prefix))!
  return imported.startsWith(from) || to.some((prefix) => imported.startsWith(prefix))
}
const isOurs = (name: string): boolean => /^(server|web|data|test)\//.test(name)

describe('the arrows', () => {
  it('see the imports of every file', () => {
    expect(files.length).toBeGreaterThan(50)
    expect(importsOf('server/main.ts')).toContain('server/app.ts')
    expect(importsOf('server/contract/user.ts')).toContain('server/model/access.ts')
  })

  it('are the only imports', () => {
    const wrong = files.flatMap((path) =>
      importsOf(path)
        .filter((name) => isOurs(name) && !mayImport(path, name))
        .map((name) => `${path} imports ${name}`),
    )
    expect(wrong).toEqual([])
  })

  it('keep Node, the browser and whatever is not pure out of model and contract', () => {
    const PURE = {
      'server/model/': ['d3-delaunay', 'flatbush', 'gcoord', 'geojson', 'luxon', 'rbush'],
      'server/contract/': ['zod', 'geojson'],
    }
    const wrong = product
      .filter((path) => /^server\/(model|contract)\//.test(path))
      .flatMap((path) =>
        importsOf(path)
          .filter(
            (name) => !isOurs(name) && !Object.entries(PURE).some(([folder, names]) => path.startsWith(folder) && names.includes(name)),
          )
          .map((name) => `${path} imports ${name}`),
      )
    expect(wrong).toEqual([])
  })

  it('write the extension of every file of ours', () => {
    const wrong = files.flatMap((path) =>
      importsOf(path)
        .filter((name) => isOurs(name) && !/\.\w+$/.test(name))
        .map((name) => `${path} imports ${name}`),
    )
    expect(wrong).toEqual([])
  })
})

describe('the model', () => {
  it('asks neither clock nor chance', () => {
    const wrong = product.filter(
      (path) =>
        path.startsWith('server/model/') && /Date\.now|new Date\(\)|Math\.random|performance\.now|randomUUID/.test(textOf.get(path)!),
    )
    expect(wrong).toEqual([])
  })
})

/** Hands on the texts of connect-pg-simple, which are its own. */
const SQL_ADAPTER = 'server/middleware/sessions.ts'

describe('SQL', () => {
  it('stands in store, migrations and the driver only', () => {
    const wrong = product.filter(
      (path) =>
        path.startsWith('server/') &&
        path !== SQL_ADAPTER &&
        !/^server\/(store|db)\//.test(path) &&
        importsOf(path).some((name) => name === 'server/db/sql.ts' || name === 'sql-template-tag'),
    )
    expect(wrong).toEqual([])
  })
})

describe('the map', () => {
  it('is made in one place', () => {
    const makers = product.filter(
      (path) => /new (maplibre\.|maplibregl\.)?Map\(\s*\{/.test(textOf.get(path)!) && /maplibre-gl/.test(textOf.get(path)!),
    )
    expect(makers.length).toBeLessThanOrEqual(1)
  })
})

describe('a file', () => {
  it(`has at most ${MAX_LINES} lines`, () => {
    const long = product.map((path) => [path, textOf.get(path)!.split('\n').length - 1] as const).filter(([, lines]) => lines > MAX_LINES)
    expect(long).toEqual([])
  })

  it('is named for a noun: no utils, helpers, common, and no barrel', () => {
    expect(files.filter((path) => /(^|\/)(utils?|helpers?|common|index)\.(ts|mjs|svelte)$/.test(path))).toEqual([])
  })

  it('is kebab-case, a component PascalCase', () => {
    const wrong = product.filter((path) => {
      const name = path.split('/').at(-1)!
      return name.endsWith('.svelte')
        ? !/^[A-Z][A-Za-z0-9]*\.svelte$/.test(name)
        : !/^[a-z0-9]+(-[a-z0-9]+)*(\.svelte)?\.(ts|mjs)$/.test(name)
    })
    expect(wrong).toEqual([])
  })

  it('exports names, never a default', () => {
    const wrong = product.filter((path) => path.endsWith('.ts') && /^export default /m.test(textOf.get(path)!))
    expect(wrong).toEqual([])
  })
})
