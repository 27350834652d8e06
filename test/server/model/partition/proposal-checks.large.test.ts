import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { prepare, Redivision } from '#model/partition/redivide.ts'
import { PRESETS } from '#model/partition/redivision.ts'
import { findingsOf } from '../../../fixtures/proposal-findings.ts'
import { crampedInput, householdsOnBorders, peopledInput } from '../../../fixtures/random-redivision.ts'

describe('a proposal', () => {
  it('makes no unit that is too narrow, none in more parts, none out of range, whatever the village', () => {
    fc.assert(
      fc.property(peopledInput, fc.constantFrom(10, 30), fc.constantFrom(...PRESETS), fc.integer(), (plain, minWidth, preset, seed) => {
        const input = { ...plain, minWidth }
        const run = new Redivision(prepare(input), { preset, seed, iterations: 0.1 })
        const check = () => {
          expect(findingsOf(input, run.proposal())).toEqual([])
        }
        let { phase } = run.step()
        for (; phase !== 'done'; { phase } = run.step()) if (phase === 'first') check()
        check()
      }),
      { numRuns: 40 },
    )
  }, 120_000)

  it('is taken by a plan wherever buildings stand: at corners, on borders, several at one point', () => {
    fc.assert(
      fc.property(crampedInput, fc.constantFrom(...PRESETS), fc.integer(), (input, preset, seed) => {
        const run = new Redivision(prepare(input), { preset, seed, iterations: 0.1 })
        while (run.step().phase !== 'done');
        const mayBeOff = householdsOnBorders(input)
        const found = findingsOf(input, run.proposal()).filter(({ code, value, limit }) => {
          return !code.endsWith('-households') || Math.abs(value! - limit!) > mayBeOff
        })
        expect(found).toEqual([])
      }),
      { numRuns: 200 },
    )
  }, 240_000)
})
