/** Rows → roads and rivers as a file knows them. */
import type { Position } from 'geojson'
import { LINE_KINDS, type LineKind } from '#contract/line.ts'
import type { ImportProfile } from '#contract/transfer.ts'
import { coordinateFault, type Datum, type LngLat, snap, toWgs84 } from '#model/crs.ts'
import type { SourceRow } from './importers/importer.ts'
import type { RowFault } from './incident-rows.ts'
import { lookUp, type Values } from './profile.ts'

export interface LineRow {
  row: number
  key: string
  lineKind: LineKind
  name: string | null
  parts: LngLat[][]
}

const LONGEST = 200

export function readLine(
  { row, geometry, fault, values }: SourceRow & { values: Values },
  profile: ImportProfile,
  datum: Datum,
): LineRow | RowFault {
  const bad = (code: string, message: string): RowFault => ({ row, code, message })
  if (fault) return bad('bad-row', `The row ${fault}.`)
  const key = values('key')
  if (key === '') return bad('no-key', 'The row has no key, by which a repeat could be known.')
  if (key.length > LONGEST) return bad('bad-key', `The key has more than ${LONGEST} characters.`)
  const lineKind = lookUp(
    values('lineKind'),
    values('lineKind') === '' ? { '*': 'road', ...profile.lineKinds } : profile.lineKinds,
    isLineKind,
  )
  if (!lineKind) return bad('unknown-kind', `${key}: the kind ${values('lineKind')} is mapped to none of ${LINE_KINDS.join(', ')}.`)
  if (!geometry) return bad('no-place', `The line ${key} has no place.`)
  if (geometry.type !== 'LineString' && geometry.type !== 'MultiLineString')
    return bad('bad-place', `${key}: its place is a ${geometry.type}, not a line.`)
  const parts: LngLat[][] = []
  for (const positions of geometry.type === 'LineString' ? [geometry.coordinates] : geometry.coordinates) {
    const part = readPart(positions, datum)
    if (!Array.isArray(part)) return bad('bad-place', `${key}: ${part.fault}.`)
    if (part.length > 1) parts.push(part)
  }
  if (parts.length === 0) return bad('bad-place', `${key}: it has no length.`)
  return { row, key, lineKind, name: values('name').slice(0, LONGEST) || null, parts }
}

/** Points on the grid; those that fall together are one. */
function readPart(positions: Position[], datum: Datum): LngLat[] | { fault: string } {
  if (!Array.isArray(positions)) return { fault: 'it is no list of points' }
  const part: LngLat[] = []
  for (const position of positions) {
    const [lng, lat] = position ?? []
    const fault = coordinateFault(lng, lat)
    if (fault) return { fault }
    const at = snap(toWgs84([lng!, lat!], datum))
    const last = part.at(-1)
    if (!last || last[0] !== at[0] || last[1] !== at[1]) part.push(at)
  }
  return part
}

const isLineKind = (word: string): word is LineKind => (LINE_KINDS as readonly string[]).includes(word)
