// What the tests need beyond npm: found where it is, installed by root on Debian and Ubuntu, named exactly where it is missing.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const onPath = (names) => {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path)) ?? null
}

const findPostgres = () => {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).map(Number).filter(Number.isFinite) : []
  const isUsable = (version) =>
    version >= 15 && existsSync(`${root}/${version}/bin/initdb`) && existsSync(`/usr/share/postgresql/${version}/extension/postgis.control`)
  const found = versions.sort((a, b) => b - a).find(isUsable)
  return found === undefined ? null : `${root}/${found}/bin`
}

const findChineseFont = () => {
  const listing = onPath(['fc-list']) && spawnSync('fc-list', [':lang=zh', 'file'], { encoding: 'utf8' }).stdout
  return listing?.trim().split('\n')[0] || null
}

const candidateOf = (name) => /Candidate: (\d+)/.exec(execFileSync('apt-cache', ['policy', name], { encoding: 'utf8' }))?.[1]

// Each with where it is, the packages that bring it, and what is skipped without it.
const REQUIREMENTS = [
  {
    name: 'Chromium',
    find: () => process.env.CHROMIUM ?? onPath(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']),
    packages: () => ['chromium'],
    skipped: 'the browser tests',
  },
  {
    name: 'a Chinese font',
    find: findChineseFont,
    packages: () => ['fonts-noto-cjk', 'fontconfig'],
    skipped: 'nothing, but Chinese is drawn as boxes',
  },
  {
    name: 'PostgreSQL 15+ with PostGIS',
    find: findPostgres,
    packages: () => ['postgresql', `postgresql-${candidateOf('postgresql')}-postgis-3`],
    skipped: 'the tests on PostgreSQL',
  },
  { name: 'ip (iproute2)', find: () => onPath(['ip']), packages: () => ['iproute2'], skipped: 'the start of the bundle without a network' },
  { name: 'GDAL (ogrinfo)', find: () => onPath(['ogrinfo']), packages: () => ['gdal-bin'], skipped: 'the tests with GDAL' },
]

const isDebian = () => existsSync('/etc/os-release') && /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'))

const run = (command, args) => {
  process.stdout.write(`  ${command} ${args.join(' ')}\n`)
  const { status, stderr } = spawnSync(command, args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0) process.stderr.write(stderr)
  return status === 0
}

const install = (missing) => {
  process.stdout.write(`Installing what the tests need: ${missing.map(({ name }) => name).join(', ')}\n`)
  // The tests start a cluster of their own; the distribution's would only sit on port 5432.
  if (!existsSync('/etc/postgresql-common/createcluster.conf')) {
    mkdirSync('/etc/postgresql-common', { recursive: true })
    writeFileSync('/etc/postgresql-common/createcluster.conf', 'create_main_cluster = false\n')
  }
  if (!run('apt-get', ['update', '-q'])) return
  for (const { packages } of missing) run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages()])
}

/** Installs what is missing where that is allowed, and says what still is and what is skipped for it. Resolves with Chromium's path. */
export const prepareRequirements = () => {
  const isMissing = ({ find }) => find() === null
  const missing = REQUIREMENTS.filter(isMissing)
  if (missing.length > 0 && process.getuid?.() === 0 && isDebian() && onPath(['apt-get'])) install(missing)
  for (const { name, skipped } of REQUIREMENTS.filter(isMissing)) process.stdout.write(`Missing: ${name}. Skipped: ${skipped}.\n`)
  return { chromium: REQUIREMENTS[0].find() }
}
