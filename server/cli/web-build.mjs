// The web's build, remade only when it is older than its sources.
import { join } from 'node:path'
import { buildWhenStale, ROOT } from './when-stale.mjs'

/** Builds .build/web when it is missing or older than its sources; resolves true when it was built. `before` may throw to prevent it. */
export const buildWeb = (before) =>
  buildWhenStale({
    before,
    folder: '.build/web',
    sources: ['web', 'server/contract', 'server/model', 'vite.config.ts', 'package.json', 'package-lock.json'],
    build: async () => {
      process.stdout.write('Building the web pages …\n')
      const { build } = await import('vite')
      await build({ configFile: join(ROOT, 'vite.config.ts'), logLevel: 'warn' })
    },
  })
