/**
 * New borders made simple, in place. First Visvalingam's simplification: the corner with the smallest triangle goes. Then what
 * is left is pulled taut, corner by corner towards the line between its neighbours, as far as there is room: so a border comes
 * through between houses as straight as it can instead of going from the middle of one gap to the middle of the next. No border
 * ever passes a building or another border's corner (see `room.ts`). Corners of today's borders and of given lines stay, and so
 * do ends of arcs.
 */
import type { Room } from './room.ts'

/** Triangles below this go, m². */
const SMALLEST = 40_000
/** Once it is taut, those below this, which is less than anybody sees. */
const UNSEEN = 20
const PASSES = 4
/** How far towards the line it is tried to come, the farthest first. */
const REACHES = [1, 0.75, 0.5, 0.25] as const

interface Loose {
  x: Int32Array
  y: Int32Array
  room: Room
  isLoose(vertex: number): boolean
}

/** The arcs in turn, each with the room that those before have left. Moves vertices in `x` and `y`. */
export function simplifyArcs(arcs: readonly Int32Array[], loose: Loose): Int32Array[] {
  const lines = arcs.map((arc) => [...arc])
  const open = lines.filter((line) => line.slice(1, -1).some((v) => loose.isLoose(v)))
  for (const line of open) thin(line, SMALLEST, loose)
  for (let pass = 0; pass < PASSES; pass++) {
    let moved = 0
    for (const line of open) moved += tighten(line, loose)
    if (moved === 0) break
  }
  for (const line of open) thin(line, UNSEEN, loose)
  return lines.map((line) => Int32Array.from(line))
}

function thin(line: number[], smallestLeft: number, { room, isLoose }: Loose): void {
  const least = line[0] === line.at(-1) ? 4 : 2
  const stuck = new Set<number>()
  for (;;) {
    let best = -1
    let smallest = smallestLeft
    for (let i = 1; i < line.length - 1; i++) {
      const v = line[i]!
      if (!isLoose(v) || stuck.has(v)) continue
      const area = room.areaOf(line[i - 1]!, v, line[i + 1]!)
      if (area < smallest) [smallest, best] = [area, i]
    }
    if (best < 0 || line.length <= least) return
    const v = line[best]!
    // Two arcs between the same ends must not fall together.
    if (line.length === 3 || line[best - 1] === line[best + 1] || !room.mayDrop(line[best - 1]!, v, line[best + 1]!)) {
      stuck.add(v)
      continue
    }
    line.splice(best, 1)
    room.drop(v)
    stuck.delete(line[best - 1]!)
    stuck.delete(line[best]!)
  }
}

/** How many corners came nearer to the line between their neighbours. */
function tighten(line: readonly number[], { x, y, room, isLoose }: Loose): number {
  let moved = 0
  for (let i = 1; i < line.length - 1; i++) {
    const [a, v, b] = [line[i - 1]!, line[i]!, line[i + 1]!]
    if (a === b || !isLoose(v)) continue
    const [dx, dy] = [x[b]! - x[a]!, y[b]! - y[a]!]
    const along = Math.max(0.05, Math.min(0.95, ((x[v]! - x[a]!) * dx + (y[v]! - y[a]!) * dy) / (dx * dx + dy * dy)))
    const [tx, ty] = [x[a]! + along * dx - x[v]!, y[a]! + along * dy - y[v]!]
    for (const reach of REACHES) {
      const [px, py] = [Math.round(x[v]! + reach * tx), Math.round(y[v]! + reach * ty)]
      if ((px === x[v] && py === y[v]) || !room.mayMove(a, v, b, px, py)) continue
      room.move(v, px, py)
      moved++
      break
    }
  }
  return moved
}
