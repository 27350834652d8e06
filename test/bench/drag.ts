/**
 * What the model does at each move of a pointer that drags a junction or a vertex: take the last step back, move, check that the
 * cover stays sound, let the balance of households follow, and close the rings of the touched units for the map to draw. Beside it, in
 * the same run and on the same moves: counting the touched units' buildings anew with turf (those in their boxes), assigning all
 * buildings anew, and the checks that run when the pointer rests. Drawing is not in it.
 *
 *   node --import tsx test/bench/drag.ts [--places 40] [--moves 25] [--only demo|lattice]
 */
import { parseArgs } from 'node:util'
import { booleanPointInPolygon, point } from '@turf/turf'
import { generateCounty } from '../../data/generator/generate-county.ts'
import type { County } from '../../data/generator/county.ts'
import { isRefusal } from '../../server/model/actions/action.ts'
import { moveJunction } from '../../server/model/actions/move-junction.ts'
import { moveVertex } from '../../server/model/actions/move-vertex.ts'
import { Balance } from '../../server/model/balance.ts'
import { type BuildingRow, type Buildings, buildingsOf } from '../../server/model/buildings.ts'
import { checkCoverage } from '../../server/model/coverage-check.ts'
import { type Coverage, coverageOf } from '../../server/model/coverage.ts'
import { fromGrid, type LngLat } from '../../server/model/crs.ts'
import { type Difference, reverse, touched } from '../../server/model/difference.ts'
import { bboxOf, toMultiPolygon } from '../../server/model/rings.ts'
import { validate } from '../../server/model/validations/validate.ts'
import { markdownTable, median } from '../fixtures/benchmark.ts'
import { latticeCounty, latticePlace } from '../fixtures/lattice-county.ts'

const { values: options } = parseArgs({
  options: { places: { type: 'string', default: '40' }, moves: { type: 'string', default: '25' }, only: { type: 'string' } },
})
const [PLACES, MOVES] = [Number(options.places), Number(options.moves)]
/** The slow ways are asked once in so many moves. */
const RARELY = 25

const timed = <T>(work: () => T): [T, number] => {
  const start = performance.now()
  const done = work()
  return [done, performance.now() - start]
}
const share = (times: readonly number[], part: number): number => [...times].sort((a, b) => a - b)[Math.floor(times.length * part)] ?? NaN
const ms = (value: number): number => +value.toFixed(value < 1 ? 3 : value < 100 ? 2 : 0)

function readCounty(county: County): Coverage {
  const leaves = county.units.filter(({ isLeaf }) => isLeaf)
  const { topology, faults } = checkCoverage(leaves.map(({ code, geometry }) => ({ id: code, geometry })))
  if (!topology) throw new Error(`The county is no coverage: ${faults[0]?.reason}`)
  return coverageOf(
    topology,
    leaves.map(({ code, parentCode, level, unitKind, name, nameEn }) => ({
      ...{ id: code, code, parentCode: parentCode!, level, unitKind, name, nameEn, renumber: false },
    })),
  )
}

/** Inner junctions or plain vertices, spread over all arcs. */
function placesIn(coverage: Coverage, what: 'junction' | 'vertex'): LngLat[] {
  const inner = [...coverage.arcs.values()].filter(({ left, right }) => left !== null && right !== null)
  const found = inner.flatMap(({ points: p }) => {
    const middle = 2 * Math.floor(p.length / 4)
    const [x, y] = what === 'junction' ? [p[0]!, p[1]!] : [p[middle]!, p[middle + 1]!]
    const around = coverage.arcsAtNode(x, y)
    const fits =
      what === 'junction' ? around.length > 2 && around.every((arc) => arc.left !== null && arc.right !== null) : around.length === 0
    return fits ? [fromGrid([x, y])] : []
  })
  const step = Math.max(1, Math.floor(found.length / PLACES))
  return found.filter((_, i) => i % step === 0).slice(0, PLACES)
}

/** Households of a unit, counted as a page without a model would: turf asks every building in the unit's box. */
function recount(coverage: Coverage, buildings: Buildings, leafId: string): number {
  const polygons = coverage.polygonsOf(leafId)
  const geometry = toMultiPolygon(polygons)
  const { x, y, households } = buildings.columns
  return buildings
    .within(bboxOf(polygons))
    .filter((building) => booleanPointInPolygon(point(fromGrid([x[building]!, y[building]!])), geometry))
    .reduce((sum, building) => sum + households[building]!, 0)
}

const TARGETS = { minHouseholds: 300, maxHouseholds: 500, exempt: ['dedicated' as const], minWidth: 8, clearance: 4 }

function drag(coverage: Coverage, balance: Balance, what: 'junction' | 'vertex'): Record<string, number[]> {
  const times: Record<'all' | 'balance' | 'validate' | 'turf' | 'anew', number[]> = { all: [], balance: [], validate: [], turf: [], anew: [] } // prettier-ignore
  const { buildings } = balance
  let asked = 0
  for (const from of placesIn(coverage, what)) {
    let last: Difference | null = null
    for (let n = 1; n <= MOVES; n++) {
      // A slow spiral of up to some 60 metres, as a hand draws it.
      const [radius, angle] = [(n / MOVES) * 0.0006, n * 0.35]
      const to: LngLat = [from[0] + radius * Math.cos(angle), from[1] + radius * Math.sin(angle)]
      let following = 0
      const follow = (difference: Difference) => {
        coverage.apply(difference)
        following += timed(() => balance.follow(difference))[1]
      }
      const [difference, took] = timed(() => {
        if (last) follow(reverse(last))
        last = null
        const answer = what === 'junction' ? moveJunction(coverage, { type: 'move-junction', from, to }) : moveVertex(coverage, { type: 'move-vertex', from, to }) // prettier-ignore
        if (isRefusal(answer)) return null
        follow(answer)
        for (const id of touched(answer)) coverage.polygonsOf(id)
        return answer
      })
      last = difference
      times.all.push(took)
      if (!difference) continue
      times.balance.push(following)
      times.validate.push(timed(() => validate({ coverage, difference, balance, targets: TARGETS, staffed: null }))[1])
      if (asked++ % RARELY !== 0) continue
      const ids = [...touched(difference)]
      const [, counting] = timed(() => ids.map((id) => recount(coverage, buildings, id)))
      times.turf.push(counting)
      const [fresh, assigning] = timed(() => new Balance(coverage, buildings))
      times.anew.push(assigning)
      for (const id of coverage.leaves.keys())
        if (fresh.of(id).households !== balance.of(id).households)
          throw new Error(`${id} holds ${balance.of(id).households}, not ${fresh.of(id).households}`)
    }
    if (last) {
      coverage.apply(reverse(last))
      balance.follow(reverse(last))
    }
  }
  return times
}

function measure(
  name: string,
  county: County,
  rows: readonly BuildingRow[],
): { made: Record<string, string | number>; dragged: Record<string, string | number>[] } {
  const [coverage, covering] = timed(() => readCounty(county))
  const [buildings, indexing] = timed(() => buildingsOf(rows))
  const [balance, assigning] = timed(() => new Balance(coverage, buildings))
  const sizes = { county: name, grids: coverage.leaves.size, buildings: buildings.length }
  const dragged = (['junction', 'vertex'] as const).map((what) => {
    drag(coverage, balance, what)
    const times = drag(coverage, balance, what)
    const all = median(times['all']!)
    return {
      ...sizes,
      dragged: what,
      'refused, %': Math.round(100 * (1 - times['balance']!.length / times['all']!.length)),
      'a move, ms': ms(all),
      '95 %, ms': ms(share(times['all']!, 0.95)),
      'of it balance, ms': ms(median(times['balance']!)),
      'checks at rest, ms': ms(median(times['validate']!)),
      'turf counts touched units anew, ms': ms(median(times['turf']!)),
      'all assigned anew, ms': ms(median(times['anew']!)),
      'turf ÷ balance': +(median(times['turf']!) / median(times['balance']!)).toFixed(1),
      'anew ÷ balance': +(median(times['anew']!) / median(times['balance']!)).toFixed(0),
    }
  })
  return {
    made: { ...sizes, 'arcs from polygons, ms': ms(covering), 'buildings indexed, ms': ms(indexing), 'balance made, ms': ms(assigning) },
    dragged,
  }
}

const results: ReturnType<typeof measure>[] = []
if (options.only !== 'lattice') {
  const county = generateCounty({ seed: 1 })
  results.push(measure('demo', county, county.buildings))
}
if (options.only !== 'demo') {
  const rows = Array.from({ length: 400_000 }, (_, n): BuildingRow => ({
    location: latticePlace(n),
    households: 1 + (n % 17),
    residents: 2 + (n % 40),
  }))
  results.push(measure('lattice', latticeCounty(0), rows))
}
process.stdout.write('## Dragging with a live balance\n\n')
process.stdout.write(`Loaded once:\n\n${markdownTable(results.map(({ made }) => made))}\n\n`)
process.stdout.write(`${PLACES} places, ${MOVES} moves each, medians; every figure of the balance is that of one made anew:\n\n`)
process.stdout.write(`${markdownTable(results.flatMap(({ dragged }) => dragged))}\n`)
