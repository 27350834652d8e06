/**
 * Takes borders in hand: drags a corner, a junction, a middle that becomes a corner; a double click sets one; Delete, arrows and typed
 * coordinates do the same to the vertex in hand. Both neighbours follow, because a border is there once.
 */
import type { Action, LeafId } from '#model/actions/action.ts'
import type { Arc } from '#model/difference.ts'
import { ANYWHERE, type Answer, type HandEvent, type Scene, type Tool } from '../mode.ts'
import { type GridPoint, isSame, toLngLat } from '../plane.ts'
import { type Handle, isOutline, kindOf, type Vertex } from '../under.ts'
import { unitOver } from '../unit-level.ts'

export interface BorderMode {
  tool: 'border'
  /** The vertex or middle in hand. */
  held: Handle | null
  /** Where it is being dragged. */
  to: GridPoint | null
  /** A border is chosen: its handles are there to be taken. */
  chosen: boolean
}
const IDLE: BorderMode = { tool: 'border', held: null, to: null, chosen: false }

/** The action that brings what is in hand to a place. */
export function moveTo(held: Handle, at: GridPoint): Action {
  const to = toLngLat(at)
  if (held.what === 'midpoint') return { type: 'insert-vertex', edge: [toLngLat(held.edge[0]), toLngLat(held.edge[1])], at: to }
  const from = toLngLat(held.at)
  if (held.kind === 'corner') return { type: 'move-vertex', from, to }
  return held.kind === 'outline' ? { type: 'move-outline', from, to } : { type: 'move-junction', from, to }
}

const unitsBeside = ({ left, right }: Arc, { coverage, level }: Scene): LeafId[] => [
  ...new Set([left, right].flatMap((id) => (id === null ? [] : [unitOver(coverage, id, level)]))),
]
const chosenBy = (arc: Arc, scene: Scene) => ({ units: unitsBeside(arc, scene), arc: arc.id })

function bring(mode: BorderMode, held: Handle, at: GridPoint): Answer<BorderMode> {
  if (isSame(held.at, at)) return { mode: { ...mode, to: null }, try: null }
  const moved: Vertex = { what: 'vertex', kind: held.what === 'vertex' ? held.kind : 'corner', at, arc: held.arc }
  return {
    mode: { ...mode, held: moved, to: null },
    do: [moveTo(held, at)],
    refused: { ...mode, held: held.what === 'vertex' ? held : null, to: null },
  }
}

/** The vertex as the coverage has it now: its arc is another one after every change. */
function refresh(held: Handle | null, { coverage }: Scene): Vertex | null {
  if (!held) return null
  const [found] = coverage.vertexAt(...held.at)
  return found ? { what: 'vertex', at: held.at, arc: found.arc, kind: kindOf(coverage, found.arc, found.index) } : null
}

function click(mode: BorderMode, { spot }: Extract<HandEvent, { type: 'click' }>, scene: Scene): Answer<BorderMode> {
  const { handle, edge, unit } = spot
  if (handle?.what === 'vertex') return { mode: { ...mode, held: handle, to: null, chosen: true }, choose: chosenBy(handle.arc, scene) }
  if (edge) return { mode: { ...IDLE, chosen: true }, choose: chosenBy(edge.arc, scene) }
  return { mode: IDLE, choose: { units: unit === null ? [] : [unit] } }
}

export const border: Tool<BorderMode> = {
  start: ({ arc, units }) => ({ ...IDLE, chosen: arc !== null || units.length > 0 }),
  step(mode, event, scene): Answer<BorderMode> {
    switch (event.type) {
      case 'press':
        return event.spot.handle ? { mode: { ...mode, held: event.spot.handle, to: null }, hold: true } : { mode }
      case 'drag':
        if (!mode.held) return { mode }
        return { mode: { ...mode, to: event.spot.at }, try: isSame(mode.held.at, event.spot.at) ? null : moveTo(mode.held, event.spot.at) }
      case 'drop':
        return mode.held && mode.to ? bring(mode, mode.held, mode.to) : { mode: { ...mode, to: null }, try: null }
      case 'click':
        return click(mode, event, scene)
      case 'double': {
        const { edge, handle } = event.spot
        if (!edge || handle?.what === 'vertex') return { mode }
        return bring({ ...mode, chosen: true }, { what: 'midpoint', at: edge.edge[0], arc: edge.arc, edge: edge.edge }, edge.at)
      }
      case 'remove': {
        const held = refresh(mode.held, scene)
        return held ? { mode: { ...mode, held: null }, do: [{ type: 'remove-vertex', at: toLngLat(held.at) }] } : { mode }
      }
      case 'nudge':
      case 'place': {
        const held = refresh(mode.held, scene)
        if (!held) return { mode }
        return bring(mode, held, event.type === 'place' ? event.at : [held.at[0] + event.by[0], held.at[1] + event.by[1]])
      }
      case 'take':
        return { mode: { ...mode, held: event.handle, to: null, chosen: true } }
      case 'cancel':
        if (mode.to) return { mode: { ...mode, to: null, held: null }, try: null }
        return mode.held ? { mode: { ...mode, held: null } } : { mode: IDLE, choose: { units: [] } }
      default:
        return { mode }
    }
  },
  aim({ held }, { coverage }) {
    if (!held) return ANYWHERE
    if (held.what === 'midpoint') return { ...ANYWHERE, corner: held.edge[1], before: held.edge[0] }
    const gate = held.kind === 'gate' ? coverage.arcsAtNode(...held.at).filter(isOutline) : null
    const { points: p } = held.arc
    let at = 0
    while (at < p.length && !(p[at] === held.at[0] && p[at + 1] === held.at[1])) at += 2
    const corner: GridPoint | null = at >= 2 ? [p[at - 2]!, p[at - 1]!] : null
    const before: GridPoint | null = at >= 4 ? [p[at - 4]!, p[at - 3]!] : null
    return { except: [held.at], corner, before, along: gate?.map(({ id }) => id) ?? null }
  },
  hint({ held, to, chosen }) {
    if (held?.what === 'vertex' && held.kind === 'outline') return 'border-outline'
    if (held?.what === 'vertex' && held.kind === 'gate') return 'border-slide'
    if (to) return 'border-drag'
    return held ? 'border-held' : chosen ? 'border-chosen' : 'border'
  },
}
