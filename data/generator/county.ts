/** What the generator yields: plain arrays, ready for a bulk load. Coordinates [lng, lat], multiples of 1e-7 degree. */
import type { Level, UnitKind } from '#model/level.ts'

export type LngLat = [lng: number, lat: number]

export interface County {
  county: {
    code: string
    name: string
    nameEn: string
    timeZone: string
    synthetic: boolean
    attribution: string
  }
  /** County first, then towns, villages, grids, micro-grids; each level by code. */
  units: Unit[]
  borders: Border[]
  buildings: Building[]
  cameras: Camera[]
  teams: Team[]
  posts: Post[]
}

export interface Unit {
  code: string
  parentCode: string | null
  level: Level
  unitKind: UnitKind
  name: string
  nameEn: string
  geometry: { type: 'MultiPolygon'; coordinates: LngLat[][][] }
  /** Well inside, for a label. */
  labelPoint: LngLat
  areaM2: number
  households: number
  residents: number
  isLeaf: boolean
  source: 'synthetic' | 'real outline, synthetic lines'
}

/** A shared line, once; `level`: the coarsest it separates. Leaf on the left and right of its direction, null outside. */
export interface Border {
  level: Level
  leftCode: string | null
  rightCode: string | null
  line: LngLat[]
}

export interface Building {
  /** The leaf that holds it. */
  unitCode: string
  location: LngLat
  households: number
  residents: number
}

export interface Camera {
  /** GB/T 28181: 8 digits area, 2 trade, 3 device, 1 network, 6 sequence. */
  code: string
  name: string
  unitCode: string
  location: LngLat
  state: 'online' | 'offline'
  /** Degrees clockwise from north. */
  heading: number
}

export interface Team {
  unitCode: string
  name: string
}

/** A place in a team; who holds it is not the generator's to invent. */
export interface Post {
  teamUnitCode: string
  unitCode: string
  role: 'leader' | 'worker' | 'adviser' | 'microgrid_leader'
  rank: 'first' | 'stand_in'
  vacant: boolean
}
