/** The analysis thread: the same answers as here, several at once, and again after it has died. */
import { Worker } from 'node:worker_threads'
import { expect, it, vi } from 'vitest'
import { analyse } from '../../../server/commands/analysis-worker.ts'
import { repeats } from '../../../server/model/hot-spots/repeats.ts'
import { clusters } from '../../../server/model/hot-spots/st-dbscan.ts'

/** Enough for the thread to be asked. */
const COUNT = 20_000
const points = {
  x: Float64Array.from({ length: COUNT }, (_, i) => (i * 7919) % 10_007),
  y: Float64Array.from({ length: COUNT }, (_, i) => (i * 104_729) % 10_009),
  t: Float64Array.from({ length: COUNT }, (_, i) => i * 60),
  kind: Int32Array.from({ length: COUNT }, (_, i) => i % 3),
}
const near = { metres: 150, seconds: 86_400, minPts: 4 }

it('answers what the model answers, whoever else asks', async () => {
  const [grouped, repeated] = await Promise.all([
    analyse('clusters', { points, options: near }),
    analyse('repeats', { points, options: near }),
  ])
  expect(grouped).toEqual(clusters(points, near))
  expect(repeated).toEqual(repeats(points, near))
})

it('asks again in a new thread when the old one dies in mid-answer', async () => {
  const spied = vi.spyOn(Worker.prototype, 'postMessage')
  const answer = analyse('clusters', { points, options: near })
  await vi.waitFor(() => expect(spied).toHaveBeenCalled())
  await (spied.mock.contexts[0] as Worker).terminate()
  expect(await answer).toEqual(clusters(points, near))
  expect(spied.mock.contexts.at(-1)).not.toBe(spied.mock.contexts[0])
  spied.mockRestore()
})
