/**
 * Where people live, invented but plausible: how many households a place holds, where the land ends, where lines like to
 * run. Towns stand about where the real ones do; everything finer is noise.
 */
import { type Point, RingIndex, toPlane } from './plane.ts'
import { ridgeNoise, valueNoise } from './random.ts'

export interface TownPlan {
  code: string
  /** Degrees; about the real centre. */
  centre: readonly [lng: number, lat: number]
  /** Where the town's land grows from, when not from its centre: the eastern towns reach out over the flats. */
  seed?: readonly [lng: number, lat: number]
  /** Share of the county's households, any unit. */
  share: number
  /** Households per km² at the centre, above the country around, and the radius over which they thin out, metres. */
  peak: number
  radius: number
}

export const TOWNS: readonly TownPlan[] = [
  { code: '331004001', centre: [121.358, 28.5605], share: 82, peak: 3600, radius: 1300 },
  { code: '331004002', centre: [121.371, 28.5795], share: 100, peak: 5600, radius: 1500 },
  { code: '331004003', centre: [121.356, 28.5955], share: 80, peak: 4200, radius: 1300 },
  { code: '331004004', centre: [121.3505, 28.5345], share: 42, peak: 2000, radius: 900 },
  { code: '331004005', centre: [121.3175, 28.6075], share: 52, peak: 1700, radius: 1000 },
  { code: '331004006', centre: [121.3985, 28.5375], share: 68, peak: 2200, radius: 1100 },
  { code: '331004103', centre: [121.4285, 28.5575], share: 52, peak: 2600, radius: 1000 },
  { code: '331004104', centre: [121.4655, 28.5635], share: 52, peak: 2000, radius: 950 },
  { code: '331004106', centre: [121.5105, 28.5075], seed: [121.56, 28.503], share: 112, peak: 2700, radius: 1250 },
  { code: '331004107', centre: [121.5125, 28.5655], seed: [121.545, 28.569], share: 92, peak: 2200, radius: 1150 },
]

export interface Terrain {
  /** Households per m²; 0 off the land. */
  density(x: number, y: number): number
  isLand(x: number, y: number): boolean
  /** How unlikely a unit grows across this place: 1 in the open, more on the invented streams and roads. */
  resistance(x: number, y: number): number
}

/** `land`: rings of degrees of the land, even–odd. */
export function createTerrain(seed: number, land: readonly (readonly Point[])[]): Terrain {
  const index = new RingIndex(land.map((ring) => ring.map(([lng, lat]) => toPlane(lng * 1e7, lat * 1e7))))
  const towns = TOWNS.map(({ centre, peak, radius }) => {
    const [x, y] = toPlane(centre[0] * 1e7, centre[1] * 1e7)
    return { x, y, peak: peak / 1e6, radius2: radius * radius }
  })
  const [coreX, coreY] = toPlane(1213650000, 285790000)
  const isLand = (x: number, y: number): boolean => index.has(x, y)
  return {
    isLand,
    density(x, y) {
      if (!isLand(x, y)) return 0
      // Villages: patches of one to two hundred metres; hills in the west keep whole square kilometres empty.
      const patch = valueNoise(x, y, 640, seed + 11) * 0.6 + valueNoise(x, y, 230, seed + 12) * 0.4
      const west = Math.max(0, Math.min(1, (9500 - x) / 6000))
      const hill = valueNoise(x, y, 1900, seed + 13)
      const open = 1 - west * Math.max(0, Math.min(1, (hill - 0.42) * 5)) * 0.88
      let sum = 0.00042 * open
      for (const town of towns) {
        const d2 = ((x - town.x) ** 2 + (y - town.y) ** 2) / town.radius2
        sum += town.peak / ((1 + d2) * (1 + d2))
      }
      const core2 = ((x - coreX) ** 2 + (y - coreY) ** 2) / 9e6
      sum += 0.0009 / ((1 + core2) * (1 + core2))
      return sum * (0.25 + 1.5 * patch * patch * patch * 2.6)
    },
    resistance(x, y) {
      const streams = ridgeNoise(x, y, 2600, seed + 21) * 5 + ridgeNoise(x + 900, y, 1100, seed + 22) * 3.5
      const ditches = ridgeNoise(x, y, 420, seed + 23) * 3 + ridgeNoise(x, y, 190, seed + 25) * 2
      return 0.7 + streams + ditches + valueNoise(x, y, 90, seed + 24) * 1.2
    },
  }
}
