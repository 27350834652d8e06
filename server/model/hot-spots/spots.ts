/** From places to spots: those that are significant, of one sign, and neighbours of each other, are one hot (or cold) spot. */
import { qValues } from './false-discovery.ts'
import { giStar } from './getis-ord.ts'
import type { Neighbours } from './neighbours.ts'

export interface TestedPlace {
  place: number
  around: number
  expected: number
  z: number
  p: number
  q: number
}
export interface Spot {
  heat: 1 | -1
  /** The most significant first. */
  places: TestedPlace[]
  /** Neighbours of those that are not significant themselves: their counts are part of what was tested. */
  ring: number[]
}

/** Every spot at q ≤ fdr, the one with the largest |z| first. */
export function findSpots(counts: ArrayLike<number>, neighbours: Neighbours, fdr: number): Spot[] {
  const { around, expected, z, p } = giStar(counts, neighbours)
  const q = qValues(p)
  const n = counts.length
  const heatOf = (i: number) => (q[i]! <= fdr ? Math.sign(z[i]!) : 0)
  const taken = new Uint8Array(n)
  const spots: Spot[] = []
  for (let i = 0; i < n; i++) {
    const heat = heatOf(i)
    if (taken[i] || heat === 0) continue
    const found = [i]
    const ring = new Set<number>()
    taken[i] = 1
    for (let at = 0; at < found.length; at++) {
      const from = found[at]!
      for (let k = neighbours.offsets[from]!; k < neighbours.offsets[from + 1]!; k++) {
        const j = neighbours.members[k]!
        if (heatOf(j) !== heat) ring.add(j)
        if (taken[j] || heatOf(j) !== heat) continue
        taken[j] = 1
        found.push(j)
      }
    }
    const places = found.map((place) => ({
      place,
      around: around[place]!,
      expected: expected[place]!,
      z: z[place]!,
      p: p[place]!,
      q: q[place]!,
    }))
    places.sort((a, b) => Math.abs(b.z) - Math.abs(a.z) || a.place - b.place)
    spots.push({ heat: heat as 1 | -1, places, ring: [...ring].sort((a, b) => a - b) })
  }
  return spots.sort(
    (a, b) => b.heat - a.heat || Math.abs(b.places[0]!.z) - Math.abs(a.places[0]!.z) || a.places[0]!.place - b.places[0]!.place,
  )
}
