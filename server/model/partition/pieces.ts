/** Whether the units of a division are of one piece each, and whether one would stay so without a cell. */
import type { CellGraph } from './cell-graph.ts'

type Borders = Pick<CellGraph, 'start' | 'neighbour' | 'joins'>

/** A cell with more neighbours than bits has none of what follows. */
const MOST_AROUND = 32
/** Cells that are looked at for a way round that does not lead over the cell's own neighbours. */
const FARTHEST = 8

/** By slot of a cell's neighbour: bits for those of the cell's slots whose neighbour is that one or is joined to it. */
export function bitsAround({ start, neighbour, joins }: Borders): Int32Array {
  const around = new Int32Array(neighbour.length)
  const bits = new Int32Array(start.length - 1)
  for (let c = 0; c < bits.length; c++) {
    const first = start[c]!
    const end = start[c + 1]!
    if (end - first > MOST_AROUND) continue
    for (let i = first; i < end; i++) bits[neighbour[i]!]! |= 1 << (i - first)
    for (let i = first; i < end; i++) {
      const d = neighbour[i]!
      let joined = bits[d]!
      for (let k = start[d]!; k < start[d + 1]!; k++) if (joins[k]) joined |= bits[neighbour[k]!]!
      around[i] = joined
    }
    for (let i = first; i < end; i++) bits[neighbour[i]!] = 0
  }
  return around
}

export class Pieces {
  private readonly graph: CellGraph
  private readonly label: Int32Array
  private readonly stamp: Int32Array
  private readonly queue: Int32Array
  private round = 0

  /** `label`: by cell its unit, looked up anew at each question. */
  constructor(graph: CellGraph, label: Int32Array) {
    this.graph = graph
    this.label = label
    this.stamp = new Int32Array(label.length)
    this.queue = new Int32Array(label.length)
  }

  /** True when the rest of c's unit, which must have another cell, is in one piece; also says no where that would take long to find out. */
  staysWhole(c: number): boolean {
    const { graph, label } = this
    const { start, neighbour, joins, around } = graph
    const a = label[c]!
    const first = start[c]!
    const degree = start[c + 1]! - first
    if (degree > MOST_AROUND) return this.isJoinedElsewhere(c)
    let own = 0
    for (let n = 0; n < degree; n++) if (joins[first + n] && label[neighbour[first + n]!] === a) own |= 1 << n
    if (own === 0) return false
    // Nearly always c's neighbours are joined to each other.
    let reached = own & -own
    for (let open = reached; open !== 0;) {
      const n = 31 - Math.clz32(open)
      const more = around[first + n]! & own & ~reached
      reached |= more
      open = (open ^ (1 << n)) | more
    }
    return reached === own || this.isJoinedElsewhere(c)
  }

  /** Looks through the unit, but not far: a long way round would go about another unit. */
  private isJoinedElsewhere(c: number): boolean {
    const { graph, label, stamp, queue } = this
    const { start, neighbour, joins } = graph
    const a = label[c]!
    const wanted = (this.round += 2)
    const seen = wanted + 1
    let open = -1
    for (let i = start[c]!; i < start[c + 1]!; i++) {
      const d = neighbour[i]!
      if (label[d] !== a || !joins[i]) continue
      stamp[d] = wanted
      queue[0] = d
      open++
    }
    if (open <= 0) return open === 0
    stamp[queue[0]!] = seen
    let end = 1
    for (let head = 0; head < end && head < FARTHEST; head++) {
      const d = queue[head]!
      for (let i = start[d]!; i < start[d + 1]!; i++) {
        const e = neighbour[i]!
        if (label[e] !== a || !joins[i] || e === c || stamp[e] === seen) continue
        if (stamp[e] === wanted && --open === 0) return true
        stamp[e] = seen
        queue[end++] = e
      }
    }
    return false
  }

  /** All pieces: by piece its unit, by cell the piece counted from 0 over all. */
  all(): { of: Int32Array; unit: number[] } {
    const { graph, label, queue } = this
    const of = new Int32Array(label.length).fill(-1)
    const unit: number[] = []
    for (let seed = 0; seed < label.length; seed++) {
      if (of[seed]! >= 0) continue
      const piece = unit.length
      const u = label[seed]!
      unit.push(u)
      of[seed] = piece
      queue[0] = seed
      for (let end = 1; end > 0;) {
        const c = queue[--end]!
        for (let i = graph.start[c]!; i < graph.start[c + 1]!; i++) {
          const d = graph.neighbour[i]!
          if (!graph.joins[i] || of[d]! >= 0 || label[d] !== u) continue
          of[d] = piece
          queue[end++] = d
        }
      }
    }
    return { of, unit }
  }
}
