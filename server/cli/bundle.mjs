// npm run bundle: one archive that starts on a machine without registry or internet, of the same CPU, system and Node.
// It holds the server, built and as sources, the built pages, the packages that the server runs on, and the clusters a first start copies.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, cp, mkdir, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { register } from 'tsx/esm/api'
import { buildServer } from './server-build.mjs'
import { buildWeb } from './web-build.mjs'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const CONTENTS = [
  'server',
  'data',
  '.build/web',
  '.build/server',
  '.cache',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'docs',
  'LICENSE',
  'NOTICE',
  'README.md',
  'CHANGELOG.md',
]
const LEFT_OUT = /^(data\/\.db|\.cache\/(?!(demo|embedded)-[0-9a-f]{16}(\/|$)|postgis-))/
const STARTER = `#!/bin/sh
# Starts Gridward; its other commands are those of package.json: seed, import, simulate, archive, check:coverage, check:heat.
set -e
export INIT_CWD="$PWD"
cd "$(dirname "$(readlink -f "$0")")/.."
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  { echo "Gridward needs Node 20.19 or newer." >&2; exit 1; }
case "\${1:-start}" in
  start) exec node server/cli/start.mjs ;;
  seed | import | simulate | archive | check:coverage | check:heat)
    command=$(echo "$1" | tr : -); shift; exec node --import tsx "server/cli/$command.ts" "$@" ;;
  *) echo "usage: gridward [start | seed | import | simulate | archive | check:coverage | check:heat] …" >&2; exit 2 ;;
esac
`

const exists = (path) =>
  stat(path).then(
    () => true,
    () => false,
  )

/** Packages that the server's and the data's sources name, and tsx, which runs them. */
const packagesOfServer = async () => {
  const { dependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  const names = new Set(['tsx'])
  for (const folder of ['server', 'data']) {
    for (const each of await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (!each.isFile() || !/\.(ts|mjs)$/.test(each.name)) continue
      const text = await readFile(join(each.parentPath, each.name), 'utf8')
      for (const [, name] of text.matchAll(/(?:from|import|import\(|require\.resolve\()\s*'((?:@[\w.-]+\/)?[\w.-]+)(?:\/[^']*)?'/g)) {
        if (name in dependencies && !name.startsWith('vite')) names.add(name)
      }
    }
  }
  return names
}

/** Folder of a package as `from` would find it, or null. */
const resolvePackage = async (name, from) => {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name)
    if (await exists(join(path, 'package.json'))) return realpath(path)
    if (folder === dirname(folder) || folder.length < ROOT.length - 1) return null
  }
}

/** Folders of the named packages and of all they depend on. Optional ones that are not installed are for other machines. */
const closure = async (names) => {
  const found = new Set()
  const visit = async (name, from, isOptional) => {
    const folder = await resolvePackage(name, from)
    if (folder === null) {
      if (isOptional) return
      throw new Error(`The package ${name} is not installed: run npm install.`)
    }
    if (found.has(folder)) return
    found.add(folder)
    const {
      dependencies = {},
      optionalDependencies = {},
      peerDependencies = {},
      peerDependenciesMeta = {},
    } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    for (const each of Object.keys(dependencies)) await visit(each, folder, each in optionalDependencies)
    for (const each of Object.keys(optionalDependencies)) await visit(each, folder, true)
    for (const each of Object.keys(peerDependencies)) await visit(each, folder, peerDependenciesMeta[each]?.optional ?? false)
  }
  for (const name of names) await visit(name, ROOT, false)
  return found
}

await buildWeb()
await buildServer()
register()
const { ensureDemoTemplate } = await import('../boot/demo-template.ts')
if ((await ensureDemoTemplate()) === null) throw new Error('The bundle needs to write to .cache/.')

const { name, version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
const title = `${name}-${version}-${process.platform}-${process.arch}`
const staging = join(ROOT, '.build/bundle')
const target = join(staging, title)
await rm(staging, { recursive: true, force: true })
await mkdir(target, { recursive: true })
for (const each of CONTENTS) {
  if (!(await exists(join(ROOT, each)))) continue
  const filter = (path) => !LEFT_OUT.test(relative(ROOT, path))
  await cp(join(ROOT, each), join(target, each), { recursive: true, preserveTimestamps: true, filter })
}
for (const folder of await closure(await packagesOfServer())) {
  // Packages nested in this one come on their own, when they are needed.
  const filter = (path) => !relative(folder, path).split('/').includes('node_modules') && !path.endsWith('.map')
  await cp(folder, join(target, relative(ROOT, folder)), { recursive: true, filter })
}
await mkdir(join(target, 'bin'))
await writeFile(join(target, 'bin/gridward'), STARTER)
await chmod(join(target, 'bin/gridward'), 0o755)

const archive = join(ROOT, '.build', `${title}.tar.gz`)
// Unpacked by root and run by a user of its own, who must be able to read all of it: a cluster's files are its maker's alone.
const open = ['--owner=0', '--group=0', '--mode=a+rX,go-w']
const { status, stderr } = spawnSync('tar', ['-czf', archive, ...open, '-C', staging, title], { encoding: 'utf8' })
if (status !== 0) throw new Error(`tar failed: ${stderr}`)
await rm(staging, { recursive: true })
const hash = createHash('sha256')
await pipeline(createReadStream(archive), hash)
const { size } = await stat(archive)
process.stdout.write(`${relative(ROOT, archive)}\n${(size / 1e6).toFixed(1)} MB\nsha256 ${hash.digest('hex')}\n`)
process.stdout.write(
  `On the other machine, with Node ${process.versions.node.split('.')[0]}: tar xzf ${title}.tar.gz && ${title}/bin/gridward\n`,
)
