import type { Summary } from '#contract/summary.ts'

interface ClassCount {
  /** Two digits of a class; null: all the others together. */
  code: string | null
  today: number
  yesterday: number
}

/** The classes with most reports today, at most `top`, then all others in one line with how many classes they are. */
export function topClasses(classes: Summary['classes'], top: number): { rows: ClassCount[]; others: number } {
  const sorted = classes.toSorted((a, b) => b.today - a.today || b.yesterday - a.yesterday || (a.code < b.code ? -1 : 1))
  if (sorted.length <= top + 1) return { rows: sorted, others: 0 }
  const rest = sorted.slice(top)
  const sum = (key: 'today' | 'yesterday') => rest.reduce((total, each) => total + each[key], 0)
  return { rows: [...sorted.slice(0, top), { code: null, today: sum('today'), yesterday: sum('yesterday') }], others: rest.length }
}
