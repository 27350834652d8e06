// npm install: makes beforehand what the first start would otherwise wait for. A failure here is no failure of the installation,
// as npm start makes whatever is missing.
import { register } from 'tsx/esm/api'
import { buildServer } from './server-build.mjs'
import { buildWeb } from './web-build.mjs'

const makeTemplate = async () => {
  register()
  const { ensureDemoTemplate } = await import('../boot/demo-template.ts')
  await ensureDemoTemplate()
}

for (const make of [buildWeb, buildServer, makeTemplate]) {
  try {
    await make()
  } catch (cause) {
    process.stderr.write(`Could not be made beforehand; npm start will try again: ${cause instanceof Error ? cause.message : cause}\n`)
  }
}
// A bundler that failed may leave threads behind that nobody waits for.
process.exit(0)
