// npm start: builds the web when it was not built from what is here, then runs the server in this very process.
import { buildWeb } from './web-build.mjs'

await buildWeb()
await import('./serve.mjs')
