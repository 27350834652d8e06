import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Coverage } from '#model/coverage.ts'
import { type Difference, netDifference, reverse, touched } from '#model/difference.ts'
import { asciiCoverage, gridAt, mergeDifference, moveDifference, NO_CHANGE } from '../../fixtures/ascii-coverage.ts'
import { coverageFrom, leafFor } from '../../fixtures/leaves.ts'
import { randomCoverage } from '../../fixtures/random-coverage.ts'

/** All that a coverage is, in an order of its own. */
const stateOf = (coverage: Coverage) => ({
  arcs: [...coverage.arcs.values()].sort((a, b) => a.id - b.id),
  leaves: [...coverage.leaves.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
})

describe('a net difference', () => {
  it('of a change and its reverse is nothing', () => {
    const coverage = asciiCoverage('AAB\nACB')
    const move = moveDifference(coverage, gridAt(2, 1), gridAt(2.2, 1.2))
    expect(netDifference([move, reverse(move)])).toEqual(NO_CHANGE)
    expect(netDifference([])).toEqual(NO_CHANGE)
  })

  it('keeps what is different in the end only', () => {
    const a = leafFor('A')
    const swap = (removed: Difference['leaves']['removed'], added: Difference['leaves']['added']) => ({
      ...NO_CHANGE,
      leaves: { removed, added },
    })
    const renamed = { ...a, name: 'other' }
    const made = leafFor('n1')
    expect(netDifference([swap([a], [renamed]), swap([], [made]), swap([renamed, made], [a])])).toEqual(NO_CHANGE)
    expect(netDifference([swap([a], [renamed]), swap([], [made]), swap([made], [])])).toEqual(swap([a], [renamed]))
    expect([...touched(swap([a], [renamed]))]).toEqual(['A'])
  })

  it('does what the sequence does, on any coverage, and its reverse undoes it', () => {
    const move = fc.record({ i: fc.nat(7), j: fc.nat(7), dx: fc.integer({ min: -800, max: 800 }), dy: fc.integer({ min: -800, max: 800 }) })
    fc.assert(
      fc.property(randomCoverage, fc.array(move, { maxLength: 8 }), fc.nat(255), (random, moves, mask) => {
        const [stepwise, atOnce] = [coverageFrom(random.features), coverageFrom(random.features)]
        const first = stateOf(atOnce)
        const done: Difference[] = []
        const at = new Map<string, [number, number]>()
        const step = (difference: Difference) => {
          stepwise.apply(difference)
          done.push(difference)
        }
        for (const [n, { i, j, dx, dy }] of moves.entries()) {
          if (i > random.columns || j > random.rows) continue
          const from = at.get(`${i},${j}`) ?? random.corner(i, j)
          const to: [number, number] = [random.corner(i, j)[0] + dx, random.corner(i, j)[1] + dy]
          step(moveDifference(stepwise, from, to))
          at.set(`${i},${j}`, to)
          if ((mask >> n) % 4 === 1) {
            const [keep, ...others] = [...stepwise.leaves.keys()]
            if (others.length > 0) step(mergeDifference(stepwise, keep!, others.slice(0, 1)))
          }
          if ((mask >> n) % 4 === 2) {
            step(reverse(done.at(-1)!))
            at.delete(`${i},${j}`)
          }
        }
        const net = netDifference(done)
        atOnce.apply(net)
        expect(stateOf(atOnce)).toEqual(stateOf(stepwise))
        for (const id of atOnce.leaves.keys()) expect(atOnce.polygonsOf(id)).toEqual(stepwise.polygonsOf(id))
        atOnce.apply(reverse(net))
        expect(stateOf(atOnce)).toEqual(first)
      }),
    )
  })
})
