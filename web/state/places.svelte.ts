/** Units by name, over all counties one may see: for choosing a jurisdiction and for writing one out. */
import { createContext } from 'svelte'
import { endpoints } from '#contract/endpoints.ts'
import type { County } from '#contract/unit.ts'
import { ancestorsOf, isCode, isWithin, rankOf } from '#model/code.ts'
import type { Level } from '#model/level.ts'
import { call } from '../api/client.ts'
import type { Lang } from './language.svelte.ts'

export interface Place {
  code: string
  level: Level
  name: string
  nameEn: string | null
}

export class Places {
  all = $state.raw<ReadonlyMap<string, Place>>(new Map())
  private readonly language: { readonly lang: Lang }

  constructor(language: { readonly lang: Lang }) {
    this.language = language
  }

  /** Loads the units of the counties that lie in, or around, the jurisdiction. */
  async load(counties: readonly Pick<County, 'code'>[], jurisdiction: string): Promise<void> {
    const near = counties.filter(({ code }) => isWithin(code, jurisdiction) || isWithin(jurisdiction, code))
    const lists = await Promise.all(near.map(({ code }) => call(endpoints.units, { query: { unit: code } })))
    const places = lists.flatMap(({ county, units }) => [{ ...county, level: 'county' as const }, ...units])
    this.all = new Map(places.map(({ code, level, name, nameEn }) => [code, { code, level, name, nameEn }]))
  }

  /** Name in the screen's language; the code itself when the unit is unknown. */
  nameOf(code: string): string {
    const place = this.all.get(code)
    if (!place) return code
    return this.language.lang === 'en' ? place.nameEn || place.name : place.name
  }

  /** Names of what lies around a unit, coarsest first: 路桥区 · 新桥镇. Empty for a county. */
  aroundOf(code: string): string {
    if (!isCode(code)) return ''
    return ancestorsOf(code)
      .reverse()
      .map((each) => this.nameOf(each))
      .join(' · ')
  }

  /**
   * At most `limit` units inside `jurisdiction` that hold every word of `text` in their name, code or surroundings:
   * names that begin with it first, then coarse before fine.
   */
  find(text: string, jurisdiction: string, limit: number): Place[] {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean)
    const found: { place: Place; key: string }[] = []
    for (const place of this.all.values()) {
      if (!isWithin(place.code, jurisdiction)) continue
      const own = `${place.name} ${place.nameEn ?? ''}`.toLowerCase()
      const whole = `${own} ${place.code} ${this.aroundOf(place.code).toLowerCase()}`
      if (!words.every((word) => whole.includes(word))) continue
      const begins = words.length > 0 && own.startsWith(words[0]!)
      found.push({ place, key: `${begins ? 0 : 1}${rankOf(place.level)}${place.code}` })
    }
    return found
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .slice(0, limit)
      .map(({ place }) => place)
  }
}

export const [getPlaces, setPlaces] = createContext<Places>()
