/** What the two rates are measured against: the house's aim, not a rule of the data. Shares in 0…1. */
export const TARGETS = { acceptedWithinDay: 0.98, closedWithinFiveDays: 0.95 } as const
