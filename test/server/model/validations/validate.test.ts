import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { netDifference } from '#model/difference.ts'
import { FINDING_SEVERITIES, FINDINGS } from '#model/finding.ts'
import { validate, validateAll } from '#model/validations/validate.ts'
import { asciiCoverage, gridAt, mergeDifference, moveDifference, NO_CHANGE } from '../../../fixtures/ascii-coverage.ts'
import { coverageFrom } from '../../../fixtures/leaves.ts'
import { centreOf } from '../../../fixtures/ascii-map.ts'
import { inputAfter, TARGETS } from '../../../fixtures/check-context.ts'
import { randomCoverage } from '../../../fixtures/random-coverage.ts'

const MAP = `
  AAABBB
  AAABBB
  CCCCCC
`
const UNSOUND = ['broken-ring', 'self-crossing', 'gap', 'overlap']

describe('validating a change', () => {
  it('says errors first, then warnings, then what is only told', () => {
    const coverage = asciiCoverage(MAP)
    const sound = moveDifference(coverage, gridAt(6, 3), gridAt(7, 3))
    const told = validate(inputAfter(coverage, sound, { buildings: [], staffed: new Set() }))
    expect(told.map(({ code }) => code)).toEqual(['too-few-households', 'no-staff', 'outline'])
    const crossing = asciiCoverage(MAP)
    const all = validate(inputAfter(crossing, moveDifference(crossing, gridAt(3, 1), gridAt(3, 4)), { buildings: [], staffed: new Set() }))
    expect(all[0]!.severity).toBe('error')
    const ranks = all.map(({ severity }) => FINDING_SEVERITIES.indexOf(severity))
    expect(ranks).toEqual([...ranks].sort())
  })

  it('looks at touched units only', () => {
    const coverage = asciiCoverage(MAP)
    const told = validate(
      inputAfter(coverage, moveDifference(coverage, gridAt(0, 3), gridAt(0.5, 3)), { buildings: [], staffed: new Set() }),
    )
    expect(new Set(told.flatMap(({ units }) => units))).toEqual(new Set(['A']))
    expect(validate(inputAfter(coverage, NO_CHANGE, { buildings: [], staffed: new Set() }))).toEqual([])
  })

  it('finds nothing unsound after sound moves and merges, on any coverage', () => {
    const move = fc.record({
      i: fc.nat(7),
      j: fc.nat(7),
      dx: fc.integer({ min: -2400, max: 2400 }),
      dy: fc.integer({ min: -2400, max: 2400 }),
    })
    fc.assert(
      fc.property(randomCoverage, fc.array(move, { maxLength: 3 }), fc.nat(8), (random, moves, kept) => {
        const coverage = coverageFrom(random.features)
        const done = moves.flatMap(({ i, j, dx, dy }, n) => {
          if (i > random.columns || j > random.rows || moves.findIndex((each) => each.i === i && each.j === j) < n) return []
          const [x, y] = random.corner(i, j)
          const difference = moveDifference(coverage, [x, y], [x + dx, y + dy])
          coverage.apply(difference)
          return difference
        })
        const [keep, ...rest] = [...coverage.leaves.keys()]
        const others = rest.filter((_, i) => (kept >> i) % 2 === 1)
        if (others.length > 0) {
          done.push(mergeDifference(coverage, keep!, others))
          coverage.apply(done.at(-1)!)
        }
        const input = { coverage, difference: netDifference(done), balance: null, targets: TARGETS, staffed: null }
        for (const { code, units, where, extent } of validate(input)) {
          expect(FINDINGS).toContain(code)
          expect(UNSOUND).not.toContain(code)
          for (const id of units) expect(coverage.leaves.has(id)).toBe(true)
          expect(where![0]).toBeGreaterThanOrEqual(extent![0] - 1e-7)
          expect(where![0]).toBeLessThanOrEqual(extent![2] + 1e-7)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('validating a whole coverage', () => {
  it('asks every unit', () => {
    const { coverage, balance, targets, staffed } = inputAfter(asciiCoverage(MAP), NO_CHANGE, {
      buildings: [{ location: centreOf(0, 0, 3), households: 400, residents: 900 }],
      staffed: new Set(['C']),
    })
    const told = validateAll({ coverage, balance, targets, staffed })
    expect(told.map(({ code, units }) => [code, ...units].join(' ')).sort()).toEqual([
      'no-staff A',
      'no-staff B',
      'too-few-households B',
      'too-few-households C',
    ])
  })
})
