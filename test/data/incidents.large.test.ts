import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { isOpen } from '#model/incident.ts'
import { dueAt } from '#model/deadline.ts'
import type { County, Unit } from '../../data/generator/county.ts'
import { generateCounty } from '../../data/generator/generate-county.ts'
import { generateIncidents, type Incident } from '../../data/generator/incidents.ts'
import { readKinds } from '../../server/store/kinds.ts'
import { stepsOf } from '../../server/commands/seed-history.ts'

const DAY = 86_400_000
/** A Monday, 15:00 in Shanghai. */
const UNTIL = new Date('2026-11-23T07:00:00Z')
const COUNT = 20_000

let county: County
let incidents: Incident[]

beforeAll(() => {
  county = generateCounty({ seed: 1 })
  incidents = [...generateIncidents({ seed: 1, until: UNTIL, count: COUNT, county })]
}, 60_000)

const shareOf = (list: readonly Incident[], has: (incident: Incident) => boolean): number => list.filter(has).length / list.length
const within = (value: number, low: number, high: number): void => {
  expect(value).toBeGreaterThanOrEqual(low)
  expect(value).toBeLessThanOrEqual(high)
}
const digest = (list: Iterable<Incident>): string => {
  const hash = createHash('sha256')
  for (const incident of list) hash.update(JSON.stringify(incident))
  return hash.digest('hex')
}
const local = (instant: Date): Date => new Date(instant.getTime() + 8 * 3_600_000)

describe('a year of incidents', () => {
  it('has as many as asked, ascending, all within the days and none after until', () => {
    expect(incidents).toHaveLength(COUNT)
    expect(new Set(incidents.map(({ id }) => id)).size).toBe(COUNT)
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    let before = UNTIL.getTime() - 365 * DAY
    const faults = incidents.filter(({ id, reportedAt, occurredAt }) => {
      const at = reportedAt.getTime()
      const fine = uuid.test(id) && at >= before && at <= UNTIL.getTime() && occurredAt.getTime() <= at
      before = at
      return !fine
    })
    expect(faults).toEqual([])
  })

  it('is accepted within one day for 98.6 in 100 and closed within five for 96', () => {
    const old = (days: number): Incident[] => incidents.filter(({ reportedAt }) => UNTIL.getTime() - reportedAt.getTime() > days * DAY)
    const took = (from: Date, to: Date | null): number => (to ? to.getTime() - from.getTime() : Infinity)
    within(
      shareOf(old(1), (each) => took(each.reportedAt, each.acceptedAt ?? each.closedAt) <= DAY),
      0.98,
      0.99,
    )
    within(
      shareOf(old(5), (each) => took(each.reportedAt, each.closedAt) <= 5 * DAY),
      0.95,
      0.97,
    )
  })

  it('leaves open what a room can watch, a few of it late, some of that pressed', () => {
    const open = incidents.filter(({ state }) => isOpen(state))
    const count = (severity: string): number => open.filter((each) => each.severity === severity).length
    within(count('red'), 1, 6)
    within(count('yellow'), 60, 130)
    within(count('green'), 220, 380)
    within(open.filter((each) => each.dueAt && each.dueAt < UNTIL).length, 15, 45)
    expect(open.some(({ supervisions }) => supervisions > 0)).toBe(true)
  })

  it('is alive at its end and has busy days, quiet nights and quieter Sundays', () => {
    const dayOf = (each: Incident): number => Math.floor(local(each.reportedAt).getTime() / DAY)
    within(incidents.filter((each) => dayOf(each) === Math.floor(local(UNTIL).getTime() / DAY)).length, 60, 95)
    const hours = new Array<number>(24).fill(0)
    const weekdays = new Array<number>(7).fill(0)
    for (const { reportedAt } of incidents) {
      const at = local(reportedAt)
      hours[at.getUTCHours()]! += 1
      weekdays[at.getUTCDay()]! += 1
    }
    expect(Math.max(...hours.slice(8, 11), ...hours.slice(14, 17))).toBe(Math.max(...hours))
    expect(hours[3]!).toBeLessThan(hours[9]! / 20)
    expect(weekdays[0]!).toBeLessThan(weekdays[1]! * 0.9)
  })

  it('gives each state its instants, in order, by a lawful way, with the deadline of its step', () => {
    const faults = incidents.filter((each) => {
      const { reportedAt, acceptedAt, assignedAt, fedBackAt, closedAt, state } = each
      const known = [reportedAt, acceptedAt, assignedAt, fedBackAt, closedAt, UNTIL].flatMap((at) => (at ? [at.getTime()] : []))
      const ordered = known.every((at, i) => i === 0 || at >= known[i - 1]!)
      const closed = (closedAt !== null) === !isOpen(state)
      return !ordered || !closed || each.dueAt?.getTime() !== dueAt(each)?.getTime() || stepsOf(each).at(-1)?.toState !== state
    })
    expect(faults).toEqual([])
  })

  it('knows only kinds of the file, uses nearly all, and comes mostly from grid workers', () => {
    const kinds = readKinds()
    expect(incidents.filter(({ kind }) => !kinds.isKind(kind))).toEqual([])
    expect(new Set(incidents.map(({ kind }) => kind)).size).toBeGreaterThan(54)
    within(
      shareOf(incidents, ({ source }) => source === 'grid_worker'),
      0.5,
      0.7,
    )
    expect(incidents.filter(({ text }) => text.includes('{') || text.length < 4)).toEqual([])
  })

  it('stands in the grid it names, on the grid of 1e-7 degree, and clusters', () => {
    const byCode = new Map(county.units.map((unit) => [unit.code, unit]))
    const counts = new Map<string, number>()
    const astray: Incident[] = []
    for (const each of incidents) {
      const { unitCode, location } = each
      const onGrid = location.every((c) => c === Math.round(c * 1e7) / 1e7)
      if (!onGrid || !holds(byCode.get(unitCode) as Unit, location)) astray.push(each)
      const cell = location.map((c) => Math.floor(c * 2000)).join()
      counts.set(cell, (counts.get(cell) ?? 0) + 1)
    }
    expect(astray).toEqual([])
    const busiest = [...counts.values()].sort((a, b) => b - a).slice(0, 100)
    expect(busiest.reduce((sum, n) => sum + n, 0) / COUNT).toBeGreaterThan(0.1)
  })
})

describe('the stream of incidents', () => {
  it('is the same for the same seed and until, and another for another', () => {
    const of = (seed: number, until: Date): string => digest(generateIncidents({ seed, until, count: 3000, county }))
    expect(of(1, UNTIL)).toBe(of(1, UNTIL))
    expect(of(2, UNTIL)).not.toBe(of(1, UNTIL))
    expect(of(1, new Date('2026-05-01T00:00:00Z'))).not.toBe(of(1, UNTIL))
  }, 60_000)

  it('yields as asked, one by one: the first of ten million are there at once', () => {
    const stream = generateIncidents({ seed: 1, until: UNTIL, count: 10_000_000, county })
    let last = 0
    for (let i = 0; i < 5000; i++) {
      const { value, done } = stream.next()
      if (done) break
      last = (value as Incident).reportedAt.getTime()
    }
    expect(last).toBeLessThan(UNTIL.getTime() - 364 * DAY)
    expect(last).toBeGreaterThan(UNTIL.getTime() - 365 * DAY)
  })

  it('keeps its word for any seed, count, length and end', () => {
    const anyCase = fc.record({
      seed: fc.integer({ min: 0, max: 2 ** 31 }),
      count: fc.integer({ min: 0, max: 400 }),
      days: fc.integer({ min: 1, max: 400 }),
      until: fc.date({ min: new Date('2001-01-01'), max: new Date('2099-01-01'), noInvalidDate: true }),
    })
    fc.assert(
      fc.property(anyCase, (options) => {
        const list = [...generateIncidents({ ...options, county })]
        expect(list).toHaveLength(options.count)
        for (const [i, { reportedAt, dueAt: due, state }] of list.entries()) {
          expect(reportedAt.getTime()).toBeLessThanOrEqual(options.until.getTime())
          expect(reportedAt.getTime()).toBeGreaterThanOrEqual(
            list[i - 1]?.reportedAt.getTime() ?? options.until.getTime() - options.days * DAY,
          )
          if (!isOpen(state)) expect(due).toBeNull()
        }
      }),
      { numRuns: 12 },
    )
  }, 60_000)
})

function holds(unit: Unit, [x, y]: readonly [number, number]): boolean {
  let inside = false
  for (const ring of unit.geometry.coordinates.flat()) {
    for (let i = 1; i < ring.length; i++) {
      const [ax, ay] = ring[i - 1] as [number, number]
      const [bx, by] = ring[i] as [number, number]
      if (ay > y !== by > y && x < ax + ((bx - ax) * (y - ay)) / (by - ay)) inside = !inside
    }
  }
  return inside
}
