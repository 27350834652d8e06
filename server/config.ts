/**
 * Configuration: environment → one frozen, typed Config. OPTIONS is the one table of it (the README's is tested against it).
 * A malformed value, or a name that looks like a misspelt one of ours, stops the start with a sentence.
 */
import { resolve } from 'node:path'
import { z } from 'zod'
import { UNIT_KINDS, type UnitKind } from '#model/level.ts'
import type { Targets } from '#model/targets.ts'
import { isPmtiles, isProxy, isReadable, pairFault } from './boot/named.ts'

/** What is drawn below the grids, besides the product's own land and sea. */
export type Basemap =
  | { kind: 'pmtiles'; path: string }
  | { kind: 'raster'; tiles: string }
  | { kind: 'tilejson'; url: string }
  | { kind: 'tianditu'; key: string }

export interface Config {
  /** 0 takes any free port. */
  readonly port: number
  /** undefined listens on every address, IPv6 and IPv4. */
  readonly host: string | undefined
  readonly databaseUrl: string | undefined
  /** A streaming replica of it, for what only reads. */
  readonly replicaUrl: string | undefined
  readonly replicaMaxLagMs: number
  /** Coming months whose incidents have their partition already. */
  readonly incidentMonthsAhead: number
  /** Whole months, besides the running one, that incidents are kept; 0: for ever. */
  readonly incidentRetentionMonths: number
  /** Absolute. Holds the embedded database, the lock, and the command line's way in. */
  readonly dataDir: string
  readonly seed: 'demo' | 'none'
  /** End of the demo's incidents; undefined: now. */
  readonly seedUntil: Date | undefined
  readonly seedIncidents: number
  readonly adminPassword: string | undefined
  /** Absolute paths of PEM files; undefined: plain HTTP. */
  readonly tls: { readonly certPath: string; readonly keyPath: string } | undefined
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
  /** As Express' setting of that name: false, a number of proxies, or their addresses. */
  readonly trustProxy: false | number | string
  readonly basemap: Basemap | undefined
  readonly basemapAttribution: string | undefined
  readonly dutyPhone: string | undefined
  /** The county a wall opens with; undefined: the first one there is. */
  readonly county: string | undefined
  readonly title: string | undefined
  readonly uploadLimitBytes: number
  /** What grids should hold. */
  readonly targets: Targets
  /** Smallest count that a reader who may not read incidents is shown. */
  readonly heatMinCount: number
}

/** A configuration that cannot be used; every sentence names its option. */
export class BadConfig extends Error {
  override readonly name = 'BadConfig'
  readonly sentences: readonly string[]
  constructor(sentences: readonly string[]) {
    super(sentences.join('\n'))
    this.sentences = sentences
  }
}

const integer = (min: number, max: number, unit = '') =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number${unit}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be between ${min} and ${max}`)
const file = z.string().refine(isReadable, 'must be a file that can be read')
const MOST_HOUSEHOLDS = 100_000
const range = z
  .string()
  .regex(/^\d{1,6}-\d{1,6}$/, 'must be two whole numbers such as 300-500')
  .transform((text) => text.split('-').map(Number) as [number, number])
  .refine(([least, most]) => least <= most && most > 0 && most <= MOST_HOUSEHOLDS, `must rise, to at most ${MOST_HOUSEHOLDS}`)
const isUnitKind = (word: string): word is UnitKind => (UNIT_KINDS as readonly string[]).includes(word)
const unitKinds = z
  .string()
  .transform((text) => (text === 'none' ? [] : text.split(',').map((word) => word.trim())))
  .refine((words) => words.every(isUnitKind), `must be none, or some of ${UNIT_KINDS.join(', ')} with commas between`)
  .transform((words) => words.filter(isUnitKind))
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
const isPostgres = (text: string) => /^postgres(ql)?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')

interface Option<T> {
  schema: z.ZodType<T, string>
  /** As it would be written in the environment. */
  default?: string
  description: string
}
const option = <T>(schema: z.ZodType<T, string>, description: string, fallback?: string): Option<T> => ({
  schema,
  description,
  ...(fallback === undefined ? {} : { default: fallback }),
})

/** Every option, in the order of the README's table. */
export const OPTIONS = {
  PORT: option(integer(0, 65_535), 'Port to listen on; 0 takes a free one', '8080'),
  HOST: option(z.string().regex(/^[\w.:-]+$/, 'must be a host name or an address'), 'Address to listen on; without it, all of them'),
  DATABASE_URL: option(
    z.string().refine(isPostgres, 'must be an address such as postgres://user:password@host:5432/name'),
    'PostgreSQL 15+ with PostGIS 3.3+; without it, the embedded database in DATA_DIR',
  ),
  DATABASE_REPLICA_URL: option(
    z.string().refine(isPostgres, 'must be an address such as postgres://user:password@host:5432/name'),
    'A streaming replica of DATABASE_URL, for tiles, lists and analysis; while it is gone or behind, DATABASE_URL answers',
  ),
  REPLICA_MAX_LAG: option(
    integer(1, 60_000, ' of milliseconds'),
    'By how much the replica may be behind and still be asked, in milliseconds',
    '500',
  ),
  DATA_DIR: option(z.string().min(1), 'Folder of the embedded database and of what the command line needs', 'data/.db'),
  SEED: option(z.enum(['demo', 'none'], 'must be demo or none'), 'What an empty database is filled with: demo or none', 'demo'),
  SEED_UNTIL: option(
    z.iso.datetime({ offset: true, message: 'must be an instant such as 2026-03-01T08:00:00+08:00' }).transform((text) => new Date(text)),
    "Last instant of the demo's incidents; without it, the time of the first start",
  ),
  SEED_INCIDENTS: option(integer(0, 20_000_000), 'How many incidents the demo has, over 365 days', '20000'),
  ADMIN_PASSWORD: option(
    z.string().min(10, 'must have at least 10 characters'),
    'Password of the first administrator, admin; without it, one is made up and printed once',
  ),
  TLS_CERT: option(file, 'Certificate chain (PEM file); with TLS_KEY, serves HTTPS'),
  TLS_KEY: option(file, 'Private key of TLS_CERT (PEM file)'),
  LOG_LEVEL: option(z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`), `How much is logged: ${LOG_LEVELS.join(', ')}`, 'info'),
  TRUST_PROXY: option(
    z
      .string()
      .refine((text) => text !== 'true', 'must not trust everybody: give the number of proxies, or their addresses')
      .refine(
        (text) => /^(false|\d{1,2})$/.test(text) || text.split(',').every((each) => isProxy(each.trim())),
        'must be false, a number of proxies, or their addresses',
      )
      .transform((text): false | number | string => (text === 'false' ? false : /^\d+$/.test(text) ? Number(text) : text)),
    'Reverse proxies in front: how many, or their addresses; false when there is none',
    'false',
  ),
  BASEMAP_URL: option(
    z.string().refine((text) => (/^https?:/.test(text) ? URL.canParse(text) : isPmtiles(text)), {
      message: 'must be a PMTiles file (version 3) that can be read, or the http(s) address of a raster template or a TileJSON',
    }),
    'Basemap: a PMTiles file, the address of a raster template with {z}/{x}/{y}, or of a TileJSON',
  ),
  BASEMAP_ATTRIBUTION: option(z.string().min(1), 'Whom the basemap is owed to, shown on the map'),
  TIANDITU_KEY: option(
    z.string().regex(/^[0-9a-zA-Z]{16,64}$/, 'must be a key of 16 to 64 letters and digits'),
    'Key of 天地图: its map as basemap',
  ),
  DUTY_PHONE: option(
    z.string().regex(/^[\d+() -]{3,30}$/, 'must be a telephone number'),
    'Telephone shown when a screen has lost its link',
  ),
  COUNTY: option(z.string().regex(/^\d{6}$/, 'must be a county code of 6 digits'), 'Code of the county that a wall opens with'),
  TITLE: option(z.string().min(1).max(40, 'must have at most 40 characters'), 'Title of the wall, instead of the county’s name'),
  UPLOAD_LIMIT_MB: option(integer(1, 4096, ' of megabytes'), 'Largest file that may be imported over HTTP, in MB', '200'),
  INCIDENT_MONTHS_AHEAD: option(integer(1, 120, ' of months'), 'Coming months whose incidents have their partition ready', '3'),
  INCIDENT_RETENTION_MONTHS: option(
    integer(0, 1200, ' of months'),
    'Whole months that incidents are kept before they are written to DATA_DIR/archive and dropped; 0 keeps all',
    '0',
  ),
  TARGET_HOUSEHOLDS: option(range, 'Households that a grid should hold: the least and the most', '300-500'),
  TARGET_EXEMPT: option(
    unitKinds,
    'Kinds of grid that this is not asked of: dedicated, riverside, general, or none',
    'dedicated,riverside',
  ),
  TARGET_WIDTH: option(integer(0, 1000, ' of metres'), 'A grid narrower than this anywhere is called a sliver, in metres', '10'),
  TARGET_CLEARANCE: option(integer(0, 1000, ' of metres'), 'A border closer to a building than this is told, in metres', '3'),
  HEAT_MIN_COUNT: option(
    integer(1, 1000),
    'Smallest count that whoever may not read incidents is shown in heat and counts; smaller ones are merged; 1 shows all',
    '5',
  ),
} as const
export type OptionName = keyof typeof OPTIONS

/** Optimal string alignment: insertions, deletions, substitutions and swapped neighbours. */
const distance = (a: string, b: string): number => {
  const rows = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  )
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + change)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, rows[i - 2]![j - 2]! + 1)
      rows[i]![j] = best
    }
  }
  return rows[a.length]![b.length]!
}

const NAMES = Object.keys(OPTIONS) as OptionName[]
// Kubernetes puts these there when a service is called gridward.
const FOREIGN = /^GRIDWARD_(SERVICE_|PORT(_|$))/

/** A sentence when `name` is not ours but was surely meant to be: HOME is two letters from HOST, so short names must be closer. */
const misspelt = (name: string): string | undefined => {
  if (name in OPTIONS || FOREIGN.test(name)) return undefined
  const near = NAMES.find((own) => distance(name, own) <= (own.length > 6 ? 2 : 1))
  if (near) return `${name} is not an option of Gridward; was ${near} meant?`
  if (name.startsWith('GRIDWARD_')) return `${name} is not an option of Gridward: its options have no prefix, see the table in the README.`
  return undefined
}

const basemapOf = (url: string | undefined, tiandituKey: string | undefined): Basemap | undefined => {
  if (url !== undefined && !/^https?:/.test(url)) return { kind: 'pmtiles', path: resolve(url) }
  if (url !== undefined) return url.includes('{z}') ? { kind: 'raster', tiles: url } : { kind: 'tilejson', url }
  return tiandituKey === undefined ? undefined : { kind: 'tianditu', key: tiandituKey }
}

const targetsOf = ([minHouseholds, maxHouseholds] = [0, 0], exempt: UnitKind[] = [], minWidth = 0, clearance = 0): Targets =>
  Object.freeze({ minHouseholds, maxHouseholds, exempt, minWidth, clearance })

/** Reads the configuration. Relative paths are of the working directory; an empty value counts as none. Throws BadConfig. */
export const readConfig = (env: Readonly<Record<string, string | undefined>>): Config => {
  const sentences = Object.keys(env).flatMap((name) => misspelt(name) ?? [])
  const read = <N extends OptionName>(name: N): z.output<(typeof OPTIONS)[N]['schema']> | undefined => {
    const text = env[name] === undefined || env[name] === '' ? (OPTIONS[name] as Option<unknown>).default : env[name]
    if (text === undefined) return undefined
    const result = OPTIONS[name].schema.safeParse(text)
    if (result.success) return result.data as z.output<(typeof OPTIONS)[N]['schema']>
    // The value itself is left out: it may be a password.
    sentences.push(`${name} ${result.error.issues[0]!.message}.`)
    return undefined
  }
  const cert = read('TLS_CERT')
  const key = read('TLS_KEY')
  if ((env['TLS_CERT'] ? 1 : 0) !== (env['TLS_KEY'] ? 1 : 0)) sentences.push('TLS_CERT and TLS_KEY belong together: set both, or none.')
  const fault = cert !== undefined && key !== undefined ? pairFault(cert, key) : undefined
  if (fault !== undefined) sentences.push(fault)
  const databaseUrl = read('DATABASE_URL')
  const replicaUrl = read('DATABASE_REPLICA_URL')
  if (replicaUrl !== undefined && !env['DATABASE_URL']) sentences.push('DATABASE_REPLICA_URL is of no use without DATABASE_URL.')
  const basemapUrl = read('BASEMAP_URL')
  const tiandituKey = read('TIANDITU_KEY')
  if (basemapUrl !== undefined && tiandituKey !== undefined) sentences.push('BASEMAP_URL and TIANDITU_KEY exclude each other: set one.')
  const config: Config = {
    port: read('PORT') ?? 0,
    host: read('HOST'),
    databaseUrl,
    replicaUrl,
    replicaMaxLagMs: read('REPLICA_MAX_LAG') ?? 0,
    incidentMonthsAhead: read('INCIDENT_MONTHS_AHEAD') ?? 0,
    incidentRetentionMonths: read('INCIDENT_RETENTION_MONTHS') ?? 0,
    dataDir: resolve(read('DATA_DIR') ?? ''),
    seed: read('SEED') ?? 'none',
    seedUntil: read('SEED_UNTIL'),
    seedIncidents: read('SEED_INCIDENTS') ?? 0,
    adminPassword: read('ADMIN_PASSWORD'),
    tls: cert !== undefined && key !== undefined ? Object.freeze({ certPath: resolve(cert), keyPath: resolve(key) }) : undefined,
    logLevel: read('LOG_LEVEL') ?? 'info',
    trustProxy: read('TRUST_PROXY') ?? false,
    basemap: basemapOf(basemapUrl, tiandituKey),
    basemapAttribution: read('BASEMAP_ATTRIBUTION'),
    dutyPhone: read('DUTY_PHONE'),
    county: read('COUNTY'),
    title: read('TITLE'),
    targets: targetsOf(read('TARGET_HOUSEHOLDS'), read('TARGET_EXEMPT'), read('TARGET_WIDTH'), read('TARGET_CLEARANCE')),
    heatMinCount: read('HEAT_MIN_COUNT') ?? 1,
    uploadLimitBytes: (read('UPLOAD_LIMIT_MB') ?? 0) * 1024 * 1024,
  }
  if (sentences.length > 0) throw new BadConfig(sentences)
  return Object.freeze(config)
}
