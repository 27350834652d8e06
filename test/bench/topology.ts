/**
 * Covers as topology: building it, dissolving to villages, and the full check, beside what topojson and mapshaper do of the same
 * polygons in the same run. The work is not the same everywhere, and the table says so: ours nodes every edge exactly and would
 * find gaps, overlaps and broken rings; topojson only matches equal vertices, mapshaper snaps and cuts.
 *
 *   node --import tsx test/bench/topology.ts [--rounds 5]
 *
 * mapshaper is no dependency: it is installed into a folder of its own for this bench, and left out where that cannot be done.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { FeatureCollection, MultiPolygon, Polygon } from 'geojson'
import { merge } from 'topojson-client'
import { topology as topojson } from 'topojson-server'
import type { GeometryCollection, Polygon as TopoPolygon } from 'topojson-specification'
import { generateCounty } from '../../data/generator/generate-county.ts'
import { checkCoverage } from '../../server/model/coverage-check.ts'
import { areaM2 } from '../../server/model/measure.ts'
import { readPolygons } from '../../server/model/rings.ts'
import { mergeBy, toGridPolygons, type Topology } from '../../server/model/topology.ts'
import { markdownTable, median } from '../fixtures/benchmark.ts'
import { latticeCounty } from '../fixtures/lattice-county.ts'

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } })
const ROUNDS = Number(options.rounds)
const SHARED = new URL('../../../shared/data/', import.meta.url)

interface Cover {
  name: string
  features: { id: string; geometry: Polygon | MultiPolygon }[]
  /** What a unit is dissolved into. */
  parentOf: (id: string) => string
}

const fromCounty = (name: string, county: ReturnType<typeof generateCounty>): Cover => ({
  name,
  features: county.units.filter(({ isLeaf }) => isLeaf).map(({ code, geometry }) => ({ id: code, geometry })),
  parentOf: (code) => code.slice(0, 12),
})

/** A real file whose units have no parents: all of it becomes one. */
function fromFile(name: string, path: string): Cover[] {
  const url = new URL(path, SHARED)
  if (!existsSync(url)) return []
  const { features } = JSON.parse(readFileSync(url, 'utf8')) as FeatureCollection<Polygon | MultiPolygon>
  return [{ name, features: features.map(({ geometry }, index) => ({ id: String(index), geometry })), parentOf: () => 'all' }]
}

async function timed<T>(work: () => T | Promise<T>): Promise<{ ms: number; answer: T }> {
  const times: number[] = []
  let answer!: T
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    answer = await work()
    times.push(performance.now() - start)
  }
  return { ms: median(times), answer }
}

interface Measured {
  build: number
  dissolve: number
  area: number
}

async function ours(cover: Cover): Promise<Measured> {
  const { ms: build, answer } = await timed(() => checkCoverage(cover.features))
  if (!answer.topology) throw new Error(`${cover.name}: ${answer.faults[0]!.reason}`)
  const topology: Topology = answer.topology
  const { ms: dissolve, answer: unions } = await timed(() =>
    [...mergeBy(topology, cover.parentOf).values()].map((polygons) => toGridPolygons(topology, polygons)),
  )
  return { build, dissolve, area: unions.reduce((sum, polygons) => sum + areaM2(polygons), 0) }
}

async function theirs(cover: Cover): Promise<Measured> {
  const collection: FeatureCollection = {
    type: 'FeatureCollection',
    features: cover.features.map(({ id, geometry }) => ({ type: 'Feature', id, geometry, properties: {} })),
  }
  const { ms: build, answer: built } = await timed(() => topojson({ units: collection }))
  const units = (built.objects['units'] as GeometryCollection).geometries as TopoPolygon[]
  const groups = new Map<string, TopoPolygon[]>()
  for (const unit of units) {
    const parent = cover.parentOf(String(unit.id))
    groups.set(parent, [...(groups.get(parent) ?? []), unit])
  }
  const { ms: dissolve, answer: unions } = await timed(() => [...groups.values()].map((group) => merge(built, group)))
  return { build, dissolve, area: unions.reduce((sum, geometry) => sum + areaM2(readPolygons(geometry).polygons), 0) }
}

interface Mapshaper {
  applyCommands: (commands: string, input: Record<string, unknown>) => Promise<Record<string, Buffer>>
}

function loadMapshaper(folder: string): Mapshaper | null {
  try {
    execFileSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--omit=optional', 'mapshaper@0.6'], {
      stdio: 'ignore',
      timeout: 120_000,
    })
    return createRequire(join(folder, 'package.json'))('mapshaper') as Mapshaper
  } catch {
    return null
  }
}

/** Reading and writing GeoJSON is part of its time: its arcs are not handed out. */
async function mapshaper(program: Mapshaper, cover: Cover): Promise<Measured> {
  const input = JSON.stringify({
    type: 'FeatureCollection',
    features: cover.features.map(({ id, geometry }) => ({ type: 'Feature', geometry, properties: { parent: cover.parentOf(id) } })),
  })
  const run = (commands: string) => timed(() => program.applyCommands(commands, { 'in.json': input }))
  const { ms: build } = await run('-i in.json -o out.json format=topojson')
  const { ms: whole, answer } = await run('-i in.json -dissolve parent -o out.json')
  const { features } = JSON.parse(answer['out.json']!.toString()) as FeatureCollection<Polygon | MultiPolygon>
  const area = features.reduce((sum, { geometry }) => sum + areaM2(readPolygons(geometry).polygons), 0)
  return { build, dissolve: whole, area }
}

const ms = (value: number) => +value.toFixed(value < 10 ? 2 : 0)
const ppm = (area: number, reference: number) => +(((area - reference) / reference) * 1e6).toFixed(3)

const folder = await mkdtemp(join(tmpdir(), 'gridward-mapshaper-'))
try {
  const program = loadMapshaper(folder)
  const covers = [
    fromCounty('demo county', generateCounty({ seed: 1 })),
    fromCounty('lattice', latticeCounty(0)),
    ...fromFile('St. Louis grid', 'incidents/stl_grids/STL_BOUNDARY_Grids.geoJSON'),
    ...fromFile('石景山 subdistricts', 'street-level/beijing_shijingshan_9_subdistricts.geojson'),
  ]
  const rows: Record<string, string | number>[] = []
  for (const cover of covers) {
    if (!checkCoverage(cover.features).topology) {
      console.log(`${cover.name}: is no coverage as it comes; left out.`)
      continue
    }
    const own = await ours(cover)
    const other = await theirs(cover)
    const shaper = program && (await mapshaper(program, cover))
    rows.push({
      cover: cover.name,
      units: cover.features.length,
      'build + full check ms': ms(own.build),
      'topojson build ms': ms(other.build),
      'mapshaper read, build, write ms': shaper ? ms(shaper.build) : '–',
      'dissolve ms': ms(own.dissolve),
      'topojson merge ms': ms(other.dissolve),
      'mapshaper read, dissolve, write ms': shaper ? ms(shaper.dissolve) : '–',
      'area, topojson − ours, ppm': ppm(other.area, own.area),
      'area, mapshaper − ours, ppm': shaper ? ppm(shaper.area, own.area) : '–',
    })
  }
  console.log('## Topology\n')
  console.log(markdownTable(rows))
  console.log(
    '\nOurs nodes every edge exactly and finds gaps, overlaps and broken rings while it builds; topojson matches equal vertices only and' +
      ' checks nothing; mapshaper snaps and cuts, and its times hold reading and writing GeoJSON.' +
      (program ? '' : ' mapshaper could not be installed here.'),
  )
} finally {
  await rm(folder, { recursive: true, force: true })
}
