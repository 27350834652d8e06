// The server in a few files of JavaScript: reading its hundreds of TypeScript files takes as long as opening the embedded database.
import { rename, rm } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildWhenStale, ROOT } from './when-stale.mjs'

const FOLDER = '.build/server'
/** What a process or a thread begins with. */
const ENTRIES = [
  'server/main.ts',
  'server/db/pglite-worker.ts',
  'server/heat/heat-worker.ts',
  'server/commands/analysis-worker.ts',
  'server/commands/clean-worker.ts',
  'server/commands/plan-worker.ts',
  'server/commands/unit-plan-worker.ts',
  'server/commands/seed-batches.ts',
]
const nameOf = (entry) =>
  entry
    .replace(/^server\//, '')
    .replaceAll('/', '-')
    .replace(/\.ts$/, '')

/** Each module goes by the address of its source: files beside it are found, and threads are told which one they are. */
const ownAddresses = {
  name: 'own-addresses',
  enforce: 'pre',
  transform: (code, id) => {
    const path = relative(ROOT, id).split(sep).join('/')
    if (!/^(server|data)\//.test(path) || !code.includes('import.meta.url')) return null
    return { code: code.replaceAll('import.meta.url', `new URL('../../${path}', import.meta.url).href`), map: null }
  },
}

const build = async () => {
  const { build: run } = await import('vite')
  const made = join(ROOT, `${FOLDER}-${process.pid}`)
  await run({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    plugins: [ownAddresses],
    build: {
      ssr: true,
      outDir: made,
      target: 'node20',
      minify: false,
      rolldownOptions: {
        checks: { pluginTimings: false },
        input: Object.fromEntries(ENTRIES.map((entry) => [nameOf(entry), join(ROOT, entry)])),
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  })
  // Whole or not at all: another start may be reading the one before.
  await rm(join(ROOT, FOLDER), { recursive: true, force: true })
  await rename(made, join(ROOT, FOLDER))
}

/** Builds .build/server when it is missing or older than its sources; resolves true when it was built. */
export const buildServer = () =>
  buildWhenStale({ folder: FOLDER, sources: ['server', 'data/generator', 'data/luqiao', 'package.json', 'package-lock.json'], build })

/** Address of an entry's source → address of what was built of it. */
export const builtEntries = () =>
  new Map(ENTRIES.map((entry) => [pathToFileURL(join(ROOT, entry)).href, pathToFileURL(join(ROOT, FOLDER, `${nameOf(entry)}.mjs`)).href]))
