/** What a proposal does, in numbers. */
import { area2 } from '../exact.ts'
import type { GridPolygons } from '../rings.ts'
import { fewestMoved } from './bound.ts'
import type { CellGraph } from './cell-graph.ts'
import type { Figures, ProposedUnit, Targets } from './redivision.ts'
import type { Scale } from './scale.ts'
import type { Plan, VillageSearch } from './village-search.ts'

/** A village's part in the figures of several. */
export interface Sample {
  units: readonly ProposedUnit[]
  ended: number
  households: number
  /** Households of the old units, and which of these keep their very land. */
  today: readonly number[]
  untouched: readonly boolean[]
  moved: number
  innerBorderM: number
  alongLinesM: number
  isPossible: boolean
}

export function sampleOf(search: VillageSearch, plan: Plan, units: readonly ProposedUnit[], strayed: Int32Array): Sample {
  const { graph } = search
  const today = new Array<number>(graph.leaves.length).fill(0)
  for (const [c, leaf] of graph.old.entries()) today[leaf]! += graph.households[c]!
  if (!graph.hasUnits) today.length = 0
  return {
    units: units.filter(({ unitKind }) => unitKind === 'general'),
    ended: today.length - plan.matched.filter((old) => old >= 0).length,
    households: graph.households.reduce((sum, h) => sum + h, 0),
    today,
    untouched: today.map((_, old) => strayed[old] === 0),
    moved: plan.moved,
    ...innerBorder(graph, plan.label),
    isPossible: search.impossible === null,
  }
}

function innerBorder(graph: CellGraph, label: Int32Array): Pick<Sample, 'innerBorderM' | 'alongLinesM'> {
  let [length, along] = [0, 0]
  for (let c = 0; c < label.length; c++) {
    for (let i = graph.start[c]!; i < graph.start[c + 1]!; i++) {
      if (graph.neighbour[i]! < c || label[graph.neighbour[i]!] === label[c]) continue
      length += graph.length[i]!
      along += graph.along[i]!
    }
  }
  return { innerBorderM: length / 100, alongLinesM: along / 100 }
}

export function figuresOf(samples: readonly Sample[], targets: Targets, scale: Scale): Figures {
  const isValid = (households: number): boolean => households >= targets.min && households <= targets.max
  const sum = (of: (sample: Sample) => number): number => samples.reduce((total, sample) => total + of(sample), 0)
  const units = samples.flatMap((sample) => sample.units)
  const round = units.map(({ polygons }) => compactnessOf(polygons, scale)).sort((a, b) => a - b)
  const mean = units.reduce((total, { households }) => total + households, 0) / Math.max(1, units.length)
  const variance = units.reduce((total, { households }) => total + (households - mean) * (households - mean), 0) / Math.max(1, units.length)
  const fewest = (sample: Sample): number => (sample.isPossible && sample.today.length > 0 ? fewestMoved(sample.today, targets) : 0)
  return {
    inRange: units.filter(({ households }) => isValid(households)).length,
    units: units.length,
    unitsPossible: sum(({ isPossible, units: own }) => (isPossible ? own.length : 0)),
    spread: Math.sqrt(variance),
    households: sum(({ households }) => households),
    moved: sum(({ moved }) => moved),
    movedAtLeast: sum(fewest),
    compactness: round[round.length >> 1] ?? 0,
    innerBorderM: sum(({ innerBorderM }) => innerBorderM),
    alongLinesM: sum(({ alongLinesM }) => alongLinesM),
    validBefore: sum(({ today }) => today.filter(isValid).length),
    validUntouched: sum(({ today, untouched }) => today.filter((h, leaf) => isValid(h) && untouched[leaf]).length),
    unitsChanged: sum(({ units: own, ended }) => own.filter(({ changed }) => changed).length + ended),
  }
}

/** 4πA/P² in the plane of the scale. */
function compactnessOf(polygons: GridPolygons, { east, north }: Scale): number {
  let [area, perimeter] = [0, 0]
  for (const ring of polygons.flat()) {
    area += (area2(ring) / 2) * east * north
    for (let i = 0; i < ring.length; i += 2) {
      const j = (i + 2) % ring.length
      const [dx, dy] = [(ring[j]! - ring[i]!) * east, (ring[j + 1]! - ring[i + 1]!) * north]
      perimeter += Math.sqrt(dx * dx + dy * dy)
    }
  }
  return perimeter === 0 ? 0 : (4 * Math.PI * area) / (perimeter * perimeter)
}
