import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

/** Plain JavaScript, which runs before anything else can: its types stand here. */
interface WhenStale {
  ROOT: string
  buildWhenStale(how: {
    folder: string
    sources: string[]
    build: () => Promise<void>
    before?: (() => Promise<void>) | undefined
  }): Promise<boolean>
}
const { ROOT, buildWhenStale } = (await import(new URL('../../../server/cli/when-stale.mjs', import.meta.url).href)) as WhenStale

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'gridward-stale-'))
  await mkdir(join(home, 'out'))
  await writeFile(join(home, 'source'), '')
})
afterAll(() => rm(home, { recursive: true, force: true }))

it('builds what is missing or old, and nothing when it is told not to', async () => {
  let built = 0
  const ask = (before?: () => Promise<void>): Promise<boolean> =>
    buildWhenStale({
      folder: relative(ROOT, join(home, 'out')),
      sources: [relative(ROOT, join(home, 'source'))],
      build: async () => void built++,
      before,
    })
  const refuse = () => Promise.reject(new Error('somebody is there'))
  await expect(ask(refuse)).rejects.toThrow('somebody is there')
  expect(built).toBe(0)
  expect([await ask(), await ask(refuse)]).toEqual([true, false])
  const later = new Date(Date.now() + 5_000)
  await utimes(join(home, 'source'), later, later)
  await expect(ask(refuse)).rejects.toThrow('somebody is there')
  expect(built).toBe(1)
  expect([await ask(), built]).toEqual([true, 2])
})
