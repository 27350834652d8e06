import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { lookEvery } from '../../../server/jobs/look-every.ts'

describe('looking again and again', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('looks at once, then so long after each look, whatever fails, until it is ended', async () => {
    const failures: unknown[] = []
    let looks = 0
    const look = async () => {
      looks++
      // The next look waits for the end of this one.
      await new Promise((resolve) => setTimeout(resolve, 30))
      if (looks === 2) throw new Error('gone')
    }
    const end = lookEvery(100, look, (cause) => failures.push(cause))
    expect(looks).toBe(1)
    await vi.advanceTimersByTimeAsync(129)
    expect(looks).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(looks).toBe(2)
    await vi.advanceTimersByTimeAsync(130)
    expect([looks, failures]).toEqual([3, [new Error('gone')]])
    let hasEnded = false
    const ending = end().then(() => (hasEnded = true))
    await vi.advanceTimersByTimeAsync(29)
    expect(hasEnded).toBe(false)
    await vi.advanceTimersByTimeAsync(1000)
    await ending
    expect(looks).toBe(3)
  })

  it('waits before the first look where that is asked for, and does not look when it is ended before', async () => {
    let looks = 0
    const end = lookEvery(100, async () => void looks++, () => undefined, 50) // prettier-ignore
    await vi.advanceTimersByTimeAsync(49)
    expect(looks).toBe(0)
    await end()
    await vi.advanceTimersByTimeAsync(1000)
    expect(looks).toBe(0)
  })
})
