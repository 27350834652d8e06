import { describe, expect, it } from 'vitest'
import { createBatch } from '../../../server/commands/batch.ts'

/** Work that waits until it is let go, and remembers the batches. */
const gated = () => {
  const batches: number[][] = []
  let open!: () => void
  const gate = new Promise<void>((resolve) => (open = resolve))
  const work = async (items: number[]) => {
    batches.push(items)
    await gate
    if (items.includes(13)) throw new Error('thirteen')
    return items.map((item) => item * 10)
  }
  return { batches, work, open }
}

describe('a batch', () => {
  it('takes the first at once and alone, and the others together, with answers in order', async () => {
    const { batches, work, open } = gated()
    const ask = createBatch(work, { most: 10, atOnce: 1 })
    const answers = Promise.all([1, 2, 3, 4].map(ask))
    expect(batches).toEqual([[1]])
    open()
    expect(await answers).toEqual([10, 20, 30, 40])
    expect(batches).toEqual([[1], [2, 3, 4]])
  })

  it('keeps to its size and to how many may be under way', async () => {
    const { batches, work, open } = gated()
    const ask = createBatch(work, { most: 2, atOnce: 2 })
    const answers = Promise.all([1, 2, 3, 4, 5, 6].map(ask))
    expect(batches).toEqual([[1], [2]])
    open()
    expect(await answers).toEqual([10, 20, 30, 40, 50, 60])
    expect(Math.max(...batches.map(({ length }) => length))).toBe(2)
  })

  it('lets only the one at fault fail', async () => {
    const { work, open } = gated()
    const ask = createBatch(work, { most: 10, atOnce: 1 })
    const answers = Promise.allSettled([1, 12, 13, 14].map(ask))
    open()
    expect((await answers).map((each) => (each.status === 'fulfilled' ? each.value : String(each.reason)))).toEqual([
      10,
      120,
      'Error: thirteen',
      140,
    ])
    expect(await ask(5)).toBe(50)
  })
})
