import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createFollower } from '../../../server/stream/follower.ts'

describe('a follower', () => {
  it('never runs twice at once, and runs again after a call that came during a round', async () => {
    let running = 0
    let most = 0
    let rounds = 0
    const follower = createFollower(async () => {
      most = Math.max(most, ++running)
      rounds++
      await sleep(5)
      running--
    })
    const first = follower.again()
    const during = [follower.again(), follower.again(), follower.again()]
    await first
    expect(rounds).toBeLessThanOrEqual(2)
    await Promise.all(during)
    expect([rounds, most]).toEqual([2, 1])
    await follower.again()
    expect(rounds).toBe(3)
  })

  it('passes a failure on and can go on afterwards', async () => {
    let fails = true
    const follower = createFollower(async () => {
      await sleep(1)
      if (fails) throw new Error('away')
    })
    const first = follower.again()
    const second = follower.again()
    await expect(first).rejects.toThrow('away')
    fails = false
    await second
  })
})
