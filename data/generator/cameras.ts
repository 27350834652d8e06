/** Cameras with GB/T 28181 codes, by lanes and gates near buildings: 1,800 in the town whose wall shows them, some hundreds elsewhere. */
import type { Building, Camera } from './county.ts'
import { latOf, lngOf, type Point, RingIndex, toPlane } from './plane.ts'
import { createRandom, type Random } from './random.ts'
import type { GridUnit } from './units.ts'

export const FULL_TOWN = '331004103'
const FULL_COUNT = 1800
const ELSEWHERE_PER_VILLAGE = 3
const OFFLINE = 0.025

const PLACES = [
  '中心街路口',
  '村口',
  '文化礼堂',
  '农贸市场',
  '桥头',
  '河埠头',
  '公交站',
  '停车场',
  '健身广场',
  '老年活动室',
  '工业路口',
  '学校路口',
  '卫生室',
  '便民服务点',
  '沿河步道',
  '巷口',
] as const
const FACINGS = ['北向', '东北向', '东向', '东南向', '南向', '西南向', '西向', '西北向'] as const

export function placeCameras(grids: readonly GridUnit[], buildings: readonly Building[], seed: number): Camera[] {
  const random = createRandom(seed, 5)
  const near = new Map<string, Building[]>()
  for (const building of buildings) {
    const list = near.get(building.unitCode)
    if (list) list.push(building)
    else near.set(building.unitCode, [building])
  }
  const byCode = [...grids].sort((a, b) => (a.unit.code < b.unit.code ? -1 : 1))
  const full = byCode.filter(({ unit }) => unit.code.startsWith(FULL_TOWN))
  const cameras: Camera[] = []
  const towns = [...new Set(byCode.map(({ unit }) => unit.code.slice(0, 9)))]
  const used = new Map<string, number>()
  const sequence = new Map<string, number>()
  const add = (grid: GridUnit): void => {
    const village = grid.unit.code.slice(0, 12)
    const heading = random.below(8) * 45 + random.below(31) - 15
    const title = `${grid.unit.name.replace(/ \d+$/, '')} ${PLACES[random.below(PLACES.length)]}`
    const times = (used.get(title) ?? 0) + 1
    used.set(title, times)
    const town = grid.unit.code.slice(0, 9)
    const number = (sequence.get(town) ?? 0) + 1
    sequence.set(town, number)
    cameras.push({
      code: cameraCode(towns.indexOf(town) + 1, grid.unit.code, random.chance(0.35) ? '131' : '132', number),
      name: `${title}${times === 1 ? '' : times} ${FACINGS[Math.floor(((heading + 360 + 22) % 360) / 45) % 8]}`,
      unitCode: grid.unit.code,
      location: standNear(grid, near.get(grid.unit.code) ?? near.get(`${village}001`) ?? [], random),
      state: random.chance(OFFLINE) ? 'offline' : 'online',
      heading: (heading + 360) % 360,
    })
  }
  for (let i = 0; i < FULL_COUNT; i++) add(full[i % full.length] as GridUnit)
  const villages = new Map<string, GridUnit[]>()
  for (const grid of byCode) {
    if (grid.unit.code.startsWith(FULL_TOWN) || grid.plan.use === 'flats') continue
    const village = grid.unit.code.slice(0, 12)
    villages.set(village, [...(villages.get(village) ?? []), grid])
  }
  for (const own of villages.values()) {
    for (let i = 0; i < ELSEWHERE_PER_VILLAGE; i++) add(own[random.below(own.length)] as GridUnit)
  }
  return cameras
}

/** Area: the county and two digits for the town, by its order; trade 00 (roadside, public security); network 0. */
const cameraCode = (town: number, unitCode: string, device: string, sequence: number): string =>
  `${unitCode.slice(0, 6)}${String(town).padStart(2, '0')}00${device}0${String(sequence).padStart(6, '0')}`

/** A few steps off a building of the grid, inside the grid. */
function standNear(grid: GridUnit, buildings: readonly Building[], random: Random): [number, number] {
  const index = new RingIndex(
    grid.unit.geometry.coordinates.flat().map((ring) => ring.slice(1).map(([lng, lat]) => toPlane(lng * 1e7, lat * 1e7))),
    48,
  )
  for (let attempt = 0; attempt < 20 && buildings.length > 0; attempt++) {
    const { location } = buildings[random.below(buildings.length)] as Building
    const [bx, by]: Point = toPlane(location[0] * 1e7, location[1] * 1e7)
    const x = bx + (random.unit() - 0.5) * 40
    const y = by + (random.unit() - 0.5) * 40
    if (index.has(x, y) && index.distance2(x, y, 2) >= 4) return [lngOf(x) / 1e7, latOf(y) / 1e7]
  }
  return grid.unit.labelPoint
}
