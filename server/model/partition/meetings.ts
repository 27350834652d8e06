/** Pairs of boxes that meet, found by sorting along x within strips of y. */

/** Columns of integers. */
export interface Boxes {
  minX: Int32Array
  minY: Int32Array
  maxX: Int32Array
  maxY: Int32Array
}

/** Boxes that sort in one number with their place along x. */
const MOST = 2 ** 22
/** How many mean heights a strip has, and how many strips there may be. */
const HEIGHTS = 4
const MOST_STRIPS = 4096

/** Calls for every pair that meets and of which one at least is new, once. */
export function eachMeeting(boxes: Boxes, isNew: Uint8Array, meet: (one: number, other: number) => void): void {
  const { minX, maxX, minY, maxY } = boxes
  const count = minX.length
  let [west, south, north, sum] = [Infinity, Infinity, -Infinity, 0]
  for (let e = 0; e < count; e++) {
    if (minX[e]! < west) west = minX[e]!
    if (minY[e]! < south) south = minY[e]!
    if (maxY[e]! > north) north = maxY[e]!
    sum += maxY[e]! - minY[e]!
  }
  const strips = Math.max(1, Math.min(MOST_STRIPS, Math.floor((north - south) / Math.max(1, (HEIGHTS * sum) / count))))
  const height = (north - south + 1) / strips
  const stripOf = (value: number): number => Math.floor((value - south) / height)
  const order = new Float64Array(count)
  const starts = new Int32Array(strips + 1)
  for (let e = 0; e < count; e++) {
    order[e] = (minX[e]! - west) * MOST + e
    const last = stripOf(maxY[e]!)
    for (let s = stripOf(minY[e]!); s <= last; s++) starts[s + 1]!++
  }
  order.sort()
  for (let s = 0; s < strips; s++) starts[s + 1]! += starts[s]!
  const filled = starts.slice()
  const listed = new Int32Array(starts[strips]!)
  for (let i = 0; i < count; i++) {
    const e = order[i]! % MOST
    const last = stripOf(maxY[e]!)
    for (let s = stripOf(minY[e]!); s <= last; s++) listed[filled[s]!++] = e
  }
  // The boxes once more, in the order in which they are read: most pairs are told apart by these alone.
  const wests = listed.map((e) => minX[e]!)
  const souths = listed.map((e) => minY[e]!)
  const norths = listed.map((e) => maxY[e]!)
  for (let s = 0; s < strips; s++) {
    const end = starts[s + 1]!
    for (let i = starts[s]!; i < end; i++) {
      const e = listed[i]!
      const reach = maxX[e]!
      const low = souths[i]!
      const high = norths[i]!
      const fresh = isNew[e]!
      for (let j = i + 1; j < end && wests[j]! <= reach; j++) {
        if (souths[j]! > high || norths[j]! < low) continue
        const f = listed[j]!
        // A pair that shares several strips belongs to the first of them.
        if ((fresh | isNew[f]!) === 1 && stripOf(low > souths[j]! ? low : souths[j]!) === s) meet(e, f)
      }
    }
  }
}
