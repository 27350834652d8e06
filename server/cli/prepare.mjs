// npm install: makes beforehand what the first start would otherwise wait for. A failure here is no failure of the installation,
// as npm start makes whatever is missing.
import { register } from 'tsx/esm/api'
import { buildWeb } from './web-build.mjs'

try {
  await buildWeb()
  register()
  const { ensureDemoTemplate } = await import('../boot/demo-template.ts')
  await ensureDemoTemplate()
} catch (cause) {
  process.stderr.write(
    `Not everything could be made beforehand; npm start will try again. ${cause instanceof Error ? cause.message : cause}\n`,
  )
}
