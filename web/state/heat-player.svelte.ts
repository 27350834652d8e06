/** Plays the heat's window, a step at a time, or the replay's instant, as smoothly as its data come. */
import type { Heat } from './heat.svelte.ts'
import type { HeatReplay } from './heat-replay.svelte.ts'
import { DAY, HOUR } from './heat-window.ts'

const FRAME_MS = 100
/** How much of the past goes by in a second of the replay, by the heat's speed. */
export const REPLAY_SPEEDS = { 1: HOUR, 2: 6 * HOUR, 4: DAY, 8: 7 * DAY } as const

export class HeatPlayer {
  private timer: ReturnType<typeof setInterval> | undefined
  private readonly end: () => void

  /** `replay`: null where only heat is shown. */
  constructor(heat: Heat, replay: HeatReplay | null) {
    this.end = $effect.root(() => {
      $effect(() => {
        const { playing, speed, picture } = heat
        clearInterval(this.timer)
        if (!playing) return
        const past = picture === 'replay' ? replay : null
        this.timer = setInterval(past ? () => rewind(heat, past) : () => brush(heat), past ? FRAME_MS : 1000 / speed)
      })
    })
  }

  stop(): void {
    clearInterval(this.timer)
    this.end()
  }
}

function brush(heat: Heat): void {
  // What is still being fetched would be drawn of another filter.
  if (heat.data.set !== null && !heat.step(1)) heat.play(false)
}

function rewind(heat: Heat, replay: HeatReplay): void {
  // The picture is waited for: no instant is skipped.
  if (replay.at !== heat.at) return
  const before = heat.at
  heat.rewindTo(before + (REPLAY_SPEEDS[heat.speed] * FRAME_MS) / 1000)
  if (heat.at === before) heat.play(false)
}
