/** Where reports come from: near buildings, more where more people live, and again and again from the same few corners. */
import type { County, LngLat } from './county.ts'
import { type Point, RingIndex, toPlane } from './plane.ts'
import { createRandom } from './random.ts'

/** A report stays this near to its building, and nearer where the grid's border is, metres. */
const REACH = 25
const HOT_SPOTS = 320
/** Part of all reports that hot spots bring. */
const HOT_PART = 0.36
const SLOTS = 1 << 18

export interface Spots {
  /** Of a 32-bit number. */
  choose(number: number): number
  unitCodes: string[]
  /** Of a spot, moved by −0.5 … 0.5 of its room: still in its unit. */
  locate(spot: number, dx: number, dy: number): LngLat
}

export function createSpots(county: County, seed: number): Spots {
  const random = createRandom(seed, 12)
  const unitCodes: string[] = []
  const lng: number[] = []
  const lat: number[] = []
  const room: number[] = []
  const weight: number[] = []
  const leaves = new Map(county.units.filter(({ isLeaf }) => isLeaf).map((unit) => [unit.code, unit]))
  const indices = new Map<string, RingIndex>()
  const indexOf = (code: string): RingIndex => {
    const known = indices.get(code)
    if (known) return known
    const rings = leaves.get(code)?.geometry.coordinates.flat() ?? []
    const index = new RingIndex(
      rings.map((ring) => ring.slice(1).map(([x, y]): Point => toPlane(x * 1e7, y * 1e7))),
      48,
    )
    indices.set(code, index)
    return index
  }
  const add = (code: string, [x, y]: LngLat, share: number): void => {
    const clear = Math.sqrt(indexOf(code).distance2(...toPlane(x * 1e7, y * 1e7), REACH))
    unitCodes.push(code)
    lng.push(Math.round(x * 1e7))
    lat.push(Math.round(y * 1e7))
    // A square of this width around the point stays within the circle of `clear`; a metre is 102 units of 1e-7 degree or less.
    room.push(Math.max(0, clear - 0.5) * 1.4 * 90)
    weight.push(share)
  }
  // A place of its own is busier than its few homes tell.
  for (const { unitCode, location, households } of county.buildings)
    add(unitCode, location, 1 + households * 0.35 + (households === 0 ? 6 : 0))
  for (const unit of leaves.values()) add(unit.code, unit.labelPoint, 0.4)

  const sum = weight.reduce((a, b) => a + b, 0)
  const heat = hotSpots(weight, random.unit)
  const slots = new Uint32Array(SLOTS)
  let filled = 0
  let owed = 0
  for (let i = 0; i < weight.length; i++) {
    owed += SLOTS * (((weight[i] as number) / sum) * (1 - HOT_PART) + (heat.get(i) ?? 0) * HOT_PART)
    while (filled < owed && filled < SLOTS) slots[filled++] = i
  }
  while (filled < SLOTS) slots[filled++] = weight.length - 1
  return {
    unitCodes,
    choose: (number) => slots[number >>> 14] as number,
    locate: (spot, dx, dy) => {
      const width = room[spot] as number
      return [Math.round((lng[spot] as number) + dx * width) / 1e7, Math.round((lat[spot] as number) + dy * width) / 1e7]
    },
  }
}

/** Shares of the hot spots: the first brings most, the n-th a part that falls with n. */
function hotSpots(weight: readonly number[], draw: () => number): Map<number, number> {
  const shares = new Map<number, number>()
  const count = Math.min(HOT_SPOTS, weight.length)
  let sum = 0
  for (let n = 0; n < count; n++) {
    const spot = Math.floor(draw() * weight.length)
    const share = 1 / (n + 12)
    shares.set(spot, (shares.get(spot) ?? 0) + share)
    sum += share
  }
  for (const [spot, share] of shares) shares.set(spot, share / sum)
  return shares
}
