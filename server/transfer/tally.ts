/** What a run counts and notes on its way. */
import type { ImportNote, ImportNoun, ImportSummary } from '#contract/transfer.ts'

/** Beyond these, notes are only counted: a summary is read by people and held in memory. */
const MOST_NOTES = 10_000

type Count = 'read' | 'created' | 'updated' | 'unchanged' | 'ended' | 'outside' | 'withoutPlace' | 'bad'

export class Tally {
  readonly counts: Record<Count, number> = { read: 0, created: 0, updated: 0, unchanged: 0, ended: 0, outside: 0, withoutPlace: 0, bad: 0 }
  readonly #notes: ImportNote[] = []
  #dropped = 0

  note(note: ImportNote): void {
    if (this.#notes.length < MOST_NOTES) this.#notes.push(note)
    else this.#dropped++
  }

  /** A row that is not imported. */
  bad(row: number, code: string, message: string): void {
    this.counts.bad++
    this.note({ row, code, weight: 'fault', message })
  }

  /** Generated and real data may stand in one county, but never without a word. */
  noteSynthetic(county: { code: string; synthetic: boolean } | null): void {
    if (!county?.synthetic) return
    this.note({
      row: null,
      code: 'synthetic',
      weight: 'warning',
      message: `The county ${county.code} is the synthetic demo: what is imported mixes with generated data.`,
    })
  }

  summary(noun: ImportNoun, county: string | null, dryRun: boolean, refused: boolean): ImportSummary {
    const notes = [...this.#notes]
    if (this.#dropped > 0) notes.push({ row: null, code: 'more', weight: 'warning', message: `${this.#dropped} more notes are left out.` })
    return { noun, county, dryRun, refused, ...this.counts, notes }
  }
}
