/** The stretch of a border between two of its points. */
import type { FaceEdge } from '../overlay.ts'
import type { GridPoint } from './place.ts'

/** The edges of the shortest way along the border from one point to the other, or which of the two is not on it. */
export function stretchBetween(border: readonly FaceEdge[], from: GridPoint, to: GridPoint): ReadonlySet<FaceEdge> | 'start' | 'end' {
  const around = new Map<string, { edge: FaceEdge; beyond: string }[]>()
  const add = (key: string, edge: FaceEdge, beyond: string) => around.set(key, [...(around.get(key) ?? []), { edge, beyond }])
  for (const edge of border) {
    const [ax, ay, bx, by] = edge.points
    add(`${ax},${ay}`, edge, `${bx},${by}`)
    add(`${bx},${by}`, edge, `${ax},${ay}`)
  }
  const [start, end] = [from.join(), to.join()]
  if (!around.has(start)) return 'start'
  // Dijkstra (1959); a border between two units has few enough corners to look through all that are open.
  const reached = new Map<string, { length: number; by: FaceEdge | null; before: string }>([[start, { length: 0, by: null, before: '' }]])
  const open = new Set([start])
  while (open.size > 0) {
    let nearest = ''
    for (const key of open) if (nearest === '' || reached.get(key)!.length < reached.get(nearest)!.length) nearest = key
    open.delete(nearest)
    if (nearest === end) break
    for (const { edge, beyond } of around.get(nearest)!) {
      const [ax, ay, bx, by] = edge.points
      const length = reached.get(nearest)!.length + Math.abs(bx - ax) + Math.abs(by - ay)
      if (length >= (reached.get(beyond)?.length ?? Infinity)) continue
      reached.set(beyond, { length, by: edge, before: nearest })
      open.add(beyond)
    }
  }
  if (!reached.has(end)) return 'end'
  const stretch = new Set<FaceEdge>()
  for (let step = reached.get(end)!; step.by; step = reached.get(step.before)!) stretch.add(step.by)
  return stretch
}
