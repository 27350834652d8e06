/**
 * The land that a difference gives to another unit, as rings to be filled by the even-odd rule: for every unit what its old and new
 * border enclose between them. Moved land lies in two units' rings, the one that loses and the one that gains it, so one unit may be
 * left out and nothing is missing.
 */
import type { LeafId } from '#model/actions/action.ts'
import type { Difference } from '#model/difference.ts'
import { type Run, sweptBy } from '#model/swept.ts'
import type { GridPoint } from './plane.ts'

interface Strand {
  points: GridPoint[]
  used: boolean
}

const keyOf = ([x, y]: GridPoint): string => `${x},${y}`

/** `removed` and `added`: stretches of border that were, and are, where there is none on the other side of the difference. */
export interface MovedLand {
  /** Closed rings, one list for each unit but one. */
  rings: GridPoint[][][]
  removed: GridPoint[][]
  added: GridPoint[][]
}

export function movedLand(difference: Difference): MovedLand {
  const { removed, added } = sweptBy(difference)
  const byUnit = new Map<LeafId, Strand[]>()
  const lines = { removed: removed.map(pointsOf), added: added.map(pointsOf) }
  for (const [runs, points] of [
    [removed, lines.removed],
    [added, lines.added],
  ] as const) {
    for (const [n, { arc }] of runs.entries()) {
      if (arc.left === arc.right) continue
      for (const unit of [arc.left, arc.right]) {
        if (unit === null) continue
        const strands = byUnit.get(unit)
        const strand = { points: points[n]!, used: false }
        if (strands) strands.push(strand)
        else byUnit.set(unit, [strand])
      }
    }
  }
  // The one with most of it shares a stretch with every other.
  const units = [...byUnit].sort(([, a], [, b]) => b.length - a.length).slice(byUnit.size > 1 ? 1 : 0)
  const [before, after] = [edgesOf(lines.removed), edgesOf(lines.added)]
  return {
    rings: units.map(([, strands]) => ringsOf(strands)),
    removed: without(lines.removed, after),
    added: without(lines.added, before),
  }
}

/** An edge has no direction here. */
const edgeKey = (a: GridPoint, b: GridPoint): string => {
  const [one, other] = [keyOf(a), keyOf(b)]
  return one < other ? `${one} ${other}` : `${other} ${one}`
}
const edgesOf = (lines: readonly GridPoint[][]): Set<string> =>
  new Set(lines.flatMap((points) => points.slice(1).map((point, n) => edgeKey(points[n]!, point))))

/** Lines cut to the stretches of which no edge is among the given ones: a border that only changed its units has not moved. */
function without(lines: readonly GridPoint[][], edges: ReadonlySet<string>): GridPoint[][] {
  const kept: GridPoint[][] = []
  for (const points of lines) {
    let run: GridPoint[] = []
    for (const [n, point] of points.entries()) {
      if (n > 0 && edges.has(edgeKey(points[n - 1]!, point))) {
        if (run.length > 1) kept.push(run)
        run = []
      }
      run.push(point)
    }
    if (run.length > 1) kept.push(run)
  }
  return kept
}

const pointsOf = ({ points: p }: Run): GridPoint[] => Array.from({ length: p.length / 2 }, (_, i) => [p[2 * i]!, p[2 * i + 1]!])

/** Links strands end to end into closed rings. Old and new border of a unit end where they meet, so every strand finds a next one. */
function ringsOf(strands: readonly Strand[]): GridPoint[][] {
  const ends = new Map<string, Strand[]>()
  for (const strand of strands) {
    for (const end of [strand.points[0]!, strand.points.at(-1)!]) {
      const key = keyOf(end)
      const known = ends.get(key)
      if (known) known.push(strand)
      else ends.set(key, [strand])
    }
  }
  const rings: GridPoint[][] = []
  for (const first of strands) {
    if (first.used) continue
    first.used = true
    const ring = [...first.points]
    const start = keyOf(ring[0]!)
    while (keyOf(ring.at(-1)!) !== start) {
      const here = keyOf(ring.at(-1)!)
      const next = ends.get(here)?.find(({ used }) => !used)
      if (!next) break
      next.used = true
      const runsOn = keyOf(next.points[0]!) === here
      ring.push(...(runsOn ? next.points : next.points.toReversed()).slice(1))
    }
    rings.push(ring)
  }
  return rings
}
