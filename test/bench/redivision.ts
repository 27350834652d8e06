/**
 * Re-division of the demo county: how soon there is a first plan and a settled one, how good it is, and what a plan's checks say of
 * it; and cells dissolved into units from the graph that is kept anyway, beside topojson, mapshaper and turf, which build their
 * topology anew each time.
 *
 *   node --import tsx test/bench/redivision.ts [--only town|county|large|dissolve]
 *
 * `large`, three such counties in one, runs only when it is asked for. Times are of the processor, so that they hold beside other
 * work. mapshaper is no dependency: it is installed into a folder of its own, and left out where that cannot be done.
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { featureCollection, multiPolygon, union } from '@turf/turf'
import type { FeatureCollection, MultiPolygon, Polygon } from 'geojson'
import { merge } from 'topojson-client'
import { topology as topojson } from 'topojson-server'
import type { GeometryCollection, Polygon as TopoPolygon } from 'topojson-specification'
import { generateCounty } from '../../data/generator/generate-county.ts'
import { areaM2 } from '../../server/model/measure.ts'
import type { Cells } from '../../server/model/partition/cells.ts'
import { traceArcs } from '../../server/model/partition/outline.ts'
import { prepare, Redivision } from '../../server/model/partition/redivide.ts'
import { type Preset, PRESETS, type RedivisionInput } from '../../server/model/partition/redivision.ts'
import { type GridPolygons, readPolygons, toMultiPolygon } from '../../server/model/rings.ts'
import { mergeBy, toGridPolygons } from '../../server/model/topology.ts'
import { markdownTable } from '../fixtures/benchmark.ts'
import { withFootprints } from '../fixtures/footprints.ts'
import { findingsOf } from '../fixtures/proposal-findings.ts'

const { values: options } = parseArgs({ options: { only: { type: 'string' } } })
const TOWN = '331004103'
const COPIES = 3
const TARGETS = { min: 300, max: 500 }

/** Copies of the county lie half a degree apart: as many villages and buildings once more, the same in each. */
function inputOf(county: ReturnType<typeof generateCounty>, copies: number, town?: string): RedivisionInput {
  const shifts = Array.from({ length: copies }, (_, copy) => copy * 5_000_000)
  const leavesOf = new Map<string | null, typeof county.units>()
  for (const unit of county.units) if (unit.isLeaf) leavesOf.set(unit.parentCode, [...(leavesOf.get(unit.parentCode) ?? []), unit])
  const villages = county.units.filter(({ level, parentCode }) => level === 'village' && (!town || parentCode === town))
  const column = (of: (building: (typeof county.buildings)[number], shift: number) => number): Int32Array =>
    Int32Array.from(shifts.flatMap((shift) => county.buildings.map((building) => of(building, shift))))
  return {
    villages: shifts.flatMap((shift, copy) =>
      villages.map(({ code }) => ({
        code: `${code}/${copy}`,
        leaves: (leavesOf.get(code) ?? []).map((leaf) => ({
          id: `${leaf.code}/${copy}`,
          unitKind: leaf.unitKind,
          polygons: readPolygons(leaf.geometry).polygons.map((rings) =>
            rings.map((ring) => ring.map((value, i) => value + (i % 2 === 0 ? shift : 0))),
          ),
        })),
      })),
    ),
    buildings: {
      x: column(({ location }, shift) => Math.round(location[0] * 1e7) + shift),
      y: column(({ location }) => Math.round(location[1] * 1e7)),
      households: column(({ households }) => households),
      residents: column(({ residents }) => residents),
    },
    targets: TARGETS,
  }
}

/** Milliseconds of the processor. */
const clock = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
const timed = <T>(work: () => T): { ms: number; answer: T } => {
  const start = clock()
  const answer = work()
  return { ms: Math.round(clock() - start), answer }
}
const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`)

/** Seconds of the processor: base cells, first plan in range, settled. */
type Aims = readonly [cells: number | null, first: number, settled: number]
type Rows = Record<string, string | number>[]

function divide(name: string, input: RedivisionInput, presets: readonly Preset[], aims?: Aims): { times: Rows; plans: Rows } {
  const { ms: ground, answer: prepared } = timed(() => prepare(input))
  const today = new Redivision(prepared, { preset: 'keep' }).proposal().figures
  const seconds = (ms: number) => +(ms / 1000).toFixed(2)
  const measured = (ms: number, aim: number | null = null) => (aim === null ? seconds(ms) : `${seconds(ms)} (aim ${aim})`)
  const [times, plans]: [Rows, Rows] = [[], []]
  for (const preset of presets) {
    const start = clock()
    const run = new Redivision(prepared, { preset, seed: 1 })
    let first = NaN
    for (let phase = run.step().phase; phase !== 'done'; phase = run.step().phase) if (phase === 'first') first = clock() - start
    const settled = clock() - start
    const { ms: outline, answer: proposal } = timed(() => run.proposal())
    const { figures } = proposal
    const possible = proposal.villages.filter(({ impossible }) => impossible === null)
    const inRange = possible.reduce((sum, village) => sum + village.figures.inRange, 0)
    const findings = findingsOf({ ...input, clearance: 0 }, proposal)
    const units = possible.flatMap((village) => village.units).filter(({ unitKind }) => unitKind === 'general')
    const torn = findings.filter(({ code }) => code === 'island').length
    times.push({
      area: name,
      preset,
      'base cells, s': measured(ground, aims?.[0]),
      'first plan in range, s': measured(first, aims?.[1]),
      'settled, s': measured(settled, aims?.[2]),
      'its polygons, s': seconds(outline),
    })
    plans.push({
      area: name,
      preset,
      'units (today)': `${figures.units} (${today.units})`,
      'in range where possible (today)': `${percent(inRange, figures.unitsPossible)} (${percent(today.inRange, today.units)} of all)`,
      contiguous: percent(units.length - torn, units.length),
      'households moved': percent(figures.moved, figures.households),
      'moved ÷ least': +(figures.moved / figures.movedAtLeast).toFixed(2),
      'valid units untouched': percent(figures.validUntouched, figures.validBefore),
      'Polsby–Popper, median (today)': `${figures.compactness.toFixed(2)} (${today.compactness.toFixed(2)})`,
      'villages impossible': `${proposal.villages.length - possible.length} of ${proposal.villages.length}`,
      'findings of the checks': findings.length,
    })
  }
  return { times, plans }
}

const cellPolygons = (cells: Cells, unitOf: Int32Array, count: number): GridPolygons[] => {
  const topology = traceArcs(cells, unitOf, count)
  const merged = mergeBy(topology, (id) => id)
  return topology.ids.map((id) => toGridPolygons(topology, merged.get(id)!))
}

type Mapshaper = { applyCommands: (commands: string, input: Record<string, unknown>) => Promise<Record<string, Buffer>> }

function loadMapshaper(folder: string): Mapshaper | null {
  try {
    const wanted = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--omit=optional', 'mapshaper@0.6']
    execFileSync('npm', wanted, { stdio: 'ignore', timeout: 120_000 })
    return createRequire(join(folder, 'package.json'))('mapshaper') as Mapshaper
  } catch {
    return null
  }
}

/** Today's leaves out of their cells. */
async function dissolve(input: RedivisionInput): Promise<Record<string, string | number>[]> {
  const { cells } = prepare(input)
  const leaves = cells.ground.leaves.length
  const own = timed(() => cellPolygons(cells, cells.leaf, leaves))
  const area = own.answer.reduce((sum, polygons) => sum + areaM2(polygons), 0)
  const row = (program: string, work: string, ms: number | string, found: readonly (Polygon | MultiPolygon)[]) => ({
    program,
    work,
    ms,
    '× ours': typeof ms === 'number' ? +(ms / Math.max(1, own.ms)).toFixed(1) : '–',
    'area − ours, ppm': found.length
      ? +((found.reduce((sum, geometry) => sum + areaM2(readPolygons(geometry).polygons), 0) / area - 1) * 1e6).toFixed(3)
      : '–',
  })
  const each = cellPolygons(cells, Int32Array.from(cells.leaf.keys()), cells.count).map(toMultiPolygon)
  const rows = [row('ours', 'arcs and rings from the kept half-edges, exact', own.ms, own.answer.map(toMultiPolygon))]
  const groups = Array.from({ length: leaves }, (): number[] => [])
  for (const [cell, leaf] of cells.leaf.entries()) groups[leaf]!.push(cell)
  const collection: FeatureCollection<MultiPolygon> = {
    type: 'FeatureCollection',
    features: each.map((geometry, cell) => ({ type: 'Feature', geometry, properties: { leaf: cells.leaf[cell]! } })),
  }
  const theirs = timed(() => {
    const built = topojson({ cells: collection })
    const { geometries } = built.objects['cells'] as GeometryCollection
    return groups.map((group) => merge(built, group.map((cell) => geometries[cell] as TopoPolygon))) // prettier-ignore
  })
  rows.push(row('topojson', 'topology of all cells anew, then merge', theirs.ms, theirs.answer))
  const folder = await mkdtemp(join(tmpdir(), 'gridward-mapshaper-'))
  try {
    const program = loadMapshaper(folder)
    const text = JSON.stringify(collection)
    const start = clock()
    const answer = await program?.applyCommands('-i in.json -dissolve leaf -o out.json', { 'in.json': text })
    const ms = answer ? Math.round(clock() - start) : 'skipped: not to be installed here'
    const found = answer ? (JSON.parse(answer['out.json']!.toString()) as FeatureCollection<Polygon | MultiPolygon>).features : []
    rows.push(row('mapshaper', 'reads GeoJSON, topology anew, dissolves, writes', ms, found.map(({ geometry }) => geometry))) // prettier-ignore
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const joined = timed(() =>
    groups.map((group) => {
      const parts = group.map((cell) => multiPolygon(each[cell]!.coordinates))
      return parts.length === 1 ? parts[0]!.geometry : union(featureCollection(parts))!.geometry
    }),
  )
  rows.push(row('turf', 'overlays the polygons of each unit, in floating point', joined.ms, joined.answer))
  return rows
}

const county = generateCounty({ seed: 1 })
const isAsked = (name: string): boolean => !options.only || options.only === name
/** Rectangles about the buildings' points: the demo has no footprints. */
const housesOf = (input: RedivisionInput): RedivisionInput => {
  return { ...input, buildings: withFootprints(input.buildings, (i) => ({ long: 8 + (i % 7), wide: 7, turn: (i * 0.7) % 3 })) }
}
const loads = [loadavg()[0]!]
const parts = [
  ...(isAsked('town') ? [divide('one town', inputOf(county, 1, TOWN), PRESETS, [null, 0.1, 1.5])] : []),
  ...(isAsked('town') ? [divide('the town with footprints', housesOf(inputOf(county, 1, TOWN)), ['repair', 'mix'])] : []),
  ...(isAsked('county') ? [divide('demo county', inputOf(county, 1), PRESETS, [1.5, 0.5, 10])] : []),
  ...(options.only === 'large' ? [divide(`${COPIES} such counties`, inputOf(county, COPIES), ['repair', 'keep'])] : []),
]
console.log('## Re-division\n')
if (parts.length > 0) {
  loads.push(loadavg()[0]!)
  const load = loads.map((each) => each.toFixed(1)).join(' at the beginning, ')
  console.log(`How soon, in seconds of the processor (load ${load} at the end); plans count from the base cells on:\n`)
  console.log(markdownTable(parts.flatMap(({ times }) => times)))
  console.log('\n300–500 households a unit. What comes of it:\n')
  console.log(markdownTable(parts.flatMap(({ plans }) => plans)))
  console.log(
    '\nOne run each, the code cold at the first preset of an area; a busy machine makes seconds of the processor longer, too. “Least” is' +
      ' what counting alone says must move. A village is impossible by its numbers, or because one building holds too many. The findings' +
      ' are those of a plan that has adopted all of it, but for households of impossible villages.',
  )
}
if (isAsked('dissolve')) {
  console.log(`\nCells of the demo county dissolved into its units.\n\n${markdownTable(await dissolve(inputOf(county, 1)))}`)
  console.log('\nUnequal work: ours keeps the cells as a half-edge graph while it looks; the others start from polygons.')
}
