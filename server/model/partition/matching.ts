/** Which old leaf each new unit continues: so that as few households as possible get another unit. */
import type { Division } from './division.ts'

/** By unit the old leaf, or -1. Largest overlaps first, then exchanged in pairs while that keeps more where they are. */
export function matchUnits({ graph, label, count }: Pick<Division, 'graph' | 'label' | 'count'>): number[] {
  if (!graph.hasUnits) return new Array<number>(count).fill(-1)
  const leaves = graph.leaves.length
  const overlap = new Float64Array(count * leaves)
  // Units without households are told apart by their cells.
  for (let c = 0; c < label.length; c++) overlap[label[c]! * leaves + graph.old[c]!]! += graph.households[c]! * 65_536 + 1
  const pairs = [...overlap.keys()].filter((p) => overlap[p]! > 0).sort((p, q) => overlap[q]! - overlap[p]! || p - q)
  const matched = new Array<number>(count).fill(-1)
  const taken = new Uint8Array(leaves)
  for (const p of pairs) {
    const [u, o] = [Math.floor(p / leaves), p % leaves]
    if (matched[u]! >= 0 || taken[o]) continue
    matched[u] = o
    taken[o] = 1
  }
  const kept = (u: number, o: number): number => (o < 0 ? 0 : overlap[u * leaves + o]!)
  for (let changed = true; changed;) {
    changed = false
    for (let u = 0; u < count; u++) {
      for (let v = 0; v < u; v++) {
        const [o, p] = [matched[u]!, matched[v]!]
        if (kept(u, p) + kept(v, o) <= kept(u, o) + kept(v, p)) continue
        matched[u] = p
        matched[v] = o
        changed = true
      }
    }
  }
  return matched.map((o, u) => (o >= 0 && kept(u, o) > 0 ? o : -1))
}
