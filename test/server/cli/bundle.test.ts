import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createHash } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
/** A shell that sees no network but itself, where this user may make one and bring its loopback up. */
const WITHOUT_NETWORK = ['unshare', '--net', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])]
const isolate = (script: string): [string, string[]] => [
  WITHOUT_NETWORK[0]!,
  [...WITHOUT_NETWORK.slice(1), 'sh', '-c', `ip link set lo up && ${script}`],
]
const mayIsolate = spawnSync(...isolate('true')).status === 0

const LOOK = `
  const answer = await fetch('http://localhost:8080/readyz')
  const page = await fetch('http://localhost:8080/')
  const outside = await fetch('https://example.org/').then(() => 'reached', () => 'none')
  console.log(JSON.stringify({ ready: answer.status, page: page.status, outside }))`
const CAMERA = 'code,name,lng,lat,state\n33100410301310000001,x,121.45,28.55,online'

describe('the bundle', () => {
  let folder: string
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it.skipIf(!mayIsolate)(
    'is one archive that starts, with the demo, where there is no registry and no network',
    async () => {
      folder = await mkdtemp(join(tmpdir(), 'gridward-bundle-'))
      const said = execFileSync(process.execPath, ['server/cli/bundle.mjs'], { cwd: ROOT, encoding: 'utf8' })
      const archive = join(ROOT, /^\.build\/\S+\.tar\.gz$/m.exec(said)![0])
      const sha256 = /^sha256 ([0-9a-f]{64})$/m.exec(said)![1]
      expect(
        createHash('sha256')
          .update(await readFile(archive))
          .digest('hex'),
      ).toBe(sha256)
      // Whoever unpacks it is not who runs it.
      const entries = execFileSync('tar', ['-tvzf', archive], { encoding: 'utf8', maxBuffer: 1e8 }).trim().split('\n')
      expect(entries.filter((entry) => !/^(-r..r-.r-.|dr.xr-xr-x|l)/.test(entry))).toEqual([])
      execFileSync('tar', ['-xzf', archive, '-C', folder, '--strip-components=1'])
      for (const absent of ['test', 'web', 'data/.db', 'node_modules/vitest', 'node_modules/maplibre-gl'])
        expect(existsSync(join(folder, absent))).toBe(false)

      const script = `
        bin/gridward & server=$!
        until [ -f data/.db/address ] || ! kill -0 $server; do sleep 0.2; done
        "$NODE" --input-type=module -e "$LOOK"
        mkdir elsewhere && cd elsewhere && echo "$CAMERA" > one.csv
        ../bin/gridward import cameras one.csv --county 331004 --datum wgs84
        ../bin/gridward check:heat
        kill -TERM $server; wait $server; echo "ended $?"`
      const shell = spawn(...isolate(`{ ${script}\n}`), {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: folder, NODE: process.execPath, LOOK, CAMERA, SEED_INCIDENTS: '100' },
      })
      let output = ''
      for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk) => (output += chunk))
      await new Promise((resolve) => shell.once('close', resolve))
      expect(output).toContain('{"ready":200,"page":200,"outside":"none"}')
      expect(output).toContain('Sign in as admin with the password')
      expect(output).toContain('seeded the demo')
      expect(output).toMatch(/Imported: cameras[^]*created +1\n/)
      expect(output).toContain('equal')
      expect(output).toMatch(/ended 0\n$/)
      expect((await stat(join(folder, 'data/.db/cluster'))).mode & 0o777).toBe(0o700)
    },
    600_000,
  )
})
