/** What takes long enough to be worked out aside, by a thread of the server or a worker of the page, and what such a one is told of a coverage. */
import type { Action } from './actions/action.ts'
import type { Coverage } from './coverage.ts'
import type { Arc, CutGrid, Difference, Leaf } from './difference.ts'

/** Vertices from which on an action or a check is worked out aside; below, a thread takes longer to start. */
export const MANY_VERTICES = 4000

/** What a coverage is made of; goes through a structured clone. */
export interface CoverageState {
  leaves: readonly Leaf[]
  arcs: readonly Arc[]
  grids: readonly CutGrid[]
}

export const stateOf = ({ leaves, arcs, grids }: Coverage): CoverageState => ({
  leaves: [...leaves.values()],
  arcs: [...arcs.values()],
  grids: [...grids.values()],
})

/** Positions that an action gives. */
export function verticesOf(action: Action): number {
  switch (action.type) {
    case 'divide':
      return action.into.reduce((sum, { polygons }) => sum + polygons.flat().reduce((part, ring) => part + ring.length, 0), 0)
    case 'cut-out':
      return action.ring.length
    case 'split':
    case 'redraw-border':
      return action.line.length
    case 'hand-over':
      return action.line?.length ?? 0
    default:
      return 0
  }
}

/** Vertices of the borders that a difference takes away and brings. */
export const verticesIn = ({ arcs }: Difference): number =>
  [...arcs.removed, ...arcs.added].reduce((sum, { points }) => sum + points.length / 2, 0)
