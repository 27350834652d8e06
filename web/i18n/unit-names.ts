/**
 * Names of the workbench's units in the screen's language. Who draws a unit gives it a name in his own; in English it takes what is known
 * of the name it was made of: the village's, or the divided unit's.
 */
import type { Coverage } from '#model/coverage.ts'
import type { Leaf } from '#model/difference.ts'
import en from './en.json'
import { lang } from './i18n.ts'
import zh from './zh.json'

interface Named {
  name: string
  nameEn: string | null
}
export interface KnownNames {
  /** The county in force. */
  today: Coverage
  /** Units above the leaves, by code. */
  above: ReadonlyMap<string, Named>
}

/** What a split adds to a name, as often as it was split. */
const PIECE = /(?:-\d+)+$/

/** The name of a unit above the leaves. */
export const nameIn = ({ name, nameEn }: Named): string => (lang() === 'en' ? nameEn || name : name)

/** The name of a leaf. */
export function leafName({ name, nameEn, parentCode }: Pick<Leaf, 'name' | 'nameEn' | 'parentCode'>, known: KnownNames): string {
  if (lang() === 'zh') return name === en.hand.newUnit ? zh.hand.newUnit : name
  if (nameEn) return nameEn
  if (name === zh.hand.newUnit) return en.hand.newUnit
  const piece = PIECE.exec(name)?.[0] ?? ''
  const stem = name.slice(0, name.length - piece.length)
  const whole = englishOf(known.today).get(`${parentCode} ${stem}`)
  if (whole) return whole + piece
  const village = known.above.get(parentCode)
  return village?.nameEn && name.startsWith(village.name) ? village.nameEn + name.slice(village.name.length) : name
}

const english = new WeakMap<Coverage, ReadonlyMap<string, string>>()
/** English names of a coverage's leaves by parent and name. */
function englishOf(today: Coverage): ReadonlyMap<string, string> {
  let names = english.get(today)
  if (!names) {
    names = new Map([...today.leaves.values()].flatMap((leaf) => (leaf.nameEn ? [[`${leaf.parentCode} ${leaf.name}`, leaf.nameEn]] : [])))
    english.set(today, names)
  }
  return names
}
