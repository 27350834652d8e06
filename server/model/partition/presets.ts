/** What the presets weigh, and how long they look. Found by trying on the demo county: see the bench of re-division. */
import type { Costs } from './division.ts'
import type { Preset, RedivisionOptions } from './redivision.ts'

export interface Schedule {
  /** Steps of annealing for each cell, in the first attempt and in each round afterwards. */
  firstSteps: number
  roundSteps: number
  rounds: number
  /** Points that a step may lose at the start of a round, and of one that begins from today's borders once more. */
  heat: number
  heatAgain: number
}

/** Points that a step may lose at the start where a division begins from today's borders, and where what is wanted is not near them. */
export const HEAT_FIRST = 0.6
export const HEAT_FAR = 10

const ALIKE = { outside: 60, perHousehold: 3, alongSaves: 0.5 }

const COSTS: Readonly<Record<Preset, Costs>> = {
  repair: { ...ALIKE, balance: 0, compactness: 0.8, moved: 12, touched: 6, border: 0.2, hamlets: 0.01 },
  keep: { ...ALIKE, balance: 0.3, compactness: 1, moved: 5, touched: 1, border: 0.3, hamlets: 0.03 },
  mix: { ...ALIKE, balance: 0.4, compactness: 6, moved: 1.5, touched: 0.3, border: 0.3, hamlets: 0.03 },
  compact: { ...ALIKE, balance: 0.3, compactness: 10, moved: 0.05, touched: 0, border: 0.5, hamlets: 0.01 },
}

const SCHEDULES: Readonly<Record<Preset, Schedule>> = {
  repair: { firstSteps: 6, roundSteps: 36, rounds: 9, heat: 0.1, heatAgain: 10 },
  keep: { firstSteps: 6, roundSteps: 27, rounds: 6, heat: 0.1, heatAgain: 3 },
  mix: { firstSteps: 6, roundSteps: 27, rounds: 6, heat: 0.3, heatAgain: 3 },
  compact: { firstSteps: 6, roundSteps: 27, rounds: 6, heat: 0.3, heatAgain: 3 },
}

export function costsOf({ preset, weights = {} }: RedivisionOptions): Costs {
  const { balance = 1, compactness = 1, moved = 1, hamlets = 1, lines = 1 } = weights
  const costs = COSTS[preset]
  return {
    ...costs,
    balance: costs.balance * balance,
    compactness: costs.compactness * compactness,
    moved: costs.moved * moved,
    touched: costs.touched * moved,
    hamlets: costs.hamlets * hamlets,
    border: costs.border * Math.max(1, lines),
    alongSaves: Math.min(1, costs.alongSaves * lines),
  }
}

export function scheduleOf({ preset, iterations = 1, weights = {} }: RedivisionOptions): Schedule {
  const schedule = SCHEDULES[preset]
  const { roundSteps, heat, heatAgain } = schedule
  // What weighs more makes higher hills, and it takes more heat to come over them.
  const most = Math.max(1, ...Object.values(weights))
  return { ...schedule, roundSteps: Math.max(1, Math.round(roundSteps * iterations)), heat: heat * most, heatAgain: heatAgain * most }
}
