/** The coarse steps of a search: units of one piece, another number of units, and a fresh cut between two. */
import type { Division } from './division.ts'
import type { Random } from './random.ts'

/** Every unit keeps its piece with most households; the others go to the neighbour with the longest border. */
export function mendPieces(division: Division): void {
  const { graph, label } = division
  for (let round = 0; round < label.length; round++) {
    const { of, unit } = division.pieces.all()
    const held = new Float64Array(unit.length)
    for (const [c, piece] of of.entries()) held[piece]! += graph.households[c]! + 1e-3
    const main = new Map<number, number>()
    for (const [piece, u] of unit.entries()) if (!main.has(u) || held[piece]! > held[main.get(u)!]!) main.set(u, piece)
    const loose = unit.findIndex((u, piece) => main.get(u) !== piece && borders(division, of, piece).size > 0)
    if (loose < 0) return
    const [to] = [...borders(division, of, loose)].sort((p, q) => q[1] - p[1] || p[0] - q[0])[0]!
    for (let c = 0; c < of.length; c++) if (of[c] === loose) label[c] = to
    division.recount()
  }
}

/** Units next to a piece, with the length of the border. */
function borders({ graph, label }: Division, of: Int32Array, piece: number): Map<number, number> {
  const lengths = new Map<number, number>()
  for (let c = 0; c < of.length; c++) {
    if (of[c] !== piece) continue
    for (let i = graph.start[c]!; i < graph.start[c + 1]!; i++) {
      const u = label[graph.neighbour[i]!]!
      if (graph.joins[i] && u !== label[c]) lengths.set(u, (lengths.get(u) ?? 0) + graph.length[i]!)
    }
  }
  return lengths
}

/**
 * Cuts the largest unit or joins the lightest pair until there are `wanted`, sparing units for which `isFixed` holds. False
 * when no cut or no pair is left.
 */
export function reachCount(
  division: Division,
  wanted: number,
  middle: number,
  isFixed: (unit: number) => boolean,
  random: Random,
): boolean {
  while (division.count < wanted) {
    const order = [...division.households.keys()].sort((u, v) => division.households[v]! - division.households[u]! || u - v)
    const cut = order.find((u) => division.size[u]! > 1 && !isFixed(u))
    if (cut === undefined) return false
    const parts = Math.max(2, Math.round(division.households[cut]! / middle))
    const part = cutByTree(division, [cut], division.households[cut]! / parts, random)
    if (!part) return false
    for (const c of part) division.label[c] = division.count
    division.count++
    division.matched.push(-1)
    division.recount()
  }
  while (division.count > wanted) {
    const pair = lightestPair(division, isFixed)
    if (!pair) return false
    const [keep, drop] = pair
    const last = division.count - 1
    for (let c = 0; c < division.label.length; c++) {
      if (division.label[c] === drop) division.label[c] = keep
      if (division.label[c] === last && drop !== last) division.label[c] = drop
    }
    division.matched[drop] = division.matched[last]!
    division.matched.length = last
    division.count = last
    division.recount()
  }
  return true
}

/** The larger one first. */
function lightestPair({ graph, label, households }: Division, isFixed: (unit: number) => boolean): [number, number] | null {
  let best: [number, number] | null = null
  let least = Infinity
  for (let c = 0; c < label.length; c++) {
    for (let i = graph.start[c]!; i < graph.start[c + 1]!; i++) {
      const [u, v] = [label[c]!, label[graph.neighbour[i]!]!]
      if (u >= v || !graph.joins[i] || households[u]! + households[v]! >= least || isFixed(u) || isFixed(v)) continue
      least = households[u]! + households[v]!
      best = households[u]! >= households[v]! ? [u, v] : [v, u]
    }
  }
  return best
}

/** A connected part of the units' land that leaves the rest connected, with about so many households: an edge of a random tree. */
function cutByTree({ graph, label }: Division, units: readonly number[], wanted: number, random: Random): number[] | null {
  const members = [...label.keys()].filter((c) => units.includes(label[c]!))
  const isIn = new Uint8Array(label.length)
  for (const c of members) isIn[c] = 1
  const parent = new Int32Array(label.length).fill(-2)
  const order: number[] = []
  const open: [cell: number, from: number][] = [[members[random.below(members.length)]!, -1]]
  while (open.length > 0) {
    const pick = random.below(open.length)
    const [c, from] = open[pick]!
    open[pick] = open.at(-1)!
    open.pop()
    if (parent[c] !== -2) continue
    parent[c] = from
    order.push(c)
    for (let i = graph.start[c]!; i < graph.start[c + 1]!; i++) {
      const d = graph.neighbour[i]!
      if (isIn[d] && graph.joins[i] && parent[d] === -2) open.push([d, c])
    }
  }
  // Units of several pieces cannot be cut by one tree.
  if (order.length < members.length || order.length < 2) return null
  const sum = new Float64Array(label.length)
  let total = 0
  for (const c of order) total += graph.households[c]!
  let best = -1
  let off = Infinity
  for (let i = order.length - 1; i > 0; i--) {
    const c = order[i]!
    sum[c]! += graph.households[c]!
    sum[parent[c]!]! += sum[c]!
    const distance = Math.min(Math.abs(sum[c]! - wanted), Math.abs(total - sum[c]! - wanted))
    if (distance < off) [off, best] = [distance, c]
  }
  const inPart = new Uint8Array(label.length)
  inPart[best] = 1
  for (const c of order) if (parent[c]! >= 0 && inPart[parent[c]!]) inPart[c] = 1
  const inside = order.filter((c) => inPart[c])
  return Math.abs(sum[best]! - wanted) <= Math.abs(total - sum[best]! - wanted) ? inside : order.filter((c) => !inPart[c])
}

/** ReCom: two neighbouring units become one and are cut anew where it balances. The cells' old labels, to take it back. */
export function recombine(division: Division, fixed: Uint8Array, random: Random): Int32Array | null {
  const { graph, label, households } = division
  const pairs = new Set<number>()
  for (let c = 0; c < label.length; c++) {
    for (let i = graph.start[c]!; i < graph.start[c + 1]!; i++) {
      const [u, v] = [label[c]!, label[graph.neighbour[i]!]!]
      if (u < v && graph.joins[i] && !fixed[u] && !fixed[v]) pairs.add(u * division.count + v)
    }
  }
  if (pairs.size === 0) return null
  const all = [...pairs].sort((p, q) => p - q)
  // Where something is out of range, there first.
  const bad = all.filter(
    (p) => division.outsideBy(households[Math.floor(p / division.count)]!) + division.outsideBy(households[p % division.count]!) > 0,
  )
  const from = bad.length > 0 && random.below(3) > 0 ? bad : all
  const pair = from[random.below(from.length)]!
  const [u, v] = [Math.floor(pair / division.count), pair % division.count]
  const part = cutByTree(division, [u, v], (households[u]! + households[v]!) / 2, random)
  if (!part) return null
  const before = label.slice()
  const inPart = new Set(part)
  // The part that holds more of v's land stays v, so that fewer change.
  let stay = 0
  for (let c = 0; c < label.length; c++) if (label[c] === u || label[c] === v) stay += (label[c] === v) === inPart.has(c) ? 1 : -1
  for (let c = 0; c < label.length; c++) if (label[c] === u || label[c] === v) label[c] = inPart.has(c) === stay >= 0 ? v : u
  division.recount()
  return before
}
