/**
 * Repeats: one kind at one place again. The place is within so many metres of the first report of its group, so that a street
 * of unlike reports is no repeat; again means within so many days after the group's last one.
 */
import { Buckets, type Points } from './points.ts'

export interface RepeatOptions {
  metres: number
  seconds: number
}

/** Groups of at least two, each in the order of time; groups in the order of their first. Points must be in the order of time. */
export function repeats(points: Points, { metres, seconds }: RepeatOptions): number[][] {
  const { x, y, t } = points
  const anchors = new Buckets(metres)
  const groups = new Map<number, number[]>()
  for (let i = 0; i < x.length; i++) {
    let best: number | null = null
    let nearest = metres
    for (const list of anchors.around(points, i)) {
      let kept = 0
      for (const anchor of list) {
        const last = groups.get(anchor)!.at(-1)!
        // Over: nothing later can belong to it.
        if (t[i]! - t[last]! > seconds) continue
        list[kept++] = anchor
        const distance = Math.hypot(x[i]! - x[anchor]!, y[i]! - y[anchor]!)
        if (distance < nearest || (distance === nearest && (best === null || anchor < best))) [best, nearest] = [anchor, distance]
      }
      list.length = kept
    }
    if (best !== null) groups.get(best)!.push(i)
    else {
      groups.set(i, [i])
      anchors.add(points, i)
    }
  }
  return [...groups.values()].filter((group) => group.length > 1)
}
