/** What the analysis page shows: the address decides what is asked, the answer decides what is drawn and listed. */
import { createContext } from 'svelte'
import { endpoints } from '#contract/endpoints.ts'
import type { Clusters, Emerging, HotSpots, Repeats, Trends } from '#contract/analysis.ts'
import type { IncidentMarker } from '#contract/incident.ts'
import type { Report, ReportHead } from '#contract/report.ts'
import type { Period } from '#model/hot-spots/periods.ts'
import { call } from '../api/client.ts'
import { type AnalysisAddress, queryOf, readAddress, type Tab, wholeDays, writeAddress } from './analysis-address.ts'

export type Answer =
  | { tab: 'heat'; answer: null }
  | { tab: 'hot'; answer: HotSpots }
  | { tab: 'emerging'; answer: Emerging }
  | { tab: 'clusters'; answer: Clusters }
  | { tab: 'repeats'; answer: Repeats }
  | { tab: 'trends'; answer: Trends }
  | { tab: 'reports'; answer: ReportHead[] }

/** The incidents behind a result. */
export interface Opened {
  incidents: readonly IncidentMarker[]
  /** Asks for what comes behind; null at the end. */
  next: string | null
  /** How many there are in all. */
  count: number
}

const PAGE = '50'

export class Analysis {
  address = $state.raw<AnalysisAddress>({ tab: 'heat' })
  answer = $state.raw<Answer | null>(null)
  status = $state<'loading' | 'ready' | 'failed'>('loading')
  failure = $state.raw<unknown>(null)
  /** Number of the chosen result in its list; null: none. */
  chosen = $state<number | null>(null)
  /** Somebody chose it: the map goes there. */
  looks = $state(false)
  opened = $state.raw<Opened | null>(null)
  /** Id of the incident that is chosen among them. */
  incident = $state<string | null>(null)
  report = $state.raw<Report | null>(null)
  /** A report is being made. */
  making = $state(false)
  private asked = 0

  constructor(search: string) {
    this.address = readAddress(search)
  }

  /** Changes some of the address; an empty value is the default. */
  set(changes: Partial<AnalysisAddress>): void {
    this.address = { ...this.address, ...changes }
    history.replaceState(history.state, '', `/analysis${writeAddress(this.address)}`)
  }

  /** Another tab with the filters that all share. The heat keeps its own address, so that is read first. */
  turnTo(tab: Tab): void {
    if (this.address.tab === 'heat') this.address = wholeDays(readAddress(location.search))
    this.set({ tab })
  }

  /** Another unit in the tab of heat, whose own part of the address stays. */
  moveTo(unit: string): void {
    const query = new URLSearchParams(location.search)
    if (unit) query.set('unit', unit)
    else query.delete('unit')
    history.replaceState(history.state, '', `/analysis${query.size ? `?${query}` : ''}`)
    this.read(location.search)
  }

  /** The back button. */
  read(search: string): void {
    this.address = readAddress(search)
  }

  /** Asks what the address says. Never rejects; an answer that comes late is dropped. */
  async load(): Promise<void> {
    const own = ++this.asked
    this.status = 'loading'
    this.failure = null
    this.choose(null)
    try {
      const answer = await this.ask()
      if (own !== this.asked) return
      this.answer = answer
      this.status = 'ready'
      if (answer.answer && 'results' in answer.answer && answer.answer.results.length > 0) this.choose(0, false)
    } catch (error) {
      if (own !== this.asked) return
      this.failure = error
      this.status = 'failed'
    }
  }

  private async ask(): Promise<Answer> {
    const { address } = this
    const query = queryOf(address) as never
    const { tab } = address
    if (tab === 'heat') return { tab, answer: null }
    if (tab === 'hot') return { tab, answer: await call(endpoints.hotSpots, { query }) }
    if (tab === 'emerging') return { tab, answer: await call(endpoints.emerging, { query }) }
    if (tab === 'clusters') return { tab, answer: await call(endpoints.clusters, { query }) }
    if (tab === 'repeats') return { tab, answer: await call(endpoints.repeats, { query }) }
    if (tab === 'trends') return { tab, answer: await call(endpoints.trends, { query }) }
    const { unit } = address
    const { reports } = await call(endpoints.listReports, { query: unit ? { unit } : {} })
    const id = Number(address.report) || reports[0]?.id
    this.report = id === undefined ? null : await call(endpoints.report, { params: { id } })
    return { tab, answer: reports }
  }

  choose(n: number | null, looks = true): void {
    this.chosen = n
    this.looks = looks
    this.close()
  }

  /** Opens the incidents of the chosen result, or the next page of them. */
  async open(): Promise<void> {
    const { answer, chosen, opened } = this
    if (!answer || chosen === null) return
    if (answer.tab === 'clusters' || answer.tab === 'repeats') {
      const { incidents, count } = answer.answer.results[chosen]!
      this.opened = { incidents, count, next: null }
      return
    }
    if (answer.tab !== 'hot' && answer.tab !== 'emerging') return
    const members = answer.tab === 'hot' ? hotKeys(answer.answer.results[chosen]!) : [answer.answer.results[chosen]!.key]
    const count = answer.tab === 'hot' ? answer.answer.results[chosen]!.count : sumOf(answer.answer.results[chosen]!.counts)
    const { fdr: _fdr, step: _step, ...where } = queryOf(this.address)
    const after = opened?.next ?? undefined
    const { window } = answer.answer
    const query = { ...where, ...window, members: members.join(','), limit: PAGE, ...(after && { after }) }
    try {
      const page = await call(endpoints.hotSpotIncidents, { query: query as never })
      if (this.chosen !== chosen) return
      this.opened = { incidents: [...(opened?.incidents ?? []), ...page.incidents], next: page.next, count }
    } catch (error) {
      this.failure = error
    }
  }

  close(): void {
    this.opened = null
    this.incident = null
  }

  /** The next page of repeats. */
  async more(): Promise<void> {
    const { answer } = this
    if (answer?.tab !== 'repeats' || answer.answer.next === null) return
    const query = { ...queryOf(this.address), after: String(answer.answer.next) }
    const page = await call(endpoints.repeats, { query: query as never })
    this.answer = { tab: 'repeats', answer: { ...page, results: [...answer.answer.results, ...page.results] } }
  }

  async showReport(id: number): Promise<void> {
    this.set({ report: String(id) })
    this.report = await call(endpoints.report, { params: { id } })
  }

  /** Makes the report of the last period that is over, or of the one that holds `day`. */
  async makeReport(period: Period, day: string | undefined): Promise<void> {
    this.making = true
    this.failure = null
    try {
      const { unit } = this.address
      const made = await call(endpoints.makeReport, { body: { period, ...(unit && { unitCode: unit }), ...(day && { day }) } })
      this.set({ report: String(made.id) })
      await this.load()
    } catch (error) {
      this.failure = error
    }
    this.making = false
  }
}

const hotKeys = ({ members, ring }: HotSpots['results'][number]): string[] => [...members, ...ring].map(({ key }) => key)
const sumOf = (counts: readonly (number | null)[]): number => counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)

export const [getAnalysis, setAnalysis] = createContext<Analysis>()
