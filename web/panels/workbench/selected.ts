/** What the chosen units hold, as rows of the table "selected"; two units stand beside each other, more are added up. */
import type { Leaf } from '#model/difference.ts'
import type { UnitKind } from '#model/level.ts'
import type { Key } from '../../i18n/i18n.ts'

export interface UnitFacts {
  id: string
  name: string
  households: number
  residents: number
  areaM2: number
  /** Polsby–Popper, 0…1: 1 for a circle; null where it says nothing. */
  compactness: number | null
  /** Figures in force of what the unit's land is at the moment; null where one may not see them, or the unit is new. */
  openIncidents: number | null
  incidentsPerMonth: number | null
  /** Posts, not persons. */
  posts: number | null
  /** What the unit is; null for several together. */
  facts: Leaf | null
}

/** What a planner may say of a unit. */
export interface Description {
  name?: string
  nameEn?: string | null
  unitKind?: UnitKind
}

/** The line between two chosen units. */
export interface SharedBorder {
  arcs: number
  corners: number
  lengthM: number
}

export const FACTS = [
  ...(['households', 'residents', 'area', 'compactness'] as const),
  ...(['openIncidents', 'incidentsPerMonth', 'posts', 'householdsPerPost'] as const),
] as const
export type Fact = (typeof FACTS)[number]

export const FACT_NAMES: Readonly<Record<Fact, Key>> = {
  households: 'workbench.selected.households',
  residents: 'workbench.selected.residents',
  area: 'workbench.selected.area',
  compactness: 'workbench.selected.compactness',
  openIncidents: 'workbench.selected.openIncidents',
  incidentsPerMonth: 'workbench.selected.incidentsPerMonth',
  posts: 'workbench.selected.posts',
  householdsPerPost: 'workbench.selected.householdsPerPost',
}

/** The figure of a unit, null where there is none. Area in km². */
export function factOf(unit: UnitFacts, fact: Fact): number | null {
  if (fact === 'area') return unit.areaM2 / 1e6
  if (fact === 'householdsPerPost') return unit.posts ? unit.households / unit.posts : null
  return unit[fact]
}

/** Digits behind the point. */
export const DIGITS: Readonly<Record<Fact, number>> = {
  ...{ households: 0, residents: 0, area: 2, compactness: 2 },
  ...{ openIncidents: 0, incidentsPerMonth: 0, posts: 0, householdsPerPost: 0 },
}

const add = (values: readonly (number | null)[]): number | null =>
  values.every((value) => value === null) ? null : values.reduce<number>((sum, value) => sum + (value ?? 0), 0)

/** Many units as one; compactness says nothing of a sum and is left out. */
export function together(units: readonly UnitFacts[]): UnitFacts {
  const of = (pick: (unit: UnitFacts) => number | null) => add(units.map(pick))
  return {
    id: '',
    name: '',
    households: of(({ households }) => households) ?? 0,
    residents: of(({ residents }) => residents) ?? 0,
    areaM2: of(({ areaM2 }) => areaM2) ?? 0,
    compactness: null,
    openIncidents: of(({ openIncidents }) => openIncidents),
    incidentsPerMonth: of(({ incidentsPerMonth }) => incidentsPerMonth),
    posts: of(({ posts }) => posts),
    facts: null,
  }
}
