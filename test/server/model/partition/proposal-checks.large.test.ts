import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Balance } from '#model/balance.ts'
import { Buildings } from '#model/buildings.ts'
import { checkPolygons } from '#model/coverage-check.ts'
import { coverageOf } from '#model/coverage.ts'
import { netDifference } from '#model/difference.ts'
import type { Finding } from '#model/finding.ts'
import { toDivide } from '#model/partition/divide-action.ts'
import { prepare, Redivision } from '#model/partition/redivide.ts'
import { PRESETS, type Proposal, type RedivisionInput } from '#model/partition/redivision.ts'
import { replay } from '#model/replay.ts'
import { validate } from '#model/validations/validate.ts'
import { leafFor } from '../../../fixtures/leaves.ts'
import { randomInput } from '../../../fixtures/random-redivision.ts'

const MIN_WIDTH = 10
/** Said of villages that cannot be divided; the proposal says so, too. */
const HOUSEHOLDS = ['too-few-households', 'too-many-households']

/** What a plan's checks say of a proposal that was adopted whole. */
function findingsOf({ villages, buildings: { x, y, households, residents }, targets }: RedivisionInput, proposal: Proposal): Finding[] {
  const leaves = villages.flatMap(({ code, leaves: own }) => own.map((leaf) => ({ ...leaf, parentCode: code })))
  const before = leaves.map(({ id, unitKind, parentCode }) => ({ ...leafFor(id), code: id, unitKind, parentCode }))
  const coverage = coverageOf(checkPolygons(leaves).topology!, before)
  const actions = proposal.villages.flatMap((village) => toDivide(village, ({ id }) => ({ id, name: id })) ?? [])
  const { differences, refused } = replay(coverage, actions)
  expect(refused).toEqual([])
  const columns = { x: Int32Array.from(x), y: Int32Array.from(y), households: Uint16Array.from(households), residents: Uint16Array.from(residents) } // prettier-ignore
  return validate({
    coverage,
    difference: netDifference(differences),
    balance: new Balance(coverage, new Buildings(columns)),
    targets: { minHouseholds: targets.min, maxHouseholds: targets.max, exempt: ['dedicated'], minWidth: MIN_WIDTH, clearance: 0 },
    staffed: null,
  })
}

describe('a proposal', () => {
  it('makes no unit that is too narrow, none in more parts, none out of range, whatever the village', () => {
    fc.assert(
      fc.property(randomInput, fc.constantFrom(...PRESETS), fc.integer(), (input, preset, seed) => {
        const run = new Redivision(prepare(input), { preset, seed, iterations: 0.1 })
        const check = () => {
          const proposal = run.proposal()
          const stays = new Set(proposal.villages.flatMap(({ impossible, units }) => (impossible ? units.map(({ id }) => id) : [])))
          const found = findingsOf(input, proposal)
          const isOwned = ({ code, units }: Finding) => HOUSEHOLDS.includes(code) && units.every((id) => stays.has(id))
          expect(found.filter((finding) => !isOwned(finding))).toEqual([])
        }
        let { phase } = run.step()
        for (; phase !== 'done'; { phase } = run.step()) if (phase === 'first') check()
        check()
      }),
      { numRuns: 40 },
    )
  }, 120_000)
})
