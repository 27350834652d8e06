/** How far a panel has got with what it shows. */
export type Reading =
  | { status: 'ready' }
  | { status: 'loading' }
  /** Not for this reader: single incidents, where the role has only counts. */
  | { status: 'refused' }
  /** `since`: time of day from which it failed, as it is to be printed. */
  | { status: 'failed'; since: string; retry: () => void }
