/** The days on which the borders changed, today and the plan's own, on one line; and where a step of the arrow keys leads. */

/** Days are YYYY-MM-DD of the county's own calendar. */
export interface TimelineMark {
  day: string
  kind: 'change' | 'today' | 'effective'
}

const DAY = 86_400_000
const middayOf = (day: string): number => Date.parse(`${day}T12:00:00Z`)

/** Marks in the order of their days; a day that is two things stands twice, today before the plan. */
export function marksOf(changes: readonly string[], today: string, effectiveOn: string | null): TimelineMark[] {
  const marks: TimelineMark[] = [...new Set(changes)].filter((day) => day !== effectiveOn).map((day) => ({ day, kind: 'change' }))
  marks.push({ day: today, kind: 'today' })
  if (effectiveOn) marks.push({ day: effectiveOn, kind: 'effective' })
  return marks.toSorted((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))
}

/** From the first day of the line to its last; a tenth of the span, at least a month, on either side. */
export function spanOf(marks: readonly TimelineMark[]): [from: number, to: number] {
  const days = marks.map(({ day }) => middayOf(day))
  const [first, last] = [Math.min(...days), Math.max(...days)]
  const margin = Math.max(30 * DAY, (last - first) / 10)
  return [first - margin, last + margin]
}

/** Place of a day on the line, 0…1. */
export const placeOf = (day: string, [from, to]: readonly [number, number]): number => (middayOf(day) - from) / (to - from)

/** Day at a place of the line, 0…1. */
export const dayAt = (place: number, [from, to]: readonly [number, number]): string =>
  new Date(from + Math.min(1, Math.max(0, place)) * (to - from)).toISOString().slice(0, 10)

/** The mark's day that lies nearest to a place, when one lies within `reach` of it; otherwise the day itself. */
export function snap(place: number, marks: readonly TimelineMark[], span: readonly [number, number], reach: number): string {
  const near = marks
    .map(({ day }) => ({ day, away: Math.abs(placeOf(day, span) - place) }))
    .filter(({ away }) => away <= reach)
    .toSorted((a, b) => a.away - b.away)[0]
  return near?.day ?? dayAt(place, span)
}

/** The next marked day before (-1) or after (1) one; itself where there is none. */
export function nextMark(day: string, direction: -1 | 1, marks: readonly TimelineMark[]): string {
  const days = marks.map((mark) => mark.day)
  return (direction === 1 ? days.find((other) => other > day) : days.findLast((other) => other < day)) ?? day
}

export type Align = 'start' | 'middle' | 'end'

/**
 * How each mark's label is set: null where it is left out, because it would lie over another. Today's and the plan's always stand,
 * turned away from each other where they are close; of the changes the later ones come first. Width as a share of the line.
 */
export function labelsOf(marks: readonly TimelineMark[], span: readonly [number, number], width: number): (Align | null)[] {
  const places = marks.map(({ day }) => placeOf(day, span))
  const aligns = marks.map(({ kind }, n): Align | null => (kind === 'change' ? null : edgeAlign(places[n]!, width)))
  const fixed = marks.flatMap(({ kind }, n) => (kind === 'change' ? [] : n))
  for (const [i, left] of fixed.slice(0, -1).entries()) {
    const right = fixed[i + 1]!
    if (places[right]! - places[left]! < width) [aligns[left], aligns[right]] = ['end', 'start']
  }
  const reach = (n: number, align: Align): [number, number] => {
    const at = places[n]!
    return align === 'start' ? [at, at + width] : align === 'end' ? [at - width, at] : [at - width / 2, at + width / 2]
  }
  for (let n = marks.length - 1; n >= 0; n--) {
    if (aligns[n]) continue
    const align = edgeAlign(places[n]!, width)
    const [from, to] = reach(n, align)
    const isFree = aligns.every((other, m) => {
      if (!other) return true
      const [otherFrom, otherTo] = reach(m, other)
      return to <= otherFrom || from >= otherTo
    })
    if (isFree) aligns[n] = align
  }
  return aligns
}

const edgeAlign = (place: number, width: number): Align => (place < width / 2 ? 'start' : place > 1 - width / 2 ? 'end' : 'middle')
