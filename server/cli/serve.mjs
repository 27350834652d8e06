// The server, built when it was not built from what is here, in this very process.
import { setEnvironmentData } from 'node:worker_threads'
import { buildServer, builtEntries } from './server-build.mjs'

await buildServer()
const entries = builtEntries()
// For ts-worker.mjs: threads begin with what was built, too.
setEnvironmentData('built', entries)
await import(entries.get(new URL('../main.ts', import.meta.url).href))
