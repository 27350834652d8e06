/**
 * npm run simulate: plays grid workers and a duty desk through the public API, so that anyone can watch a wall live.
 * Each report is followed by about three moves of others along the loop; it ends by itself.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import type { Severity, State } from '#model/incident.ts'
import type { Transition } from '#model/workflow.ts'
import { incident, kindList, openIncidents } from '#contract/incident.ts'
import type { ProblemDetails } from '#contract/problem.ts'
import { unitList, type UnitSummary } from '#contract/unit.ts'
import { readCliAccess } from '../boot/cli-access.ts'
import { readConfig } from '../config.ts'

const USAGE = `npm run simulate -- [options]
  --rate 5       reports a second, up to 500 (default 1)
  --for 60s      how long: 90s, 10m, 2h (default 60s)
  --url URL      of the server (default: the one that runs on DATA_DIR)
  --token TOKEN  of a dispatcher or administrator (default: the command line's own, from DATA_DIR)
  --unit CODE    county, town or village to play in (default: the token's)`

const MOVES_A_REPORT = 3
const MOST_UNDER_WAY = 64
const LINE_MS = 1000

const UNITS = { s: 1000, m: 60_000, h: 3_600_000 } as const
const options = z.object({
  rate: z.coerce.number('must be a number').positive('must be more than 0').max(500, 'must be at most 500').default(1),
  for: z
    .string()
    .regex(/^\d{1,6}[smh]$/, 'must be such as 90s, 10m or 2h')
    .default('60s')
    .transform((text) => Number(text.slice(0, -1)) * UNITS[text.slice(-1) as keyof typeof UNITS]),
  url: z.url('must be an address such as http://localhost:8080').optional(),
  token: z.string().min(1).optional(),
  unit: z
    .string()
    .regex(/^\d{6,17}$/, 'must be a unit code')
    .optional(),
  help: z.boolean().optional(),
})

/** A sentence for the person at the keyboard. */
class Refused extends Error {}

const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!

/** A place not far from where the unit's name stands; the server says which unit it really is. */
function placeIn({ labelPoint: [lng, lat], bbox: [west, south, east, north] }: UnitSummary): [number, number] {
  const near = () => (Math.random() + Math.random() + Math.random() - 1.5) / 3
  return [lng + near() * (east - west), lat + near() * (north - south)]
}

const severityNow = (): Severity => {
  const die = Math.random()
  return die < 0.04 ? 'red' : die < 0.3 ? 'yellow' : 'green'
}

/** What a desk would do next with an incident in this state; null when it waits for something else. */
function nextFor(state: State): Transition | null {
  if (Math.random() < 0.02) return 'cancel'
  if (state === 'reported') return Math.random() < 0.15 ? 'close' : 'accept'
  const next: Partial<Record<State, Transition>> = {
    accepted: 'assign',
    routed: 'assign',
    returned: 'accept',
    assigned: 'handle',
    handling: 'feedback',
    fed_back: 'close',
    paused: 'resume',
  }
  return next[state] ?? null
}

type Ask = <S extends z.ZodType>(schema: S, path: string, body?: unknown) => Promise<z.output<S>>

const client =
  (url: string, token: string): Ask =>
  async (schema, path, body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(
      new URL(path, url),
      body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) },
    )
    if (answer.ok) return schema.parse(await answer.json())
    const problem = (await answer.json()) as ProblemDetails
    throw new Refused(problem.detail ?? problem.title)
  }

interface Tally {
  reports: number
  moves: number
  failed: number
  slowest: number
}

async function play(
  ask: Ask,
  { rate, ms, unit }: { rate: number; ms: number; unit: string | undefined },
  say: (tally: Tally) => void,
): Promise<Tally> {
  const query = unit === undefined ? '' : `?unit=${unit}`
  const [units, kinds, open] = await Promise.all([
    ask(unitList, `/api/units${query}`),
    ask(kindList, '/api/kinds'),
    ask(openIncidents, `/api/incidents/open${query}`),
  ])
  const leaves = units.units.filter(({ isLeaf, code }) => isLeaf && code.startsWith(unit ?? ''))
  if (leaves.length === 0) throw new Refused('There is no grid to report from: seed or import units first.')
  const allKinds = kinds.classes.flatMap((each) => each.kinds)
  const states = new Map<string, State>(open.incidents.map(({ id, state }) => [id, state]))
  const busy = new Set<string>()
  const tally: Tally = { reports: 0, moves: 0, failed: 0, slowest: 0 }
  const underWay = new Set<Promise<void>>()

  const report = async () => {
    const kind = pick(allKinds)
    const filed = await ask(incident, '/api/incidents', {
      id: randomUUID(),
      kind: kind.code,
      severity: severityNow(),
      text: `${kind.name}（模拟 / simulated）`,
      location: placeIn(pick(leaves)),
      occurredAt: new Date().toISOString(),
      source: pick(['grid_worker', 'grid_worker', 'grid_worker', 'snapshot', 'hotline_12345', 'city_management'] as const),
    })
    states.set(filed.id, filed.state)
    tally.reports++
  }
  const move = async () => {
    const id = pick([...states.keys()])
    const transition = id === undefined || busy.has(id) ? null : nextFor(states.get(id)!)
    if (!transition) return
    busy.add(id)
    try {
      const moved = await ask(incident, `/api/incidents/${id}/transitions`, { transition })
      if (moved.state === 'closed' || moved.state === 'cancelled') states.delete(id)
      else states.set(id, moved.state)
      tally.moves++
    } catch (cause) {
      // Somebody at a real desk was faster: it is no longer ours to move.
      states.delete(id)
      throw cause
    } finally {
      busy.delete(id)
    }
  }
  const start = (work: () => Promise<void>) => {
    if (underWay.size >= MOST_UNDER_WAY) return
    const began = performance.now()
    const one: Promise<void> = work()
      .catch(() => void tally.failed++)
      .finally(() => {
        underWay.delete(one)
        tally.slowest = Math.max(tally.slowest, performance.now() - began)
      })
    underWay.add(one)
  }

  const line = setInterval(() => say(tally), LINE_MS)
  const began = performance.now()
  for (let n = 0; n * (1000 / rate) < ms; n++) {
    await sleep(Math.max(0, began + (n * 1000) / rate - performance.now()))
    start(report)
    for (let m = 0; m < MOVES_A_REPORT; m++) start(move)
  }
  await Promise.all(underWay)
  clearInterval(line)
  return tally
}

const textOf = ({ reports, moves, failed, slowest }: Tally): string =>
  `${reports} reports · ${moves} moves · ${failed} refused · slowest ${Math.round(slowest)} ms`

const run = async (): Promise<void> => {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { rate: text, for: text, url: text, token: text, unit: text, help: { type: 'boolean' } } })
  if (values.help) return void process.stdout.write(`${USAGE}\n`)
  const read = options.safeParse(values)
  if (!read.success) throw new Refused(read.error.issues.map(({ path, message }) => `--${path.join('.')} ${message}.`).join('\n'))
  const { rate, for: ms, url, token, unit } = read.data
  const access = await readCliAccess(readConfig(process.env).dataDir)
  const where = url ?? access?.address ?? 'http://localhost:8080'
  const who = token ?? access?.token
  if (who === undefined) throw new Refused('No server runs on DATA_DIR: start it, or say --url and --token.')
  const live = process.stdout.isTTY
  process.stdout.write(`Playing ${rate} reports a second for ${ms / 1000} s at ${where}\n`)
  const tally = await play(client(where, who), { rate, ms, unit }, (now) =>
    process.stdout.write(live ? `\r\x1b[K${textOf(now)}` : `${textOf(now)}\n`),
  )
  process.stdout.write(`${live ? '\r\x1b[K' : ''}${textOf(tally)}\n`)
}

run().catch((cause: Error & { code?: string }) => {
  const unreachable = cause.message === 'fetch failed'
  const isUsage = cause.code?.startsWith('ERR_PARSE_ARGS') ?? false
  process.stderr.write(`\n${unreachable ? 'The server does not answer. Is it running?' : cause.message}\n${isUsage ? `${USAGE}\n` : ''}`)
  process.exitCode = 1
})
