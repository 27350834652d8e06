/** What is counted: a filter as numbers and words, the same for the index and for SQL. */
import { SEVERITIES, type Severity, SOURCES, type Source, STATES, type State } from '../incident.ts'
import type { Dial } from './dial.ts'
import type { Clock } from './local-time.ts'

export interface HeatFilter {
  /** Unit codes with all below them; never empty. */
  units: readonly string[]
  /** Whole seconds since 1970: [from, to) of reportedAt; null is open. */
  from: number | null
  to: number | null
  /** Two digits of a class or four of a kind; null: all. */
  kinds: readonly string[] | null
  severities: readonly Severity[] | null
  states: readonly State[] | null
  sources: readonly Source[] | null
  /** 1e-7 degree: west, south inside, east, north not. */
  box: readonly [west: number, south: number, east: number, north: number] | null
  /** Flat ring on the grid of 1e-7 degree, its border inside. What has no place is in no box and no polygon. */
  polygon: Int32Array | null
  /** Hours of the week by the local clock; null: all. */
  dial: Dial | null
  /** Only what a leaf unit holds: the unit of all else is the county itself. */
  inside?: boolean
  /** The county's clock over all that is counted. */
  clock: Clock
}

/** All there is, in every unit. */
export const EVERYTHING: Omit<HeatFilter, 'clock'> = {
  ...{ units: [''], from: null, to: null, kinds: null, severities: null, states: null, sources: null },
  ...{ box: null, polygon: null, dial: null },
}

/** Severity, state and source in one byte: 180 values. */
export const TRAITS = SEVERITIES.length * STATES.length * SOURCES.length
/** Of a row that is no more. */
export const DEAD = 255

export interface Traits {
  severity: Severity
  state: State
  source: Source
}

/** Throws a RangeError on a word that is none of the model's. */
export function traitsOf({ severity, state, source }: Traits): number {
  const [a, b, c] = [SEVERITIES.indexOf(severity), STATES.indexOf(state), SOURCES.indexOf(source)]
  if (a < 0 || b < 0 || c < 0) throw new RangeError(`unknown: ${severity}, ${state} or ${source}`)
  return (a * STATES.length + b) * SOURCES.length + c
}

export const severityOf = (traits: number): Severity => SEVERITIES[Math.floor(traits / (STATES.length * SOURCES.length))]!
export const stateOf = (traits: number): State => STATES[Math.floor(traits / SOURCES.length) % STATES.length]!
export const sourceOf = (traits: number): Source => SOURCES[traits % SOURCES.length]!

/** 1 at the traits that a filter lets pass; never at DEAD. */
export function traitMask({ severities, states, sources }: Pick<HeatFilter, 'severities' | 'states' | 'sources'>): Uint8Array {
  const mask = new Uint8Array(256)
  for (let traits = 0; traits < TRAITS; traits++) {
    const passes =
      (severities?.includes(severityOf(traits)) ?? true) &&
      (states?.includes(stateOf(traits)) ?? true) &&
      (sources?.includes(sourceOf(traits)) ?? true)
    if (passes) mask[traits] = 1
  }
  return mask
}

/** What one incident weighs where heat is weighted by severity. */
export const SEVERITY_WEIGHTS: Readonly<Record<Severity, number>> = { red: 5, yellow: 2, green: 1 }
