/**
 * `npm run bench [-- NAME …]`: runs the benches one after the other, each in a process of its own, and keeps their tables in
 * docs/benchmarks.md. A bench that is not named keeps the section of its last run.
 */
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { chromiumVersion } from '../fixtures/browser.ts'
import { findPrograms } from '../fixtures/clusters.ts'

const TITLES = {
  live: 'From a report to 200 screens',
  screens: 'From a report to the map of a wall',
  reads: 'Tiles and OGC items',
  wall: 'The wall in a browser',
  start: 'Starts and memory',
  topology: 'Topology and dissolve',
  publish: 'Saving and publishing plans',
  drag: 'Dragging with a live balance',
  workbench: 'The workbench in a browser',
  redivision: 'Re-division',
  heat: 'Heat on the server',
  'heat-screen': 'Heat in a browser',
  'hot-spots': 'Hot spots and reports',
} as const
type Name = keyof typeof TITLES
const NAMES = Object.keys(TITLES) as Name[]
const REPORT = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))

/** Runs one bench; what it prints goes to the terminal too. Rejects when it fails. */
const run = (name: Name): Promise<string> =>
  new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString()
      process.stdout.write(text)
    })
    child.once('exit', (code) => (code === 0 ? resolve(said) : reject(new Error(`The bench ${name} ended with ${code}.`))))
  })

/** Tables drawn with lines become Markdown; a bench's own heading is left to this report. */
const toMarkdown = (said: string): string => {
  const lines: string[] = []
  let header = false
  for (const line of said.split('\n')) {
    if (/^## /.test(line) || /^[├└]/.test(line)) continue
    if (line.startsWith('┌')) {
      header = true
      lines.push('')
    } else if (line.startsWith('│')) {
      // The first cell is the row's number.
      const cells = line
        .split('│')
        .slice(2, -1)
        .map((cell) => cell.trim().replace(/^'(.*)'$/, '$1'))
      lines.push(`| ${cells.join(' | ')} |`)
      if (header) lines.push(`|${' --- |'.repeat(cells.length)}`)
      header = false
    } else lines.push(line)
  }
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const machine = (): string => {
  const memory = Math.round(totalmem() / 1024 ** 3)
  const parts = [`${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`, `${memory} GB`, `Node ${process.version}`]
  const postgres = /postgresql\/(\d+)/.exec(findPrograms() ?? '')?.[1]
  if (postgres) parts.push(`PostgreSQL ${postgres}`)
  const browser = chromiumVersion()
  if (browser) parts.push(browser)
  return parts.join(', ')
}

/** Sections of an earlier report, by title. */
const earlier = async (): Promise<Map<string, string>> => {
  const text = await readFile(REPORT, 'utf8').catch(() => '')
  return new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((section) => {
        const end = section.indexOf('\n')
        return [section.slice(0, end).trim(), section.slice(end).trim()]
      }),
  )
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in TITLES))
if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(', ')}: name some of ${NAMES.join(', ')}, or none for all.\n`)
  process.exit(1)
}
const sections = await earlier()
for (const name of asked.length > 0 ? (asked as Name[]) : NAMES) {
  process.stdout.write(`\n— ${name} —\n`)
  const began = new Date().toISOString().slice(0, 10)
  const table = toMarkdown(await run(name))
  sections.set(TITLES[name], `${began}; ${machine()}.\n\n${table}`)
  const kept = Object.values(TITLES).flatMap((title) => (sections.has(title) ? [`## ${title}\n\n${sections.get(title)}\n`] : []))
  const head =
    '# Benchmarks\n\nMeasured by `npm run bench`; each table within one run on one machine. Ratios travel to another machine, milliseconds do not.\n'
  await writeFile(REPORT, [head, ...kept].join('\n'))
}
