/** How far a panel has got with what it shows. */
export type Reading =
  | { status: 'ready' }
  | { status: 'loading' }
  /** Not for this reader: single incidents, where the role has only counts, or the other way round. */
  | { status: 'refused'; what: 'incidents' | 'figures' }
  /** `since`: time of day from which it failed, as it is to be printed. */
  | { status: 'failed'; since: string; retry: () => void }

export const refusedUnless = (may: boolean, what: 'incidents' | 'figures', reading: Reading): Reading =>
  may ? reading : { status: 'refused', what }
