/** The hierarchy's ranks, coarse to fine, and what sort of unit one is. Codes nest by prefix: see code.ts. */
export const LEVELS = ['county', 'town', 'village', 'grid', 'microgrid'] as const
export type Level = (typeof LEVELS)[number]

/** general: holds households; dedicated: a market, school, industrial park…; riverside: watched at high water. */
export const UNIT_KINDS = ['general', 'dedicated', 'riverside'] as const
export type UnitKind = (typeof UNIT_KINDS)[number]
