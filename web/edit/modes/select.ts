/** Chooses units, one or several. */
import { ANYWHERE, type Tool } from '../mode.ts'

export interface SelectMode {
  tool: 'select'
}
const MODE: SelectMode = { tool: 'select' }

export const select: Tool<SelectMode> = {
  start: () => MODE,
  step(_mode, event, { units }) {
    if (event.type === 'cancel') return { mode: MODE, choose: { units: [] } }
    if (event.type !== 'click') return { mode: MODE }
    const { unit } = event.spot
    if (unit === null) return event.more ? { mode: MODE } : { mode: MODE, choose: { units: [] } }
    if (!event.more) return { mode: MODE, choose: { units: [unit] } }
    return { mode: MODE, choose: { units: units.includes(unit) ? units.filter((each) => each !== unit) : [...units, unit] } }
  },
  aim: () => ANYWHERE,
  hint: () => 'select',
}
