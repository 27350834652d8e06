/** What follows the actions: the balance at every step, trials of a pointer included, and the checks of all steps together. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isRefusal } from '#model/actions/action.ts'
import { Balance } from '#model/balance.ts'
import { buildingsOf } from '#model/buildings.ts'
import type { Coverage } from '#model/coverage.ts'
import { fromGrid } from '#model/crs.ts'
import { type Difference, netDifference, reverse } from '#model/difference.ts'
import { FINDINGS } from '#model/finding.ts'
import { plan } from '#model/replay.ts'
import { contextOf } from '#model/validations/context.ts'
import { validate } from '#model/validations/validate.ts'
import { TARGETS } from '../../../fixtures/check-context.ts'
import { coverageFrom, polygonsIn } from '../../../fixtures/leaves.ts'
import { actionFor, whim } from '../../../fixtures/random-actions.ts'
import { randomCoverage } from '../../../fixtures/random-coverage.ts'

const UNSOUND = ['broken-ring', 'self-crossing', 'gap', 'overlap']

/** Houses on every corner of the lattice and strewn between them. */
const houses = (coverage: Coverage) =>
  [...coverage.arcs.values()].flatMap(({ points: p }, n) =>
    Array.from({ length: p.length / 2 }, (_, i) => i).flatMap((i) => [
      { location: fromGrid([p[2 * i]!, p[2 * i + 1]!]), households: n % 7, residents: 3 },
      {
        location: fromGrid([p[2 * i]! + ((n * 7919 + i * 104_729) % 17_000), p[2 * i + 1]! + ((n * 6101 + i * 7013) % 15_000)]),
        households: 5,
        residents: 9,
      },
    ]),
  )

describe('after any sequence of actions', () => {
  it('the balance is that of one made anew, and the checks find the cover sound', () => {
    fc.assert(
      fc.property(randomCoverage, fc.array(whim, { minLength: 1, maxLength: 8 }), ({ features }, whims) => {
        const coverage = coverageFrom(features)
        const base = polygonsIn(coverage)
        const buildings = buildingsOf(houses(coverage))
        const balance = new Balance(coverage, buildings)
        const households = () => [...coverage.leaves.keys(), null].reduce((sum, id) => sum + balance.of(id).households, 0)
        const all = households()
        const done: Difference[] = []
        const step = (difference: Difference) => {
          coverage.apply(difference)
          const before = new Map([...coverage.leaves.keys()].map((id) => [id, balance.of(id).households]))
          const { leaves } = balance.follow(difference)
          const fresh = new Balance(coverage, buildings)
          for (let i = 0; i < buildings.length; i++) expect(balance.ownerOf(i)).toBe(fresh.ownerOf(i))
          for (const [id, was] of before) {
            expect(balance.of(id)).toEqual(fresh.of(id))
            expect(balance.of(id).households - was).toBe(leaves.get(id)?.households ?? 0)
          }
          expect(households()).toBe(all)
        }
        for (const [n, each] of whims.entries()) {
          const answer = plan(coverage, actionFor(coverage, each, n))
          if (isRefusal(answer)) continue
          step(answer)
          // A trial is taken back before the next one.
          if (each.pick % 3 === 0) step(reverse(answer))
          else done.push(answer)
        }
        const input = { coverage, difference: netDifference(done), balance, targets: TARGETS, staffed: new Set<string>() }
        const { before } = contextOf(input)
        for (const { id, polygons } of base) expect(before(id)).toEqual(polygons)
        for (const { code, units, where, extent } of validate(input)) {
          expect(FINDINGS).toContain(code)
          expect(UNSOUND).not.toContain(code)
          for (const id of units) expect(coverage.leaves.has(id)).toBe(true)
          expect([where, extent]).not.toContain(null)
        }
      }),
      { numRuns: 100 },
    )
  })
})
