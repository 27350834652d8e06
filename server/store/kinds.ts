/** Classes and kinds of incident: the configuration file data/kinds/kinds.json, checked against the contract when it is read. */
import { readFileSync } from 'node:fs'
import type { Platform } from '#model/incident.ts'
import { type KindList, kindList } from '#contract/incident.ts'

const FILE = new URL('../../data/kinds/kinds.json', import.meta.url)

export interface Kinds {
  list: KindList
  isKind(code: string): boolean
  /** Platform of a kind's class; null for a kind that is not (or no longer) in the file. */
  platformOf(kind: string): Platform | null
}

/** Reads the file. Throws a ZodError when it does not keep the contract. */
export const readKinds = (file: URL = FILE): Kinds => {
  const list = kindList.parse(JSON.parse(readFileSync(file, 'utf8')))
  const codes = new Set(list.classes.flatMap((each) => each.kinds.map(({ code }) => code)))
  const platforms = new Map(list.classes.map(({ code, platform }) => [code, platform]))
  return { list, isKind: (code) => codes.has(code), platformOf: (kind) => platforms.get(kind.slice(0, 2)) ?? null }
}
