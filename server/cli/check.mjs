// npm run check: format, lint, types, unused code and the quick tests, two at a time; only what fails is shown.
import { fileURLToPath } from 'node:url'
import { runLimited } from './limited.mjs'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** None takes two minutes on two cores. */
const LIMIT_MINUTES = 10
const CHECKS = {
  // What has not changed is not looked at again; a clean clone, as continuous integration has it, looks at all.
  lint: ['eslint/bin/eslint.js', '--cache', '--cache-strategy', 'content', '--cache-location', '.cache/eslint', '.'],
  tests: ['vitest/vitest.mjs', 'run', '--project', 'unit', '--project', 'web', '--maxWorkers=2'],
  // Of components and of every .ts file: what tsc would say is in it.
  types: ['svelte-check/bin/svelte-check', '--tsconfig', './tsconfig.json', '--threshold', 'warning', '--output', 'human'],
  format: ['prettier/bin/prettier.cjs', '--check', '--cache', '--cache-strategy', 'content', '--cache-location', '.cache/prettier', '.'],
  unused: ['knip/bin/knip.js'],
}

const run = async ([name, [program, ...args]]) => {
  const began = Date.now()
  let output = ''
  const status = await runLimited([`node_modules/${program}`, ...args], LIMIT_MINUTES, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    onOutput: (chunk) => (output += chunk),
  })
  process.stdout.write(
    `${status === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(8)} ${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s\n`,
  )
  if (status !== 0) process.stdout.write(`${output}\n`)
  if (status === null) process.stdout.write(`${name} did not end within ${LIMIT_MINUTES} minutes and was stopped.\n`)
  return status === 0
}

const waiting = Object.entries(CHECKS)
const work = async () => {
  let isGood = true
  for (let next = waiting.shift(); next; next = waiting.shift()) isGood = (await run(next)) && isGood
  return isGood
}
const results = await Promise.all([work(), work()])
process.exit(results.every(Boolean) ? 0 : 1)
