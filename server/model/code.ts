/**
 * Unit codes: 6 digits county + 3 town + 3 village + 3 grid + 2 micro-grid. A code is written without the levels below
 * its own, so that a code's unit lies within every unit whose code is its prefix. A missing level in the middle reads 000:
 * 029510000000001 is a grid that hangs directly below its county.
 */
import { type Level, LEVELS } from './level.ts'

const LENGTHS: Record<Level, number> = { county: 6, town: 9, village: 12, grid: 15, microgrid: 17 }
const LEVEL_OF_LENGTH = new Map<number, Level>(LEVELS.map((level) => [LENGTHS[level], level]))

export type CodeCheck = { code: string; level: Level } | { reason: string }

/** Number of digits of a code of this level. */
export const codeLength = (level: Level): number => LENGTHS[level]

/** Level of a well-formed code, or null when it is none. */
export function levelOf(code: string): Level | null {
  if (!/^[0-9]+$/.test(code)) return null
  const level = LEVEL_OF_LENGTH.get(code.length)
  if (!level || isZero(ownPart(code, level))) return null
  return level
}

export const isCode = (code: string): boolean => levelOf(code) !== null

/**
 * Reads a code as people and statistics offices write it: spaces around, and official codes filled up with zeros
 * (331004001000 is the town 331004001). The reason says what is wrong with it.
 */
export function parseCode(text: string): CodeCheck {
  const digits = text.trim()
  if (!/^[0-9]+$/.test(digits)) return { reason: 'a code is made of digits only' }
  if (!LEVEL_OF_LENGTH.has(digits.length)) return { reason: `a code has 6, 9, 12, 15 or 17 digits, not ${digits.length}` }
  let code = digits
  for (let level = levelAt(code); level; level = levelAt(code)) {
    if (!isZero(ownPart(code, level))) return { code, level }
    if (level === 'county') break
    code = code.slice(0, LENGTHS[coarser(level)])
  }
  return { reason: 'a county code is not all zeros' }
}

/** Code of the nearest unit above; levels that read 000 are skipped. Null for a county. Throws on a code that is none. */
export function parentOf(code: string): string | null {
  let level = levelOf(code)
  if (!level) throw new RangeError(`not a unit code: ${code}`)
  while (level !== 'county') {
    level = coarser(level)
    const above = code.slice(0, LENGTHS[level])
    if (!isZero(ownPart(above, level))) return above
  }
  return null
}

/** All codes above, nearest first, county last. */
export function ancestorsOf(code: string): string[] {
  const above: string[] = []
  for (let parent = parentOf(code); parent; parent = parentOf(parent)) above.push(parent)
  return above
}

/** The code's own unit or the nearest one above it at `level`; null when that level is missing or finer than the code. */
export function codeAt(code: string, level: Level): string | null {
  const cut = code.slice(0, LENGTHS[level])
  return levelOf(cut) === level ? cut : null
}

export const countyOf = (code: string): string => code.slice(0, LENGTHS.county)

/** True when `code` is the jurisdiction's own unit or below it. The empty jurisdiction holds everything. */
export const isWithin = (code: string, jurisdiction: string): boolean => code.startsWith(jurisdiction)

/** Position in LEVELS: 0 county … 4 microgrid. */
export const rankOf = (level: Level): number => LEVELS.indexOf(level)

/**
 * Code of the n-th child (1-based) at `level` below `parent`, levels between read 000.
 * Throws a RangeError when the level does not lie below the parent or has no room for n.
 */
export function childCode(parent: string, level: Level, n: number): string {
  const width = LENGTHS[level] - LENGTHS[coarser(level)]
  if (LENGTHS[level] <= parent.length || level === 'county') throw new RangeError(`no ${level} below ${parent}`)
  if (!Number.isInteger(n) || n < 1 || n >= 10 ** width) throw new RangeError(`no room for ${level} number ${n} below ${parent}`)
  return parent.padEnd(LENGTHS[level] - width, '0') + String(n).padStart(width, '0')
}

const coarser = (level: Level): Level => LEVELS[Math.max(0, LEVELS.indexOf(level) - 1)] as Level
const levelAt = (code: string): Level | undefined => LEVEL_OF_LENGTH.get(code.length)
const isZero = (digits: string): boolean => /^0+$/.test(digits)
const ownPart = (code: string, level: Level): string => code.slice(level === 'county' ? 0 : LENGTHS[coarser(level)])
