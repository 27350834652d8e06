/** The units as they were: which change of theirs an instant falls behind, and their names then. All instants between two changes are one. */
import { endpoints } from '#contract/endpoints.ts'
import type { UnitSummary } from '#contract/unit.ts'
import { call } from '../api/client.ts'
import type { Lang } from './language.svelte.ts'

export interface UnitsThen {
  units: ReadonlyMap<string, UnitSummary>
  nameOf(code: string): string
}

export class HeatBoundaries {
  /** RFC 3339 instant of the change whose units are shown; null: those of now. */
  at = $state<string | null>(null)
  /** Null: those of now. */
  units = $state.raw<UnitsThen | null>(null)
  /** True where nobody has told what the units were: the first known ones are shown. */
  isGuess = $state(false)
  error = $state.raw<Error | null>(null)

  private readonly language: { readonly lang: Lang }
  private changes: readonly string[] | null = null
  private lists = new Map<string, UnitsThen>()
  private wanted = 0
  private asking = false

  constructor(language: { readonly lang: Lang }) {
    this.language = language
  }

  /** Shows the units of another instant; what has to be fetched for it follows when it is there. */
  async seek(unit: string, at: number): Promise<void> {
    this.wanted = at
    if (this.asking) return
    this.asking = true
    try {
      this.changes ??= (await call(endpoints.unitHistory, { query: { unit } })).changes.map((change) => change.at)
      for (let key = this.keyOf(this.wanted); ; key = this.keyOf(this.wanted)) {
        const units = key === null ? null : await this.list(unit, key)
        if (key !== this.keyOf(this.wanted)) continue
        ;[this.at, this.units] = [key, units]
        break
      }
      this.isGuess = this.changes.length > 0 && this.wanted < Date.parse(this.changes[0]!)
      this.error = null
    } catch (error) {
      this.error = error as Error
    }
    this.asking = false
  }

  /** The last change at or before an instant, the first where there was none yet; null when no later one has happened. */
  private keyOf(at: number): string | null {
    const changes = this.changes!
    if (changes.length < 2) return null
    const last = changes.findLast((change) => Date.parse(change) <= at) ?? changes[0]!
    return last === changes.at(-1) ? null : last
  }

  private async list(unit: string, at: string): Promise<UnitsThen> {
    const known = this.lists.get(at)
    if (known) return known
    const { units } = await call(endpoints.units, { query: { unit, at } })
    const byCode = new Map(units.map((each) => [each.code, each]))
    const nameOf = (code: string): string => {
      const own = byCode.get(code)
      return own ? (this.language.lang === 'en' ? own.nameEn || own.name : own.name) : code
    }
    const list = { units: byCode, nameOf }
    this.lists.set(at, list)
    return list
  }
}
