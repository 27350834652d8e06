/** The command line as a program of its own: into a stopped folder, into a running server, and with what cannot be imported. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readArguments } from '../../../server/cli/import-arguments.ts'
import { asciiMap, at } from '../../fixtures/ascii-map.ts'
import { embeddedFolder } from '../../fixtures/database.ts'
import { startServer } from '../../fixtures/server-process.ts'

const CLI = new URL('../../../server/cli/import.ts', import.meta.url).pathname

/** Every run into a stopped folder opens the embedded database. */
const PATIENCE_MS = 240_000

describe('npm run import', () => {
  let dataDir: string
  let files: string
  beforeAll(async () => {
    const cluster = await embeddedFolder()
    dataDir = dirname(cluster)
    files = await mkdtemp(join(tmpdir(), 'gridward-files-'))
    const features = asciiMap('AB').map(({ id, geometry }) => ({ type: 'Feature', properties: { name: id }, geometry }))
    await writeFile(join(files, 'units.geojson'), JSON.stringify({ type: 'FeatureCollection', features }))
    const [lng, lat] = at(1.5, 0.5)
    await writeFile(
      join(files, 'incidents.csv'),
      `nr,kind,state,opened,lng,lat\n1,路灯,reported,2025-03-01 08:00,${lng},${lat}\n2,路灯,reported,never,,\n`,
    )
    const kinds = Object.fromEntries(Array.from({ length: 800 }, (_, i) => [`事项种类${i}`, '0501']))
    await writeFile(
      join(files, 'profile.json'),
      JSON.stringify({ county: '990401', datum: 'wgs84', kinds: { ...kinds, 路灯: '0701' }, columns: { key: 'nr', reportedAt: 'opened' } }),
    )
  })
  afterAll(() => rm(files, { recursive: true, force: true }))

  const run = (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    const { PATH, HOME } = process.env
    const env = { PATH, HOME, DATA_DIR: dataDir, LOG_LEVEL: 'error', INIT_CWD: files }
    return new Promise((resolve) =>
      execFile(process.execPath, ['--import', 'tsx', CLI, ...args], { env }, (error, out, err) =>
        resolve({ code: error ? Number(error.code) : 0, out, err }),
      ),
    )
  }
  const UNITS = [
    'units',
    'units.geojson',
    '--county',
    '990401',
    '--county-name',
    '画县',
    '--time-zone',
    'Asia/Shanghai',
    '--name-column',
    'name',
  ]

  it(
    'imports into a folder that no server uses, dry first',
    async () => {
      const dry = await run(...UNITS, '--dry-run')
      expect(dry).toMatchObject({ code: 0, err: '' })
      expect(dry.out).toContain('This would be imported: units of 990401')
      const done = await run(...UNITS, '--save-profile', 'mine', '--report', 'report.json')
      expect(done).toMatchObject({ code: 0, err: '' })
      expect(JSON.parse(await readFile(join(files, 'report.json'), 'utf8'))).toMatchObject({ created: 2, refused: false })
    },
    PATIENCE_MS,
  )

  it(
    'goes through the API while the server runs, with a profile of any length',
    async () => {
      const server = await startServer({ dataDir })
      try {
        expect((await stat(join(dataDir, 'cli-token'))).mode & 0o777).toBe(0o600)
        const done = await run('incidents', 'incidents.csv', '--profile', 'profile.json')
        expect(done).toMatchObject({ code: 0, err: '' })
        expect(done.out).toMatch(/created\s+1/)
        expect(done.out).toContain('row 3  bad-time')
        expect((await run('units', 'units.geojson', '--profile', 'mine')).out).toMatch(/unchanged\s+2/)
      } finally {
        await server.kill('SIGKILL')
      }
      // Its address is still there, but nobody answers.
      expect((await run('incidents', 'incidents.csv', '--profile', 'profile.json')).out).toMatch(/unchanged\s+1/)
    },
    PATIENCE_MS,
  )

  it(
    'says in a sentence why nothing was imported, and fails',
    async () => {
      await writeFile(
        join(files, 'gap.geojson'),
        JSON.stringify({
          type: 'FeatureCollection',
          features: asciiMap('XXX\nX.X\nXYX').map(({ id, geometry }) => ({ type: 'Feature', properties: { name: id }, geometry })),
        }),
      )
      const gap = await run('units', 'gap.geojson', '--county', '990402', '--county-name', 'x', '--time-zone', 'UTC')
      expect(gap.code).toBe(1)
      expect(gap.out).toMatch(/Nothing was imported[^]*gap {2}/)
      for (const [args, sentence] of [
        [['units', 'nowhere.geojson', '--county', '990401'], 'nowhere.geojson'],
        [['units'], 'Say which file'],
        [['houses', 'x'], 'Say what to import'],
        [['units', 'x', '--colour', 'red'], '--colour'],
      ] as const) {
        const { code, err } = await run(...args)
        expect([code, err]).toEqual([1, expect.stringContaining(sentence)])
      }
    },
    PATIENCE_MS,
  )
})

describe('the arguments', () => {
  const read = (...argv: string[]) => readArguments(argv, async () => '{"columns":{"lng":"x"},"kinds":{"a":"0501"}}')
  it('become options of the import', async () => {
    expect(
      await read(
        'units',
        'a.csv',
        '--county',
        '990401',
        '--text-column',
        'a',
        '--text-column',
        'b',
        '--profile',
        'p.json',
        '--delimiter',
        '\\t',
        '--dry-run',
      ),
    ).toEqual({
      noun: 'units',
      path: 'a.csv',
      report: undefined,
      query: expect.objectContaining({
        county: '990401',
        dryRun: true,
        profile: undefined,
        options: JSON.stringify({ columns: { lng: 'x', text: ['a', 'b'] }, kinds: { a: '0501' }, delimiter: '\t' }),
      }),
    })
    expect(await read('--help')).toBe('help')
  })
})
