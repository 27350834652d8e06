/**
 * What the address of the analysis says: the tab, the filters, and each tab's own choices. Everything is text as it stands in the address;
 * '' is the default and is left out. What the server does not take it refuses in words that the page shows.
 */
export const TABS = ['heat', 'hot', 'emerging', 'clusters', 'repeats', 'trends', 'reports'] as const
export type Tab = (typeof TABS)[number]
/** Where the address names none. */
const FIRST: Tab = 'heat'

/** The choices of a tab besides the filters that all share. */
const OWN = {
  // The heat writes its own: see heat-address.ts.
  heat: [],
  hot: ['by', 'cell', 'level', 'fdr'],
  emerging: ['by', 'cell', 'level', 'fdr', 'step'],
  clusters: ['metres', 'hours', 'minPts'],
  repeats: ['days', 'metres'],
  trends: ['trend', 'step'],
  reports: ['report'],
} as const satisfies Record<Tab, readonly string[]>
const SHARED = ['unit', 'from', 'to', 'kind', 'severity', 'source'] as const
export type Field = (typeof SHARED)[number] | (typeof OWN)[Tab][number]

export type AnalysisAddress = { tab: Tab } & Partial<Record<Field, string>>

export const ownFields = (tab: Tab): readonly Field[] => OWN[tab]

export function readAddress(search: string): AnalysisAddress {
  const query = new URLSearchParams(search)
  const address: AnalysisAddress = { tab: TABS.find((tab) => tab === query.get('tab')) ?? FIRST }
  for (const field of [...SHARED, ...OWN[address.tab]]) {
    const value = query.get(field)
    if (value) address[field] = value
  }
  return address
}

/** `?tab=…`, '' when all is default; the choices of other tabs are left out. */
export function writeAddress(address: AnalysisAddress): string {
  const query = new URLSearchParams()
  if (address.tab !== FIRST) query.set('tab', address.tab)
  for (const field of [...SHARED, ...OWN[address.tab]]) if (address[field]) query.set(field, address[field])
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** The same with a window of whole days: the heat has hours too, `2026-02-18T09`. */
export function wholeDays(address: AnalysisAddress): AnalysisAddress {
  const { from = '', to = '' } = address
  return { ...address, from: from.slice(0, 10), to: to.includes('T') ? dayAfter(to.slice(0, 10), 1) : to }
}

/** What is asked of the server for a tab. */
export function queryOf(address: AnalysisAddress): Record<string, string> {
  const query: Record<string, string> = {}
  for (const field of [...SHARED, ...OWN[address.tab]]) {
    if (address[field]) query[field === 'trend' ? 'by' : field] = address[field]
  }
  return query
}

/** `YYYY-MM-DD` so many days after another. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}
