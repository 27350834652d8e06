/** Counts of open incidents by unit and severity, kept by addition so that a change costs one step a level. */
import { ancestorsOf, isCode } from '#model/code.ts'
import { isOpen, type Severity } from '#model/incident.ts'
import type { IncidentMarker } from '#contract/incident.ts'

export interface OpenCount {
  red: number
  yellow: number
  green: number
  total: number
}
export const NONE: Readonly<OpenCount> = Object.freeze({ red: 0, yellow: 0, green: 0, total: 0 })

export class Tally {
  private readonly counts = new Map<string, OpenCount>()

  /** Adds (+1) or takes away (−1) an incident at its unit and all above. Answers the codes that changed. */
  count(incident: IncidentMarker, by: 1 | -1): string[] {
    if (!isOpen(incident.state)) return []
    const codes = unitsOf(incident.unitCode)
    for (const code of codes) this.step(code, incident.severity, by)
    return codes
  }

  of(code: string): Readonly<OpenCount> {
    return this.counts.get(code) ?? NONE
  }

  clear(): void {
    this.counts.clear()
  }

  private step(code: string, severity: Severity, by: 1 | -1): void {
    const known = this.counts.get(code) ?? { ...NONE }
    known[severity] += by
    known.total += by
    if (known.total === 0) this.counts.delete(code)
    else this.counts.set(code, known)
  }
}

/** The unit and all above it, nearest first. */
export const unitsOf = (code: string): string[] => (isCode(code) ? [code, ...ancestorsOf(code)] : [code])
