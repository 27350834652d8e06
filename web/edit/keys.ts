/** What a key means to the hand. Keys in a field belong to the field; the caller asks for none of those. */
import { TOOLS, type ToolName } from './tools.ts'

export type Command =
  | { do: 'undo' | 'redo' | 'finish' | 'cancel' | 'remove' | 'click' }
  /** The other level of units; the other kind of split. */
  | { do: 'level' | 'below' }
  /** What the chosen unit is called; new codes. */
  | { do: 'rename' | 'renumber' }
  | { do: 'tool'; tool: ToolName }
  /** Pixels to the east and to the north. */
  | { do: 'nudge'; by: readonly [number, number] }
  | { do: 'zoom'; by: 1 | -1 }
  /** The first character of a coordinate. */
  | { do: 'type'; text: string }

export interface KeyPress {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  shiftKey: boolean
  altKey: boolean
}

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
}
/** With Shift an arrow goes further. */
const LEAP = 10
const ACTS: Record<string, 'finish' | 'cancel' | 'remove' | 'click' | 'level' | 'below' | 'rename' | 'renumber'> = {
  Enter: 'finish',
  Escape: 'cancel',
  Delete: 'remove',
  Backspace: 'remove',
  ' ': 'click',
  g: 'level',
  b: 'below',
  n: 'renumber',
  F2: 'rename',
}

/** `busy`: something is in hand, so that a digit begins a coordinate instead of choosing a tool. Null: no key of the hand. */
export function commandOf({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyPress, busy: boolean): Command | null {
  if (ctrlKey || metaKey) {
    const letter = key.toLowerCase()
    if (letter === 'z') return { do: shiftKey ? 'redo' : 'undo' }
    return letter === 'y' ? { do: 'redo' } : null
  }
  if (altKey) return null
  const act = ACTS[/^[A-Z]$/.test(key) ? key.toLowerCase() : key]
  if (act) return { do: act }
  const arrow = ARROWS[key]
  if (arrow) return { do: 'nudge', by: shiftKey ? [arrow[0] * LEAP, arrow[1] * LEAP] : arrow }
  if (key === '+' || (key === '-' && !busy)) return { do: 'zoom', by: key === '+' ? 1 : -1 }
  if (key === '=' || (busy && /^[-0-9]$/.test(key))) return { do: 'type', text: key === '=' ? '' : key }
  const tool = /^[1-9]$/.test(key) ? TOOLS[Number(key) - 1] : undefined
  return tool ? { do: 'tool', tool } : null
}
