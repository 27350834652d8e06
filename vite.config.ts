import { svelte } from '@sveltejs/vite-plugin-svelte'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
// Only the type: an installation without the development tools builds the web too.
import type {} from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))
/** Whatever touches a database, so that the quick check can leave it out. */
const DATABASE = [
  'test/server/{db,store,commands,routes,middleware,stream,tiles,jobs,transfer,boot,cli}/**/*.test.ts',
  'test/server/!(config).test.ts',
]
const BROWSER = ['test/e2e/**/*.test.ts']
const WEB = ['test/web/**/*.test.ts']

const testing = async () => (process.env['VITEST'] ? (await import('@testing-library/svelte/vite')).svelteTesting() : null)

export default defineConfig({
  root: `${root}web`,
  plugins: [svelte({ configFile: false })],
  worker: { format: 'es' },
  build: {
    outDir: `${root}.build/web`,
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: { proxy: { '^/(api|tiles|ogc|healthz|readyz|openapi.json)': 'http://localhost:8080' } },
  test: {
    root,
    maxWorkers: 2,
    // happy-dom rejects `finished` when an animation is cancelled with its element; browsers mark that promise as handled.
    onUnhandledError: (error): boolean | void => {
      if (error.name === 'AbortError' && error.message === 'The animation was canceled.') return false
    },
    // No test measures time: a slow machine is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: 'unit', environment: 'node', include: ['test/**/*.test.ts'], exclude: [...DATABASE, ...BROWSER, ...WEB] },
      },
      {
        extends: true,
        plugins: [testing()],
        test: { name: 'web', environment: 'happy-dom', include: WEB },
      },
      {
        extends: true,
        test: {
          name: 'database',
          environment: 'node',
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
          include: BROWSER,
          globalSetup: ['test/fixtures/clusters.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
