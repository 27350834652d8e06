/** From the plan's coverage to what a re-division is given, and from its proposal back to the planner's actions. */
import type { Divide, LeafId } from '#model/actions/action.ts'
import type { BuildingColumns } from '#model/buildings.ts'
import { isWithin } from '#model/code.ts'
import type { Coverage } from '#model/coverage.ts'
import { toGrid } from '#model/crs.ts'
import type { FlatRing } from '#model/exact.ts'
import { toDivide } from '#model/partition/divide-action.ts'
import type { Proposal, RedivisionInput, VillageInput } from '#model/partition/redivision.ts'
import type { Targets } from '#model/targets.ts'
import type { Lines } from '#contract/line.ts'

/**
 * Villages of the scope with the leaves that they have in the plan. What is no grid, or exempt from the target, keeps its land. A
 * village that is a leaf itself has no grids yet, and is to get some.
 */
export function villagesIn(coverage: Coverage, scope: string, targets: Targets): VillageInput[] {
  const villages = new Map<string, VillageInput & { leaves: VillageInput['leaves'][number][] }>()
  for (const [id, { code, parentCode, level, unitKind }] of coverage.leaves) {
    if (level === 'village') {
      if (targets.exempt.includes(unitKind)) continue
      const leaf = { id, polygons: coverage.polygonsOf(id), unitKind: 'general' as const }
      // One that is new in the plan has no code for units to hang below.
      if (code !== null && isWithin(code, scope)) villages.set(code, { code, leaves: [leaf], isUndivided: true })
      continue
    }
    if (!isWithin(parentCode, scope)) continue
    let village = villages.get(parentCode)
    if (!village) villages.set(parentCode, (village = { code: parentCode, leaves: [] }))
    const isDivided = level === 'grid' && !targets.exempt.includes(unitKind)
    village.leaves.push({ id, polygons: coverage.polygonsOf(id), unitKind: isDivided ? 'general' : unitKind === 'general' ? 'dedicated' : unitKind }) // prettier-ignore
  }
  return [...villages.values()].filter(({ leaves }) => leaves.some(({ unitKind }) => unitKind === 'general'))
}

export interface Ground {
  coverage: Coverage
  buildings: BuildingColumns
  lines: Lines | null
  targets: Targets
}

export function inputOf({ coverage, buildings, lines, targets }: Ground, scope: string): RedivisionInput {
  return {
    villages: villagesIn(coverage, scope, targets),
    buildings,
    lines: lines?.features.map(({ geometry }): FlatRing => Int32Array.from(geometry.coordinates.flatMap(([lng, lat]) => toGrid([lng!, lat!])))), // prettier-ignore
    targets: { min: targets.minHouseholds, max: targets.maxHouseholds },
    minWidth: targets.minWidth,
    clearance: targets.clearance,
  }
}

export interface Naming {
  /** Names that the village's units have. */
  coverage: Coverage
  villageName: (code: string) => string
  newId: () => LeafId
}

/** One action for each of the villages in which something changes. New units are named after their village, with the next free number. */
export function actionsOf(proposal: Proposal, codes: ReadonlySet<string>, { coverage, villageName, newId }: Naming): Divide[] {
  return proposal.villages
    .filter(({ code }) => codes.has(code))
    .flatMap((village) => {
      const names = new Set([...coverage.leaves.values()].filter(({ parentCode }) => parentCode === village.code).map(({ name }) => name))
      const action = toDivide(village, ({ id, isNew }) => {
        // One that has ended since is refused with the whole action, whatever it is called.
        if (!isNew) return { id, name: coverage.leaves.get(id)?.name ?? id }
        const name = freeName(names, villageName(village.code))
        names.add(name)
        return { id: newId(), name }
      })
      return action ?? []
    })
}

/** True when a unit that the proposal takes land from has ended since: of a village without units, when it has been divided otherwise. */
export const isOvertaken = ({ villages }: Proposal, taken: ReadonlySet<string>, { leaves }: Pick<Coverage, 'leaves'>): boolean =>
  villages.some(({ code, units, ended, divided = null }) => {
    const ids = [...units.filter(({ isNew }) => !isNew).map(({ id }) => id), ...ended, ...(divided === null ? [] : [divided])]
    return !taken.has(code) && ids.some((id) => !leaves.has(id))
  })

/** As the village's other units are called, with the next free number; after the village where they have none. */
function freeName(names: ReadonlySet<string>, villageName: string): string {
  const numbered = [...names].flatMap((name) => {
    const [, stem, digits] = /^(.*?)(\d+)$/.exec(name) ?? []
    return stem !== undefined && digits !== undefined ? { stem, width: digits.length } : []
  })[0]
  const { stem, width } = numbered ?? { stem: `${villageName} `, width: 2 }
  for (let n = 1; ; n++) {
    const name = stem + String(n).padStart(width, '0')
    if (!names.has(name)) return name
  }
}
