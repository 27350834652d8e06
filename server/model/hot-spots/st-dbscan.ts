/**
 * ST-DBSCAN: incidents of one kind that lie close together in place and in time. A point is a core when at least minPts points,
 * itself counted, lie within eps metres and eps seconds of it; a cluster is all cores that reach each other, and what they reach.
 * Birant & Kut, Data & Knowledge Engineering 60(1), 2007, without its third distance. A border point that two clusters reach goes to the earlier.
 */
import { Buckets, type Points } from './points.ts'

export interface ClusterOptions {
  metres: number
  seconds: number
  minPts: number
}

/** First index of an ascending list whose point is not before `since`. */
function firstSince(list: readonly number[], t: Float64Array, since: number): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (t[list[middle]!]! < since) low = middle + 1
    else high = middle
  }
  return low
}

/** Indices of each cluster in the order of time; clusters in the order of their first core. Points must be in the order of time. */
export function clusters(points: Points, { metres, seconds, minPts }: ClusterOptions): number[][] {
  const { x, y, t } = points
  const n = x.length
  const all = new Buckets(metres)
  // What no cluster has yet: taken points leave the lists, so that ten thousand reports of one place are not walked ten thousand times.
  const free = new Buckets(metres)
  for (let i = 0; i < n; i++) {
    all.add(points, i)
    free.add(points, i)
  }
  const isNear = (i: number, j: number) => (x[i]! - x[j]!) ** 2 + (y[i]! - y[j]!) ** 2 <= metres * metres
  const isCore = (i: number): boolean => {
    let count = 0
    for (const list of all.around(points, i)) {
      for (let k = firstSince(list, t, t[i]! - seconds); k < list.length && t[list[k]!]! <= t[i]! + seconds; k++) {
        if (isNear(i, list[k]!) && ++count >= minPts) return true
      }
    }
    return false
  }
  const taken = new Uint8Array(n)
  const takeAround = (i: number, into: number[]) => {
    for (const list of free.around(points, i)) {
      const from = firstSince(list, t, t[i]! - seconds)
      let kept = from
      let k = from
      for (; k < list.length && t[list[k]!]! <= t[i]! + seconds; k++) {
        const j = list[k]!
        if (taken[j]) continue
        if (isNear(i, j)) {
          taken[j] = 1
          into.push(j)
        } else list[kept++] = j
      }
      list.splice(kept, k - kept)
    }
  }
  const found: number[][] = []
  for (let i = 0; i < n; i++) {
    if (taken[i] || !isCore(i)) continue
    taken[i] = 1
    const cluster = [i]
    for (let at = 0; at < cluster.length; at++) if (at === 0 || isCore(cluster[at]!)) takeAround(cluster[at]!, cluster)
    found.push(cluster.sort((a, b) => a - b))
  }
  return found
}
