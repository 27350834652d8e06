import express from 'express'
import fc from 'fast-check'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { BadConfig, OPTIONS, readConfig } from '../../server/config.ts'
import { CERTIFICATE, CERTIFICATE_KEY } from '../fixtures/certificate.ts'

const folder = mkdtempSync(join(tmpdir(), 'gridward-config-'))
const given = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const [certificate, key] = [given('certificate.pem', CERTIFICATE), given('key.pem', CERTIFICATE_KEY)]
const streets = given('streets.pmtiles', 'PMTiles\x03 and more')
const words = given('some.txt', 'x')
afterAll(() => rmSync(folder, { recursive: true }))

const sentencesOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env)
    return []
  } catch (cause) {
    expect(cause).toBeInstanceOf(BadConfig)
    return (cause as BadConfig).sentences
  }
}

describe('the configuration', () => {
  it('has a default for whatever is needed', () => {
    const config = readConfig({})
    expect(config).toMatchObject({
      port: 8080,
      host: undefined,
      databaseUrl: undefined,
      replicaUrl: undefined,
      replicaMaxLagMs: 500,
      incidentMonthsAhead: 3,
      incidentRetentionMonths: 0,
      dataDir: resolve('data/.db'),
      seed: 'demo',
      trustProxy: false,
      targets: { minHouseholds: 300, maxHouseholds: 500, exempt: ['dedicated', 'riverside'], minWidth: 10, clearance: 3 },
    })
    expect(Object.isFrozen(config)).toBe(true)
  })

  it('reads every option', () => {
    const config = readConfig({
      PORT: '0',
      HOST: '127.0.0.1',
      DATABASE_URL: 'postgres://u:p@db:5432/gridward',
      DATABASE_REPLICA_URL: 'postgres://u:p@copy:5432/gridward',
      REPLICA_MAX_LAG: '250',
      INCIDENT_MONTHS_AHEAD: '6',
      INCIDENT_RETENTION_MONTHS: '36',
      DATA_DIR: '/var/lib/gridward',
      SEED: 'none',
      SEED_UNTIL: '2026-03-01T08:00:00+08:00',
      SEED_INCIDENTS: '5',
      ADMIN_PASSWORD: 'long enough',
      TLS_CERT: certificate,
      TLS_KEY: key,
      LOG_LEVEL: 'warn',
      TRUST_PROXY: '1',
      BASEMAP_URL: 'https://tiles.example/{z}/{x}/{y}.png',
      BASEMAP_ATTRIBUTION: '© Somebody',
      DUTY_PHONE: '0576-8000 0000',
      COUNTY: '331004',
      TITLE: '一张图',
      UPLOAD_LIMIT_MB: '3',
      TARGET_HOUSEHOLDS: '200-350',
      TARGET_EXEMPT: 'dedicated',
      TARGET_WIDTH: '15',
      TARGET_CLEARANCE: '0',
      HEAT_MIN_COUNT: '1',
    })
    expect(config).toEqual({
      port: 0,
      host: '127.0.0.1',
      databaseUrl: 'postgres://u:p@db:5432/gridward',
      replicaUrl: 'postgres://u:p@copy:5432/gridward',
      replicaMaxLagMs: 250,
      incidentMonthsAhead: 6,
      incidentRetentionMonths: 36,
      dataDir: '/var/lib/gridward',
      seed: 'none',
      seedUntil: new Date('2026-03-01T00:00:00Z'),
      seedIncidents: 5,
      adminPassword: 'long enough',
      tls: { certPath: certificate, keyPath: key },
      logLevel: 'warn',
      trustProxy: 1,
      basemap: { kind: 'raster', tiles: 'https://tiles.example/{z}/{x}/{y}.png' },
      basemapAttribution: '© Somebody',
      dutyPhone: '0576-8000 0000',
      county: '331004',
      title: '一张图',
      uploadLimitBytes: 3 * 1024 * 1024,
      targets: { minHouseholds: 200, maxHouseholds: 350, exempt: ['dedicated'], minWidth: 15, clearance: 0 },
      heatMinCount: 1,
    })
  })

  it('takes an empty value for none', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '', TLS_CERT: '', TLS_KEY: '' })).toEqual(readConfig({}))
  })

  it('refuses a replica of nothing', () => {
    expect(sentencesOf({ DATABASE_REPLICA_URL: 'postgres://copy/y' })).toEqual(['DATABASE_REPLICA_URL is of no use without DATABASE_URL.'])
  })

  it('tells the basemaps apart', () => {
    expect(readConfig({ BASEMAP_URL: streets }).basemap).toEqual({ kind: 'pmtiles', path: streets })
    expect(readConfig({ BASEMAP_URL: 'http://tiles.example/map.json' }).basemap).toEqual({
      kind: 'tilejson',
      url: 'http://tiles.example/map.json',
    })
    expect(readConfig({ TIANDITU_KEY: 'a'.repeat(32) }).basemap).toEqual({ kind: 'tianditu', key: 'a'.repeat(32) })
    expect(readConfig({}).basemap).toBeUndefined()
  })

  it.each([
    ['PORT', '80a'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['HOST', 'http://x'],
    ['DATABASE_URL', 'mysql://x/y'],
    ['DATABASE_URL', 'postgres'],
    ['DATABASE_REPLICA_URL', 'mysql://x/y'],
    ['REPLICA_MAX_LAG', '0'],
    ['INCIDENT_MONTHS_AHEAD', '0'],
    ['INCIDENT_RETENTION_MONTHS', '-1'],
    ['SEED', 'yes'],
    ['SEED_UNTIL', 'yesterday'],
    ['ADMIN_PASSWORD', 'short'],
    ['LOG_LEVEL', 'loud'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', 'the proxy'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', '10.0.0.1,'],
    ['TRUST_PROXY', '10.0.0.0/8/8'],
    ['BASEMAP_URL', '/nowhere.pmtiles'],
    ['BASEMAP_URL', words],
    ['BASEMAP_URL', folder],
    ['TIANDITU_KEY', 'a b'],
    ['DUTY_PHONE', 'call me'],
    ['COUNTY', '33100'],
    ['TITLE', 'x'.repeat(41)],
    ['UPLOAD_LIMIT_MB', '0'],
    ['TARGET_HOUSEHOLDS', '300'],
    ['TARGET_HOUSEHOLDS', '500-300'],
    ['TARGET_HOUSEHOLDS', '300-999999'],
    ['TARGET_EXEMPT', 'schools'],
    ['TARGET_WIDTH', '-1'],
    ['TARGET_CLEARANCE', 'far'],
  ])('refuses %s=%s with one sentence that names it', (name, value) => {
    const sentences = sentencesOf({ [name]: value })
    expect(sentences).toHaveLength(1)
    expect(sentences[0]).toMatch(new RegExp(`^${name} must .*\\.$`))
  })

  it('refuses half of a certificate, and two basemaps', () => {
    expect(sentencesOf({ TLS_CERT: certificate })).toEqual(['TLS_CERT and TLS_KEY belong together: set both, or none.'])
    expect(sentencesOf({ BASEMAP_URL: streets, TIANDITU_KEY: 'a'.repeat(32) })).toHaveLength(1)
  })

  it('refuses a certificate that is none, or has another key', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const other = given('other.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)
    for (const [cert, own] of [
      [words, key],
      [certificate, words],
      [certificate, other],
      [folder, key],
    ] as const) {
      expect(sentencesOf({ TLS_CERT: cert, TLS_KEY: own })).toEqual([
        expect.stringMatching(/^TLS_CERT and TLS_KEY must be a certificate and its own key, as PEM \(.+\)\.$/),
      ])
    }
  })

  it.each(['2', 'loopback', '10.0.0.1, fd00::1', '10.0.0.0/8,uniquelocal', '10.0.0.0/255.0.0.0'])(
    'takes %s for proxies, as Express does',
    (text) => {
      const { trustProxy } = readConfig({ TRUST_PROXY: text })
      expect(String(trustProxy)).toBe(text)
      expect(() => express().set('trust proxy', trustProxy)).not.toThrow()
    },
  )

  it('tells everything that is wrong at once, and no value of it', () => {
    const sentences = sentencesOf({ PORT: 'x', ADMIN_PASSWORD: 'secret' })
    expect(sentences).toHaveLength(2)
    expect(sentences.join()).not.toContain('secret')
  })

  it.each([
    ['PROT', 'PORT'],
    ['DATADIR', 'DATA_DIR'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['ADMIN_PASSWD', 'ADMIN_PASSWORD'],
    ['TLS_KEYS', 'TLS_KEY'],
  ])('takes %s for a misspelt %s', (name, meant) => {
    expect(sentencesOf({ [name]: 'x' })).toEqual([`${name} is not an option of Gridward; was ${meant} meant?`])
  })

  it('refuses a prefix it does not have, save what Kubernetes writes', () => {
    expect(sentencesOf({ GRIDWARD_TITEL: 'x' })).toHaveLength(1)
    expect(sentencesOf({ GRIDWARD_SERVICE_HOST: 'x', GRIDWARD_PORT: 'tcp://x', GRIDWARD_PORT_80_TCP: 'x' })).toEqual([])
  })

  it('stands in the README as it is', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const rows = Object.entries(OPTIONS).map(
      ([name, { default: fallback, description }]: [string, { default?: string; description: string }]) =>
        `| \`${name}\` | ${fallback === undefined ? '–' : `\`${fallback}\``} | ${description} |`,
    )
    expect(readme.split('\n').filter((line) => /^\| `[A-Z_]+` \|/.test(line))).toEqual(rows)
  })

  it('lets the usual environment pass', () => {
    const usual = [
      'HOME',
      'PATH',
      'USER',
      'TERM',
      'LANG',
      'HOSTNAME',
      'SHELL',
      'PWD',
      'NODE_ENV',
      'TMPDIR',
      'HOSTTYPE',
      'TZ',
      'LOGNAME',
      'MAIL',
      'EDITOR',
    ]
    expect(sentencesOf(Object.fromEntries(usual.map((name) => [name, 'x'])))).toEqual([])
  })

  it('never fails in any other way', () => {
    const names = fc.constantFrom(...Object.keys(OPTIONS))
    fc.assert(
      fc.property(fc.dictionary(names, fc.string({ unit: 'binary' })), (env) => {
        sentencesOf(env)
      }),
    )
  })
})
