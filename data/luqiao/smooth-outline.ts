/**
 * Takes the stairs off the outlines: the source rounds to a lattice of 1/1024 degree, so every slanted border comes as
 * steps of 100 m. Shared lines are smoothed once (Taubin: pull and push in turn, so nothing shrinks) and stay shared;
 * where three outlines meet stays where it is. How far lines move is printed: it must stay below the lattice's own step.
 */
import type { Feature, MultiPolygon, Position } from 'geojson'
import { feature } from 'topojson-client'
import { topology } from 'topojson-server'
import type { GeometryCollection, Topology } from 'topojson-specification'

/** Metres in a degree about 28.5° N. */
const SCALE = [97_870, 110_830] as const
const PIECE = 45
const PASSES = 40
const PULL = 0.5
const PUSH = -0.52
/** Points nearer than this to the line without them go, metres. */
const TOLERANCE = 6

export function smoothOutlines(features: readonly Feature<MultiPolygon>[]): { features: Feature<MultiPolygon>[]; moved: number } {
  const shared = topology({ all: { type: 'FeatureCollection', features: [...features] } as GeoJSON.GeoJsonObject }) as unknown as Topology<{
    all: GeometryCollection
  }>
  let moved = 0
  shared.arcs = shared.arcs.map((arc) => {
    const plane = (arc as Position[]).map(([x, y]): [number, number] => [(x as number) * SCALE[0], (y as number) * SCALE[1]])
    const smooth = thin(taubin(split(plane)))
    for (const p of smooth) moved = Math.max(moved, distance(p, plane))
    return smooth.map(([x, y]) => [x / SCALE[0], y / SCALE[1]])
  })
  const back = feature(shared, shared.objects.all).features as Feature<MultiPolygon>[]
  return { features: back.map((each, i) => ({ ...(features[i] as Feature<MultiPolygon>), geometry: each.geometry })), moved }
}

type Point = [number, number]

function split(line: readonly Point[]): Point[] {
  const points: Point[] = [line[0] as Point]
  for (let i = 1; i < line.length; i++) {
    const [ax, ay] = line[i - 1] as Point
    const [bx, by] = line[i] as Point
    const count = Math.max(1, Math.round(Math.hypot(bx - ax, by - ay) / PIECE))
    for (let k = 1; k <= count; k++) points.push([ax + ((bx - ax) * k) / count, ay + ((by - ay) * k) / count])
  }
  return points
}

function taubin(line: Point[]): Point[] {
  const last = line.length - 1
  const closed = line[0]?.[0] === line[last]?.[0] && line[0]?.[1] === line[last]?.[1]
  let points = line
  for (let pass = 0; pass < 2 * PASSES; pass++) {
    const by = pass % 2 === 0 ? PULL : PUSH
    points = points.map((p, i) => {
      if (!closed && (i === 0 || i === last)) return p
      const a = points[i === 0 ? last - 1 : i - 1] as Point
      const b = points[i === last ? 1 : i + 1] as Point
      return [p[0] + by * ((a[0] + b[0]) / 2 - p[0]), p[1] + by * ((a[1] + b[1]) / 2 - p[1])]
    })
  }
  return points
}

/** Douglas–Peucker; a closed line is kept at two more points, so that it stays an area. */
function thin(line: readonly Point[]): Point[] {
  const last = line.length - 1
  const keep = new Set([0, Math.floor(last / 3), Math.floor((2 * last) / 3), last])
  const fixed = [...keep].sort((a, b) => a - b)
  const stack = fixed.slice(1).map((to, i): [number, number] => [fixed[i] as number, to])
  for (let range = stack.pop(); range; range = stack.pop()) {
    const [from, to] = range
    let worst = TOLERANCE
    let at = -1
    for (let i = from + 1; i < to; i++) {
      const d = distance(line[i] as Point, [line[from] as Point, line[to] as Point])
      if (d > worst) [worst, at] = [d, i]
    }
    if (at === -1) continue
    keep.add(at)
    stack.push([from, at], [at, to])
  }
  return line.filter((_, i) => keep.has(i))
}

function distance([px, py]: Point, line: readonly Point[]): number {
  let best = Infinity
  for (let i = 1; i < line.length; i++) {
    const [ax, ay] = line[i - 1] as Point
    const [bx, by] = line[i] as Point
    const length2 = (bx - ax) ** 2 + (by - ay) ** 2
    const t = length2 === 0 ? 0 : Math.max(0, Math.min(1, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length2))
    best = Math.min(best, Math.hypot(ax + t * (bx - ax) - px, ay + t * (by - ay) - py))
  }
  return best
}
