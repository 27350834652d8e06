/** The planner's tools in the order of the tool bar; the number key of a tool is its place, counted from 1. */
import type { Answer, Aim, HandEvent, Hint, Mode, Scene, Tool } from './mode.ts'
import { border } from './modes/border.ts'
import { cutOut } from './modes/cut-out.ts'
import { handOver } from './modes/hand-over.ts'
import { merge } from './modes/merge.ts'
import { redraw } from './modes/redraw.ts'
import { select } from './modes/select.ts'
import { split } from './modes/split.ts'
import { straighten } from './modes/straighten.ts'

export const TOOLS = ['select', 'border', 'split', 'merge', 'hand-over', 'cut-out', 'redraw', 'straighten'] as const
export type ToolName = (typeof TOOLS)[number]

type ModeOf<N extends ToolName> = Extract<Mode, { tool: N }>
const BY_NAME: { [N in ToolName]: Tool<ModeOf<N>> } = {
  select,
  border,
  split,
  merge,
  'hand-over': handOver,
  'cut-out': cutOut,
  redraw,
  straighten,
}
/** Each tool only ever gets its own mode: the tag chose it. */
const toolOf = (name: ToolName) => BY_NAME[name] as unknown as Tool<Mode>

export const startOf = (name: ToolName, scene: Scene): Mode => toolOf(name).start(scene)
export const step = (mode: Mode, event: HandEvent, scene: Scene): Answer => toolOf(mode.tool).step(mode, event, scene)
export const aimOfMode = (mode: Mode, scene: Scene): Aim => toolOf(mode.tool).aim(mode, scene)
export const hintOf = (mode: Mode): Hint => toolOf(mode.tool).hint(mode)
