/**
 * From a report's figures to what is read: blocks of text and tables in one language. Page, PDF and Excel all show this document and
 * nothing else, so that they cannot say different things. Numbers are also given as numbers, for Excel.
 */
import { DateTime } from 'luxon'
import type { Period } from '../hot-spots/periods.ts'
import { REPORT_WORDS, type ReportLanguage } from './words.ts'

interface Named {
  name: string
  nameEn: string | null
}
interface Triple {
  now: number
  before: number
  lastYear: number
}
interface Rate {
  from: string
  to: string
  of: Triple
  done: Triple
}
interface Days {
  firstDay: string
  lastDay: string
}
/** The same as the contract's `reportFigures`. */
export interface Figures extends Named, Days {
  period: Period
  timeZone: string
  synthetic: boolean
  madeAt: string
  before: Days
  lastYear: Days
  reported: Triple
  closed: Triple
  open: { now: number; before: number }
  overdue: { now: number; before: number }
  bySeverity: Record<'red' | 'yellow' | 'green', Triple>
  acceptedWithinDay: Rate
  closedWithinFiveDays: Rate
  days: { day: string; count: number }[]
  classes: (Named & Triple & { kinds: (Named & Triple)[] })[]
  places: (Named & Triple & { accepted: { of: number; done: number }; closed: { of: number; done: number }; overdue: number })[]
  hotSpots: {
    cell: number
    fdr: number
    tested: number
    found: number
    list: { place: Named; count: number; expected: number; before: number; places: number; z: number; q: number }[]
  }
  repeats: {
    days: number
    metres: number
    found: number
    repeated: number
    list: { kind: Named; place: Named; count: number; from: string; to: string; settledBefore: number }[]
  }
}

/** `value`: the number behind the text; of a share 0…1, with `unit` per cent. Null where there is none. */
export interface Cell {
  text: string
  value?: number
  unit?: 'percent'
}
export interface Column {
  label: string
  align: 'left' | 'right'
  /** Share of the width. */
  width: number
}
export interface Block {
  title: string
  note?: string
  columns: Column[]
  rows: Cell[][]
  /** Said in place of rows, when there are none. */
  none?: string
}
export interface ReportDocument {
  title: string
  /** Window, comparisons, when counted. */
  lines: string[]
  blocks: Block[]
}

const MOST_KINDS = 10
const TEXT = { align: 'left', width: 2.4 } as const
const NUMBER = { align: 'right', width: 1 } as const

export const wholeNumber = (value: number): string =>
  Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
const signed = (value: number): string => (value > 0 ? `+${wholeNumber(value)}` : value < 0 ? `−${wholeNumber(-value)}` : '0')
const percent = (share: number, plus = false): string => {
  const digits = (Math.abs(share) * 100).toFixed(1)
  const sign = share < 0 && digits !== '0.0' ? '−' : plus && digits !== '0.0' ? '+' : ''
  return `${sign}${digits} %`
}
const text = (value: string): Cell => ({ text: value })
const number = (value: number): Cell => ({ text: wholeNumber(value), value })
const decimal = (value: number): Cell => ({ text: value.toFixed(1), value: Math.round(value * 10) / 10 })

export function reportDocument(figures: Figures, lang: ReportLanguage): ReportDocument {
  const words = REPORT_WORDS[lang]
  const { period, timeZone } = figures
  const nameOf = ({ name, nameEn }: Named) => (lang === 'en' ? nameEn || name : name)
  const clock = (at: string) => DateTime.fromISO(at, { zone: timeZone }).toFormat('MM-dd HH:mm')
  const none = text(words.none)
  const colon = lang === 'zh' ? '：' : ': '
  const hasLastYear = figures.reported.lastYear > 0
  const change = (now: number, before: number): Cell[] => [
    { text: signed(now - before), value: now - before },
    before === 0 ? none : { text: percent(now / before - 1, true), value: now / before - 1, unit: 'percent' },
  ]
  const triple = ({ now, before, lastYear }: Triple): Cell[] => [
    number(now),
    number(before),
    ...change(now, before),
    hasLastYear ? number(lastYear) : none,
  ]
  const share = ({ of, done }: { of: number; done: number }): Cell =>
    of === 0 ? none : { text: percent(done / of), value: done / of, unit: 'percent' }
  const numbers = (...labels: string[]): Column[] => labels.map((label) => ({ label, ...NUMBER }))
  const compared = [words.now, words.befores[period], words.change, words.changeRate, words.lastYears[period]]

  const rateRow = (label: string, { of, done }: Rate): Cell[] => {
    const at = (which: keyof Triple) => share({ of: of[which], done: done[which] })
    const [now, before] = [at('now'), at('before')]
    const points = now.value === undefined || before.value === undefined ? null : (now.value - before.value) * 100
    const sign = points === null || Math.abs(points) < 0.05 ? '' : points > 0 ? '+' : '−'
    const difference: Cell =
      points === null ? none : { text: `${sign}${Math.abs(points).toFixed(1)}${lang === 'zh' ? ' 点' : ' pt'}`, value: points }
    return [text(label), now, before, difference, none, hasLastYear ? at('lastYear') : none]
  }
  const blocks: Block[] = [
    {
      title: words.summary,
      note: [
        `${words.accepted}${colon}${words.rateNote(figures.acceptedWithinDay.from, figures.acceptedWithinDay.to)}`,
        `${words.settled}${colon}${words.rateNote(figures.closedWithinFiveDays.from, figures.closedWithinFiveDays.to)}`,
      ].join(lang === 'zh' ? '；' : '; '),
      columns: [{ label: words.measure, ...TEXT }, ...numbers(...compared)],
      rows: [
        [text(words.reported), ...triple(figures.reported)],
        [text(words.closed), ...triple(figures.closed)],
        [text(words.open), number(figures.open.now), number(figures.open.before), ...change(figures.open.now, figures.open.before), none],
        [
          text(words.overdue),
          number(figures.overdue.now),
          number(figures.overdue.before),
          ...change(figures.overdue.now, figures.overdue.before),
          none,
        ],
        rateRow(words.accepted, figures.acceptedWithinDay),
        rateRow(words.settled, figures.closedWithinFiveDays),
      ],
    },
    {
      title: words.bySeverity,
      columns: [{ label: words.severity, ...TEXT }, ...numbers(...compared)],
      rows: (['red', 'yellow', 'green'] as const).map((each) => [text(words.severities[each]), ...triple(figures.bySeverity[each])]),
    },
    {
      title: words.byClass,
      columns: [{ label: words.class, ...TEXT }, ...numbers(...compared)],
      rows: figures.classes.map((each) => [text(nameOf(each)), ...triple(each)]),
    },
    {
      title: words.byKind,
      columns: [{ label: words.kind, ...TEXT }, ...numbers(...compared)],
      rows: figures.classes
        .flatMap(({ kinds }) => kinds)
        .filter(({ now, before }) => now !== before)
        .sort((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before) || b.now - a.now)
        .slice(0, MOST_KINDS)
        .map((each) => [text(nameOf(each)), ...triple(each)]),
      none: words.none,
    },
    {
      title: words.byPlace,
      columns: [
        { label: words.place, ...TEXT },
        ...numbers(words.now, words.befores[period], words.changeRate, words.accepted, words.settled, words.overdue),
      ],
      rows: figures.places.map((each) => [
        text(nameOf(each)),
        number(each.now),
        number(each.before),
        change(each.now, each.before)[1]!,
        share(each.accepted),
        share(each.closed),
        number(each.overdue),
      ]),
      none: words.none,
    },
    {
      title: words.hotSpots,
      note: words.hotNote(figures.hotSpots.cell, figures.hotSpots.tested, percent(figures.hotSpots.fdr)),
      columns: [
        { label: words.place, ...TEXT },
        ...numbers(words.now, words.expected, words.befores[period], words.changeRate, words.squares, 'z', 'q'),
      ],
      rows: figures.hotSpots.list.map((each, n) => [
        text(`${n + 1} ${nameOf(each.place)}`),
        number(each.count),
        decimal(each.expected),
        number(each.before),
        change(each.count, each.before)[1]!,
        number(each.places),
        { text: each.z.toFixed(2), value: each.z },
        { text: each.q < 0.001 ? '< 0.001' : each.q.toFixed(3), value: each.q },
      ]),
      none: words.hotNone,
    },
    {
      title: words.repeats,
      note: words.repeatNote(figures.repeats.days, figures.repeats.metres, figures.repeats.found, figures.repeats.repeated),
      columns: [
        { label: words.kind, align: 'left', width: 1.8 },
        { label: words.place, ...TEXT },
        ...numbers(words.count, words.first, words.last, words.settledBefore),
      ],
      rows: figures.repeats.list.map((each) => [
        text(nameOf(each.kind)),
        text(nameOf(each.place)),
        number(each.count),
        text(clock(each.from)),
        text(clock(each.to)),
        number(each.settledBefore),
      ]),
      none: words.repeatNone,
    },
  ]
  if (figures.days.length > 1) {
    blocks.push({
      title: words.byDay,
      columns: [{ label: words.day, ...TEXT }, ...numbers(words.reported)],
      rows: figures.days.map(({ day, count }) => [text(day), number(count)]),
    })
  }
  const range = ({ firstDay, lastDay }: Days) => words.range(firstDay, lastDay)
  return {
    title: words.sentence(nameOf(figures), words.titles[period]),
    lines: [
      range(figures),
      `${words.befores[period]}${colon}${range(figures.before)}`,
      `${words.lastYears[period]}${colon}${range(figures.lastYear)}`,
      words.madeAt(DateTime.fromISO(figures.madeAt, { zone: timeZone }).toFormat('yyyy-MM-dd HH:mm'), timeZone),
      ...(figures.synthetic ? [words.synthetic] : []),
    ],
    blocks,
  }
}
