/**
 * Covers that are larger than a hand would draw, from a file into a plan: cleaned, taken up, taken back and done again, each time without
 * a gap or an overlap in the whole county. The sizes of a city are the benchmark's.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Plan } from '#contract/plan.ts'
import { BenchPage } from '../fixtures/bench-page.ts'
import { buildPages, hasChromium, Probe } from '../fixtures/browser.ts'
import { fineCover, roundCover } from '../fixtures/large-cover.ts'
import { importLarge } from '../fixtures/large-import.ts'
import { expectSound } from '../fixtures/leaves.ts'
import { longTasks, noteLongTasks } from '../fixtures/long-tasks.ts'
import { SAMPLE } from '../fixtures/sample-county.ts'

/** More vertices than are worked out on the page's own thread. */
const COVERS = [
  { name: 'very many units', file: () => fineCover(2), units: 4 * 144 },
  { name: 'one very long border', file: () => roundCover(8_000), units: 2 },
]

describe.skipIf(!hasChromium())('a large cover in the workbench', { timeout: 300_000 }, () => {
  let bench: BenchPage
  beforeAll(async () => {
    buildPages()
    bench = await BenchPage.open(async () => {})
    await noteLongTasks(bench.context)
  }, 180_000)
  afterAll(() => bench?.close())

  it.each(COVERS)('is imported, undone and redone: $name', async ({ name, file, units }) => {
    const { id } = await bench.ask<Plan>('/api/plans', { name, unitCode: SAMPLE })
    const before = await bench.replayed(id)
    await bench.show(id)
    const halts = await importLarge(bench.page, {
      file: file(),
      meter: () => longTasks(bench.page),
      after: async (which) => {
        const coverage = await bench.replayed(id)
        expectSound(coverage)
        expect(coverage.leaves.size).toBe(which === 'new' ? units : before.leaves.size)
        const drawn = await (await Probe.open(bench.page)).editUnits()
        expect(new Set(drawn.map((unit) => unit.id))).toEqual(new Set(coverage.leaves.keys()))
      },
    })
    const words = halts.map(({ what, longest, sum }) => `${what} ${longest} ms (of ${sum} ms)`)
    process.stdout.write(`${name}: longest task of the page: ${words.join(', ')}\n`)
    expect(bench.complaints).toEqual([])
  })
})
