/** The planner's tools in the order of the tool bar; the number key of a tool is its place, counted from 1. */
export const TOOLS = ['select', 'border', 'split', 'merge', 'hand-over', 'cut-out', 'redraw', 'straighten'] as const
export type ToolName = (typeof TOOLS)[number]
