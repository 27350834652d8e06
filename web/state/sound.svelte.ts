/** The two notes of a new red incident: E5, A5, 180 ms each, −12 dBFS. Browsers stay silent until somebody has touched the page. */
import { createContext } from 'svelte'

const NOTES_HZ = [659.26, 880]
const NOTE_S = 0.18
const LEVEL = 10 ** (-12 / 20)
const RAMP_S = 0.008
const KEY = 'gridward.muted'

export class Sound {
  muted = $state(localStorage.getItem(KEY) === '1')
  /** True while the browser waits for a gesture: the wall asks for one touch. */
  blocked = $state(false)
  /** How often it has sounded; tests and the state of the screen read it. */
  count = $state(0)

  private context: AudioContext | null = null

  /** Finds out whether sound is allowed, and lets the first gesture allow it. */
  start(): void {
    if (typeof AudioContext === 'undefined') return
    this.context = new AudioContext()
    const settle = () => (this.blocked = this.context?.state === 'suspended')
    this.context.onstatechange = settle
    settle()
    const allow = () => void this.context?.resume()
    addEventListener('pointerdown', allow, { once: true })
    addEventListener('keydown', allow, { once: true })
  }

  toggle(): void {
    this.muted = !this.muted
    localStorage.setItem(KEY, this.muted ? '1' : '0')
  }

  ring(): void {
    this.count++
    if (this.muted || this.context?.state !== 'running') return
    NOTES_HZ.forEach((hertz, n) => this.note(hertz, this.context!.currentTime + n * NOTE_S))
  }

  private note(hertz: number, at: number): void {
    const oscillator = new OscillatorNode(this.context!, { frequency: hertz, type: 'sine' })
    const gain = new GainNode(this.context!, { gain: 0 })
    gain.gain.setValueAtTime(0, at)
    gain.gain.linearRampToValueAtTime(LEVEL, at + RAMP_S)
    gain.gain.setValueAtTime(LEVEL, at + NOTE_S - RAMP_S)
    gain.gain.linearRampToValueAtTime(0, at + NOTE_S)
    oscillator.connect(gain).connect(this.context!.destination)
    oscillator.start(at)
    oscillator.stop(at + NOTE_S)
  }
}

export const [getSound, setSound] = createContext<Sound>()
