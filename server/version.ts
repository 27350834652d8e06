/** What runs here: the package's version, and the web build that goes with it. An open page reloads when it changes. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const PACKAGE = new URL('../package.json', import.meta.url)
/** Folder of the built web, with a trailing slash. It is absent while only the server was checked out or is being worked on. */
export const WEB_FOLDER = fileURLToPath(new URL('../.build/web/', import.meta.url))

/** As in `0.1.0+3f2a9c41`. */
export function readVersion(webFolder: string = WEB_FOLDER): string {
  const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }
  const page = `${webFolder}index.html`
  // The page names its scripts by their hashes: its own hash stands for them all.
  return existsSync(page) ? `${version}+${createHash('sha256').update(readFileSync(page)).digest('hex').slice(0, 8)}` : version
}
