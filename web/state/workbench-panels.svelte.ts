/** What lies open around the workbench's map: a dialog, the remarks, the proposals, the divided map; and what the last act said. */
import { createContext } from 'svelte'
import type { Finding } from '#model/finding.ts'
import type { PlanStep } from '#model/plan.ts'

export type OpenDialog =
  | { name: 'plans' }
  | { name: 'step'; step: PlanStep }
  | { name: 'table' }
  | { name: 'rebase' }
  | { name: 'import' }
  | { name: 'export' }
  | { name: 'renumber' }

export class Panels {
  dialog = $state.raw<OpenDialog | null>(null)
  reviewing = $state(false)
  proposing = $state(false)
  /** Today's borders lie over the left half of the map. */
  swiping = $state(false)
  /** What the server refused of an act that has no dialog. */
  failure = $state.raw<unknown>(null)
  /** Place on the map that a remark would point at; set by the map. */
  place: () => [number, number] | null = () => null
  /** Puts the chosen unit's name into a field; set by the left column. */
  rename: () => void = () => {}
  /** Mends a finding where the hand can; set by the page, null where it cannot. */
  mend = $state.raw<((finding: Finding, how: 'fill' | 'join') => void) | null>(null)

  close(): void {
    this.dialog = null
  }
}

export const [getPanels, setPanels] = createContext<Panels>()
