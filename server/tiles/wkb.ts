/**
 * Reads the well-known binary that PostGIS gives for geometries in tile units: lines and rings of [x, y] pairs.
 * Collections are walked through; what is not of the wanted dimension (a clip may leave points where an area only touched) is dropped.
 * So are points on a straight line between their neighbours, as ST_AsMVTGeom does; here and not in SQL, where versions differ.
 */
type Position = [number, number]
export type Ring = Position[]

const POINT = 1
const LINE = 2
const POLYGON = 3

/** All line strings of a geometry. Throws a RangeError on broken binary. */
export const linesOf = (wkb: Buffer): Ring[] => {
  const lines: Ring[] = []
  walk(wkb, 0, (type, parts) => {
    if (type !== LINE) return
    const line = straightened(parts[0]!, isOnTheWay)
    if (line.length > 1) lines.push(line)
  })
  return lines
}

/**
 * All rings of a geometry's polygons, each outer ring followed by its holes, wound as the vector tile specification asks:
 * outer rings have positive area by the surveyor's formula with y downwards, holes negative. Rings without area are dropped.
 */
export const ringsOf = (wkb: Buffer): Ring[] => {
  const rings: Ring[] = []
  walk(wkb, 0, (type, parts) => {
    if (type !== POLYGON) return
    for (const [index, part] of parts.entries()) {
      const ring = straightenedRing(part)
      const area = signedArea(ring)
      if (area === 0 && index === 0) return
      if (area === 0) continue
      rings.push(area > 0 === (index === 0) ? ring : ring.reverse())
    }
  })
  return rings
}

/** Twice the area of the triangle a, b, c; zero when they lie on one line. */
const turn = (a: Position, b: Position, c: Position): number => (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])
const isStraight = (a: Position, b: Position, c: Position): boolean => turn(a, b, c) === 0
/** Straight on, not there and back: a line may turn round, which would be a spike without area in a ring. */
const isOnTheWay = (a: Position, b: Position, c: Position): boolean =>
  isStraight(a, b, c) && (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) > 0
const isSame = (a: Position, b: Position): boolean => a[0] === b[0] && a[1] === b[1]

function straightened(positions: Ring, isNeedless: (a: Position, b: Position, c: Position) => boolean): Ring {
  const kept: Ring = []
  for (const position of positions) {
    while (kept.length > 1 && isNeedless(kept.at(-2)!, kept.at(-1)!, position)) kept.pop()
    if (kept.length === 0 || !isSame(kept.at(-1)!, position)) kept.push(position)
  }
  return kept
}

/** Closed, without spikes; empty when nothing with an area is left. */
function straightenedRing(positions: Ring): Ring {
  const kept = straightened(positions.slice(0, -1), isStraight)
  while (kept.length > 2 && isStraight(kept.at(-2)!, kept.at(-1)!, kept[0]!)) kept.pop()
  while (kept.length > 2 && isStraight(kept.at(-1)!, kept[0]!, kept[1]!)) kept.shift()
  return kept.length > 2 ? [...kept, kept[0]!] : []
}

const signedArea = (ring: Ring): number => {
  let sum = 0
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) sum += ring[j]![0] * ring[i]![1] - ring[i]![0] * ring[j]![1]
  return sum
}

/** Calls `found` for each simple geometry at or below `offset`; returns the offset behind it. Little-endian, two dimensions. */
function walk(wkb: Buffer, offset: number, found: (type: number, parts: Ring[]) => void): number {
  const type = wkb.readUInt32LE(offset + 1)
  let at = offset + 5
  const count = () => {
    at += 4
    return wkb.readUInt32LE(at - 4)
  }
  const positions = (length: number): Ring => {
    const ring: Ring = new Array<[number, number]>(length)
    for (let i = 0; i < length; i++, at += 16) ring[i] = [wkb.readDoubleLE(at), wkb.readDoubleLE(at + 8)]
    return ring
  }
  if (type === POINT) at += 16
  else if (type === LINE) found(LINE, [positions(count())])
  else if (type === POLYGON)
    found(
      POLYGON,
      Array.from({ length: count() }, () => positions(count())),
    )
  else for (let left = count(); left > 0; left--) at = walk(wkb, at, found)
  return at
}
