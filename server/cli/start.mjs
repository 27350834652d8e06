// npm start: builds the web when it was not built from what is here, then runs the server in this very process.
import { buildWeb } from './web-build.mjs'

let sources
/** A source of the server as it stands. What reads them takes a while, and is not needed where everything is built. */
const source = async (path) => {
  const { register } = await import('tsx/esm/api')
  sources ??= register({ namespace: 'start' })
  return sources.import(path, import.meta.url)
}

/** A server that runs on this folder serves the pages that stand here: whoever would build over them is refused first. */
const refuseSecond = async () => {
  const [{ readConfig }, { lockFolder }] = [await source('../config.ts'), await source('../boot/folder-lock.ts')]
  const lock = await lockFolder(readConfig(process.env).dataDir)
  await lock.release()
}

try {
  await buildWeb(refuseSecond)
} catch (cause) {
  process.stderr.write(`${(await source('../boot/explain.ts')).explain(cause)}\n`)
  process.exit(1)
}
await import('./serve.mjs')
