// npm test: brings what the tests need, runs them all (or the named groups: unit web large database browser), and adds up.
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runLimited } from './limited.mjs'
import { prepareRequirements } from './requirements.mjs'
import { buildWeb } from './web-build.mjs'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs')
const GROUPS = ['unit', 'web', 'large', 'database', 'browser']
/** Files at once: those with a database or a browser wait for other processes, and for time to pass, more than they reckon. */
const WORKERS = { database: 3, browser: 3 }

/** No group takes so long: one that does hangs, and the others are still to be heard. */
const LIMIT_MINUTES = 25

const runGroup = async (group, env) => {
  const report = join(ROOT, `.cache/test-${group}.json`)
  await rm(report, { force: true })
  const args = [
    'run',
    '--project',
    group,
    `--maxWorkers=${WORKERS[group] ?? 2}`,
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
  const status = await runLimited([VITEST, ...args], LIMIT_MINUTES, { cwd: ROOT, env, stdio: 'inherit' })
  if (status === null) process.stdout.write(`\n${group} did not end within ${LIMIT_MINUTES} minutes and was stopped.\n`)
  const results = JSON.parse(await readFile(report, 'utf8').catch(() => '{"testResults":[]}')).testResults
  const tests = results.flatMap(({ assertionResults }) => assertionResults)
  const count = (...statuses) => tests.filter(({ status: each }) => statuses.includes(each)).length
  const passed = count('passed')
  const failed = count('failed')
  // A file that cannot even be loaded, or a run that breaks down, is a failure without a test to show for it.
  const broken = results.filter(
    ({ status: each, assertionResults }) => each === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length
  return { passed, failed: Math.max(failed + broken, status === 0 ? 0 : 1), skipped: tests.length - passed - failed }
}

const asked = process.argv.slice(2)
const unknown = asked.filter((group) => !GROUPS.includes(group))
if (unknown.length > 0) {
  process.stderr.write(`There is no group ${unknown.join(', ')}: give some of ${GROUPS.join(', ')}, or none for all.\n`)
  process.exit(2)
}
const began = Date.now()
await mkdir(join(ROOT, '.cache'), { recursive: true })
const { chromium } = prepareRequirements()
const env = { ...process.env, ...(chromium === null ? {} : { CHROMIUM: chromium }) }
const total = { passed: 0, failed: 0, skipped: 0 }
for (const group of GROUPS.filter((each) => asked.length === 0 || asked.includes(each))) {
  process.stdout.write(`\n── ${group} ──\n`)
  if (group === 'browser') await buildWeb()
  const result = await runGroup(group, env)
  for (const key of Object.keys(total)) total[key] += result[key]
}
const { passed, failed, skipped } = total
const parts = [failed > 0 && `${failed} failed`, `${passed} passed`, skipped > 0 && `${skipped} skipped`].filter(Boolean)
process.stdout.write(
  `\n      Tests  ${parts.join(' | ')} (${passed + failed + skipped})\n   Duration  ${Math.round((Date.now() - began) / 1000)}s\n\n`,
)
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
process.exit(failed > 0 ? 1 : 0)
