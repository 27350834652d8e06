/** The county's units and the kinds of incident: what names, breadcrumbs and ratios are looked up in. Reloaded when units change. */
import { createContext } from 'svelte'
import { endpoints } from '#contract/endpoints.ts'
import type { KindList } from '#contract/incident.ts'
import type { County, UnitSummary } from '#contract/unit.ts'
import { ancestorsOf, codeAt, isCode } from '#model/code.ts'
import { type Level, LEVELS } from '#model/level.ts'
import { call } from '../api/client.ts'
import type { Lang } from './language.svelte.ts'

type KindClass = KindList['classes'][number]
type Kind = KindClass['kinds'][number]

export class Catalogue {
  /** Null until loaded; the pages are shown after that. */
  county = $state.raw<County | null>(null)
  units = $state.raw<ReadonlyMap<string, UnitSummary>>(new Map())
  classes = $state.raw<readonly KindClass[]>([])
  /** Version of the units: what their tiles are keyed by. */
  version = $state(0)
  /** Rises when cameras were loaded anew: their tiles are asked for again. */
  cameraVersion = $state(0)

  private readonly language: { readonly lang: Lang }
  private children: ReadonlyMap<string, readonly UnitSummary[]> = new Map()
  private kinds: ReadonlyMap<string, { kind: Kind; of: KindClass }> = new Map()

  constructor(language: { readonly lang: Lang }) {
    this.language = language
  }

  async load(): Promise<void> {
    const [units, kinds] = await Promise.all([call(endpoints.units), call(endpoints.kinds)])
    this.kinds = new Map(kinds.classes.flatMap((of) => of.kinds.map((kind) => [kind.code, { kind, of }] as const)))
    this.classes = kinds.classes
    this.takeUnits(units.units)
    this.county = units.county
    this.version = units.version
  }

  /** Units alone, after an import or a plan in force. */
  async reloadUnits(): Promise<void> {
    const units = await call(endpoints.units)
    this.takeUnits(units.units)
    this.county = units.county
    this.version = units.version
  }

  /** Units directly below, in the order of their codes. */
  childrenOf(code: string): readonly UnitSummary[] {
    void this.units
    return this.children.get(code) ?? []
  }

  /** All units of one level, in the order of their codes. */
  ofLevel(level: Level): UnitSummary[] {
    return [...this.units.values()].filter((unit) => unit.level === level)
  }

  /** How many units of each level lie below (microgrids only where they exist). */
  countBelow(code: string): Record<Level, number> {
    const counts = Object.fromEntries(LEVELS.map((level) => [level, 0])) as Record<Level, number>
    for (const unit of this.units.values()) if (unit.code !== code && unit.code.startsWith(code)) counts[unit.level]++
    return counts
  }

  /** Name in the screen's language; the code itself when the unit is unknown. */
  nameOf(code: string): string {
    const unit = this.units.get(code)
    if (!unit) return this.county?.code === code ? this.inLanguage(this.county) : code
    return this.inLanguage(unit)
  }

  /** From the coarsest named unit below `within` to the unit itself: `town · village · grid`. */
  pathOf(code: string, within = this.county?.code ?? ''): string[] {
    if (!isCode(code)) return [code]
    return [...ancestorsOf(code).reverse(), code].filter((each) => each.length > within.length).map((each) => this.nameOf(each))
  }

  /** The unit's ancestor (or itself) at a level, when the catalogue knows one. */
  at(code: string, level: Level): UnitSummary | undefined {
    const above = codeAt(code, level)
    return above === null ? undefined : this.units.get(above)
  }

  kindName(code: string): string {
    const found = this.kinds.get(code)
    return found ? this.inLanguage(found.kind) : code
  }

  className(code: string): string {
    const found = this.classes.find((each) => each.code === code.slice(0, 2))
    return found ? this.inLanguage(found) : code
  }

  private inLanguage(named: { name: string; nameEn: string | null }): string {
    return this.language.lang === 'en' ? named.nameEn || named.name : named.name
  }

  private takeUnits(list: readonly UnitSummary[]): void {
    const sorted = list.toSorted((a, b) => (a.code < b.code ? -1 : 1))
    const children = new Map<string, UnitSummary[]>()
    for (const unit of sorted) {
      if (unit.parentCode === null) continue
      const siblings = children.get(unit.parentCode)
      if (siblings) siblings.push(unit)
      else children.set(unit.parentCode, [unit])
    }
    this.children = children
    this.units = new Map(sorted.map((unit) => [unit.code, unit]))
  }
}

export const [getCatalogue, setCatalogue] = createContext<Catalogue>()
