import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cuts } from '#model/footprint.ts'
import { prepare, Redivision } from '#model/partition/redivide.ts'
import { PRESETS, type Proposal, type RedivisionInput, type RedivisionOptions } from '#model/partition/redivision.ts'
import { demoTown } from '../../../fixtures/demo-town.ts'
import { withFootprints } from '../../../fixtures/footprints.ts'
import { findingsOf } from '../../../fixtures/proposal-findings.ts'
import { peopledInput } from '../../../fixtures/random-redivision.ts'

function propose(input: RedivisionInput, options: RedivisionOptions): Proposal {
  const run = new Redivision(prepare(input), options)
  while (run.step().phase !== 'done');
  return run.proposal()
}

const shapes = fc.array(
  fc.record({
    long: fc.integer({ min: 0, max: 60 }),
    wide: fc.integer({ min: 4, max: 30 }),
    turn: fc.double({ min: 0, max: 3, noNaN: true }),
  }),
  { minLength: 7, maxLength: 7 },
)

/** Footprints that borders of a proposal run through. */
function cutIn({ buildings }: RedivisionInput, { villages }: Proposal): Set<number> {
  const { points, offsets } = buildings.footprints!
  const found = new Set<number>()
  for (const ring of villages.flatMap(({ units }) => units).flatMap(({ polygons }) => polygons.flat())) {
    for (let building = 0; building + 1 < offsets.length; building++) {
      const walls = points.subarray(offsets[building], offsets[building + 1])
      if (walls.length === 0) continue
      for (let i = 0; i < ring.length; i += 2) {
        const j = (i + 2) % ring.length
        if (cuts([ring[i]!, ring[i + 1]!, ring[j]!, ring[j + 1]!], walls)) found.add(building)
      }
    }
  }
  return found
}

describe('a proposal where footprints are known', () => {
  it('runs through none that is not cut today, whatever the village', () => {
    fc.assert(
      fc.property(peopledInput, shapes, fc.constantFrom(...PRESETS), fc.integer(), (plain, sizes, preset, seed) => {
        const input = { ...plain, buildings: withFootprints(plain.buildings, (i) => sizes[i % sizes.length]!) }
        const run = new Redivision(prepare(input), { preset, seed, iterations: 0.1 })
        const today = cutIn(input, run.proposal())
        while (run.step().phase !== 'done');
        const proposal = run.proposal()
        expect(findingsOf(input, proposal).filter(({ code, severity }) => code === 'cuts-building' || severity === 'error')).toEqual([])
        for (const building of cutIn(input, proposal)) expect(today).toContain(building)
      }),
      { numRuns: 20 },
    )
  }, 120_000)

  it.each(['repair', 'compact'] as const)(
    'passes between the houses of a town, of which it would cut some by their points alone: %s',
    (preset) => {
      const plain = demoTown('331004103')
      const buildings = withFootprints(plain.buildings, (i) => ({ long: 8 + (i % 7), wide: 7, turn: (i * 0.7) % 3 }))
      const input = { ...plain, buildings, minWidth: 10 }
      const cutBy = (given: RedivisionInput) =>
        findingsOf(input, propose(given, { preset, seed: 1, iterations: 0.3 })).filter(({ code }) => code === 'cuts-building')
      expect(cutBy(input)).toEqual([])
      expect(cutBy(plain)).not.toEqual([])
    },
    120_000,
  )
})
