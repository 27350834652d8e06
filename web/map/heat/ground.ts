/**
 * Where on the map a field lies. Its cells are degrees, the map is Web Mercator: columns are equally wide there, rows are not. So that a
 * graphics card of single precision meets every cell to the metre, places are told in columns from the field's west edge and from its
 * middle latitude, and rows are found from that by the first terms of the inverse projection.
 */
import type { Polygon, MultiPolygon, Position } from 'geojson'
import { tesselate } from '@turf/turf'
import { GRID } from '#model/crs.ts'
import type { Field } from './field.ts'

const RADIAN = Math.PI / 180

/** Web Mercator, 0…1 from the north-west corner of the world. */
const mercatorX = (lng: number): number => (lng + 180) / 360
const mercatorY = (lat: number): number => 0.5 - Math.asinh(Math.tan(lat * RADIAN)) / (2 * Math.PI)

export interface Ground {
  /** The origin in Web Mercator, 0…1. */
  x: number
  y: number
  /** Columns around the world: one unit of the ground is the world over this. */
  columns: number
  /** Row = r[0] + r[1]·s + r[2]·s² + r[3]·s³, s in units of the ground to the south. */
  rows: readonly [number, number, number, number]
}

export function groundOf({ originX, originY, cellX, cellY, rows }: Field): Ground {
  const middle = (originY + (rows / 2) * cellY) / GRID
  const columns = 360 / (cellX / GRID)
  const unit = (2 * Math.PI) / columns
  const [sin, cos] = [Math.sin(middle * RADIAN), Math.cos(middle * RADIAN)]
  const perRadian = GRID / RADIAN / cellY
  return {
    x: mercatorX(originX / GRID),
    y: mercatorY(middle),
    columns,
    rows: [
      rows / 2,
      -perRadian * cos * unit,
      (-perRadian * sin * cos * unit ** 2) / 2,
      (perRadian * (cos * cos - sin * sin) * cos * unit ** 3) / 6,
    ],
  }
}

/** The matrix that brings the world (0…1, column by column) to the screen, as one for units of the ground. */
export function fromGround(world: ArrayLike<number>, { x, y, columns }: Ground): Float32Array {
  return Float32Array.from({ length: 16 }, (_value, n) => {
    if (n < 8) return world[n]! / columns
    return n < 12 ? world[n]! : world[n]! + world[n - 12]! * x + world[n - 8]! * y
  })
}

/** Corners of triangles, [x, y] in Web Mercator 0…1, as units of the ground. */
export const onGround = (corners: Float64Array, { x, y, columns }: Ground): Float32Array =>
  Float32Array.from(corners, (value, n) => (value - (n % 2 === 0 ? x : y)) * columns)

/** A shape in degrees as triangles in Web Mercator 0…1, six numbers each. */
export function trianglesOf(shape: Polygon | MultiPolygon): Float64Array {
  const polygons = shape.type === 'Polygon' ? [shape.coordinates] : shape.coordinates
  const corners: number[] = []
  for (const coordinates of polygons) {
    const { features } = tesselate({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates } })
    for (const { geometry } of features) {
      for (const corner of geometry.coordinates[0]!.slice(0, 3) as Position[]) corners.push(mercatorX(corner[0]!), mercatorY(corner[1]!))
    }
  }
  return Float64Array.from(corners)
}

/** The whole of a field, for whoever has no outline. */
export function trianglesAround({ originX, originY, cellX, cellY, columns, rows }: Field): Float64Array {
  const [west, east] = [originX / GRID, (originX + columns * cellX) / GRID]
  const [south, north] = [originY / GRID, (originY + rows * cellY) / GRID]
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ]
  return trianglesOf({ type: 'Polygon', coordinates: [ring] })
}
