/** What is reported: severity first, then a kind that comes in it, its text and who sent it in. */
import { readFileSync } from 'node:fs'
import { type Platform, SEVERITIES, type Severity, type Source } from '#model/incident.ts'

interface KindsFile {
  places: string[]
  classes: {
    platform: Platform
    kinds: { code: string; weight: number; severity: Record<Severity, number>; texts: string[] }[]
  }[]
}

export interface Subject {
  kind: string
  texts: string[]
  /** By the low byte of a random number. */
  sources: Source[]
}

const SLOTS = 4096

const SOURCE_WEIGHTS: Record<Platform, Partial<Record<Source, number>>> = {
  public_order: { grid_worker: 166, snapshot: 34, hotline_12345: 38, camera: 18 },
  market_supervision: { grid_worker: 140, snapshot: 44, hotline_12345: 72 },
  law_enforcement: { grid_worker: 134, snapshot: 46, hotline_12345: 26, city_management: 42, camera: 8 },
  citizen_services: { grid_worker: 160, snapshot: 38, hotline_12345: 52, city_management: 6 },
}

/** For each severity 4,096 subjects: a random slot is a kind by its weight. */
export function readSubjects(): Record<Severity, Subject[]> {
  const { places, classes } = JSON.parse(readFileSync(new URL('../kinds/kinds.json', import.meta.url), 'utf8')) as KindsFile
  const subjects = classes.flatMap(({ platform, kinds }) => {
    const sources = slots(Object.entries(SOURCE_WEIGHTS[platform]) as [Source, number][], 256)
    return kinds.map(({ code, weight, severity, texts }) => ({
      subject: {
        kind: code,
        texts: texts.flatMap((text) => (text.includes('{place}') ? places.map((place) => text.replace('{place}', place)) : [text])),
        sources,
      },
      weight,
      severity,
    }))
  })
  const of = (severity: Severity): Subject[] =>
    slots(
      subjects.map((each): [Subject, number] => [each.subject, each.weight * each.severity[severity]]),
      SLOTS,
    )
  return Object.fromEntries(SEVERITIES.map((severity) => [severity, of(severity)])) as Record<Severity, Subject[]>
}

function slots<T>(weighted: readonly (readonly [T, number])[], count: number): T[] {
  const sum = weighted.reduce((total, [, weight]) => total + weight, 0)
  const list: T[] = []
  let owed = 0
  for (const [value, weight] of weighted) {
    owed += (count * weight) / sum
    while (list.length < owed - 1e-9 && list.length < count) list.push(value)
  }
  return list
}
