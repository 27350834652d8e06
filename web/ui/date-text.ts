/** A day of the calendar as people write it: 2026-10-25, and what comes near it. */

/** `YYYY-MM-DD` of `2026-10-25`, `2026/1/5`, `2026.10.25`, `20261025` or `2026年10月25日`; null for what is no day. */
export function readDay(text: string): string | null {
  const match = /^(\d{4})(?:\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{2})(\d{2}))$/.exec(text.trim())
  if (!match) return null
  const [year, month, day] = [match[1], match[2] ?? match[4], match[3] ?? match[5]].map(Number) as [number, number, number]
  const at = new Date(Date.UTC(year, month - 1, day))
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? at.toISOString().slice(0, 10) : null
}
