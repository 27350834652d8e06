/** The words of an incident that are the same in the database, on the wire and on the screen. */
export const SEVERITIES = ['red', 'yellow', 'green'] as const
export type Severity = (typeof SEVERITIES)[number]

export const STATES = [
  'reported',
  'accepted',
  'routed',
  'assigned',
  'handling',
  'fed_back',
  'closed',
  'returned',
  'paused',
  'cancelled',
] as const
export type State = (typeof STATES)[number]

export const SOURCES = ['grid_worker', 'snapshot', 'hotline_12345', 'city_management', 'camera', 'import'] as const
export type Source = (typeof SOURCES)[number]

/** inside: in a leaf unit; outside: has a place that no leaf holds; none: came without a place. */
export const PLACEMENTS = ['inside', 'outside', 'none'] as const
export type Placement = (typeof PLACEMENTS)[number]

/** The four township platforms that a class of incidents belongs to. */
export const PLATFORMS = ['public_order', 'market_supervision', 'law_enforcement', 'citizen_services'] as const
export type Platform = (typeof PLATFORMS)[number]

/** Open is all that still waits for somebody. */
export const isOpen = (state: State): boolean => state !== 'closed' && state !== 'cancelled'
