import { svelte } from '@sveltejs/vite-plugin-svelte'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'
import type { Endpoint } from './server/contract/endpoint.ts'
// Only the type: an installation without the development tools builds the web too.
import type {} from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))
/** Whatever touches a database, so that the quick check can leave it out. */
const DATABASE = [
  'test/server/{db,store,commands,routes,middleware,stream,tiles,heat,jobs,transfer,boot,cli}/**/*.test.ts',
  'test/server/!(config).test.ts',
]
const BROWSER = ['test/e2e/**/*.test.ts']
const WEB = ['test/web/**/*.test.ts']
/** Whole counties and outlines of hundreds of thousands of points: not for the quick check. */
const LARGE = ['test/**/*.large.test.ts']

/** Of property tests. */
const PROPERTIES = 'test/fixtures/properties.ts'

/** Found by its address, not by the build of this file: an installation without the tests has none. */
const SLOW_FIRST = new URL('./test/fixtures/slow-first.mjs', import.meta.url).href
const sequence = async () => (process.env['VITEST'] ? { sequencer: ((await import(SLOW_FIRST)) as { default: never }).default } : {})

const testing = async () => (process.env['VITEST'] ? (await import('@testing-library/svelte/vite')).svelteTesting() : null)

/**
 * The endpoint table as the pages need it: methods, paths and media types, without the schemas and the library that checks them,
 * which is a third of the wall's code. Types come from the table itself.
 */
const bareEndpoints = (): Plugin => {
  const write = async () => {
    const { tsImport } = await import('tsx/esm/api')
    const { endpoints } = (await tsImport('./server/contract/endpoints.ts', import.meta.url)) as { endpoints: Record<string, Endpoint> }
    const lines = Object.entries(endpoints).map(([name, { method, path, answer }]) => [
      name,
      { method, path, answer: typeof answer === 'string' ? answer : null },
    ])
    return `export const endpoints = ${JSON.stringify(Object.fromEntries(lines))}`
  }
  let written: Promise<string> | undefined
  return {
    name: 'bare-endpoints',
    // Tests read the table itself.
    apply: 'build',
    load: (id) => (id === `${root}server/contract/endpoints.ts` ? (written ??= write()) : null),
  }
}
const contract = [bareEndpoints()]
/** On a busy machine each build would tell how long its plugins took. */
const checks = { pluginTimings: false }

export default defineConfig({
  root: `${root}web`,
  plugins: [svelte({ configFile: false }), ...contract],
  worker: { format: 'es', plugins: () => contract, rolldownOptions: { checks } },
  build: {
    outDir: `${root}.build/web`,
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      checks,
      // A wall waits for every request before its first picture: what several pages share of our own comes in one piece.
      output: { codeSplitting: { groups: [{ name: 'shared', test: /[\\/]web[\\/](api|i18n|styles|ui)[\\/]/, minShareCount: 2 }] } },
    },
  },
  server: { proxy: { '^/(api|tiles|ogc|healthz|readyz|openapi.json)': 'http://localhost:8080' } },
  test: {
    root,
    // happy-dom rejects `finished` when an animation is cancelled with its element; browsers mark that promise as handled.
    onUnhandledError: (error): boolean | void => {
      if (error.name === 'AbortError' && error.message === 'The animation was canceled.') return false
    },
    // No test measures time: a slow machine is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: await sequence(),
    setupFiles: [PROPERTIES],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          // Pure code leaves nothing behind: its modules are read once, not for each file.
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [...DATABASE, ...BROWSER, ...WEB, ...LARGE],
        },
      },
      { extends: true, test: { name: 'large', environment: 'node', include: LARGE, testTimeout: 180_000 } },
      {
        extends: true,
        plugins: [testing()],
        test: { name: 'web', environment: 'happy-dom', isolate: false, setupFiles: ['test/fixtures/fresh-page.ts'], include: WEB },
      },
      {
        extends: true,
        test: {
          name: 'database',
          environment: 'node',
          // Reading the server anew for each file took as long as half of the tests; each file still has databases of its own.
          isolate: false,
          setupFiles: ['test/fixtures/closed-databases.ts'],
          include: DATABASE,
          globalSetup: ['test/fixtures/clusters.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          environment: 'node',
          isolate: false,
          setupFiles: ['test/fixtures/closed-databases.ts'],
          include: BROWSER,
          globalSetup: ['test/fixtures/clusters.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
