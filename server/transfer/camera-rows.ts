/** Rows → cameras as a file knows them. */
import type { ImportProfile } from '#contract/transfer.ts'
import type { Datum, LngLat } from '#model/crs.ts'
import type { SourceRow } from './importers/importer.ts'
import type { RowFault } from './incident-rows.ts'
import { locationOf } from './place.ts'
import { lookUp, type Values } from './profile.ts'

export interface CameraRow {
  row: number
  code: string
  name: string
  state: 'online' | 'offline'
  /** Degrees clockwise from north. */
  heading: number | null
  location: LngLat
}

const LONGEST = 100

export function readCamera(
  { row, geometry, fault, values }: SourceRow & { values: Values },
  profile: ImportProfile,
  datum: Datum,
): CameraRow | RowFault {
  const bad = (code: string, message: string): RowFault => ({ row, code, message })
  if (fault) return bad('bad-row', `The row ${fault}.`)
  const code = values('code')
  if (code === '' || code.length > LONGEST)
    return bad('bad-code', code === '' ? 'The row has no code.' : `The code has more than ${LONGEST} characters.`)
  const location = locationOf(geometry, datum)
  if (!location) return bad('no-place', `The camera ${code} has no place.`)
  if ('fault' in location) return bad('bad-place', `${code}: ${location.fault}.`)
  const state = lookUp(values('state'), values('state') === '' ? { '*': 'online', ...profile.cameraStates } : profile.cameraStates, isState)
  if (!state) return bad('unknown-state', `${code}: the state ${values('state')} is mapped to none of ours.`)
  const heading = values('heading') === '' ? null : Number(values('heading'))
  if (heading !== null && !Number.isFinite(heading)) return bad('bad-number', `${code}: ${values('heading').slice(0, 40)} is no heading.`)
  const turned = heading === null ? null : ((Math.round(heading) % 360) + 360) % 360
  return { row, code, name: values('name').slice(0, LONGEST) || code, state, heading: turned, location }
}

const isState = (word: string): word is 'online' | 'offline' => word === 'online' || word === 'offline'
