/** Coordinates as people type them: longitude, then latitude, in degrees of WGS 84. */
import { coordinateFault, toGrid } from '#model/crs.ts'
import type { GridPoint } from './plane.ts'

const PAIR = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/

/** The point of "121.405, 28.535" (or with a Chinese comma, or a space); null for anything else, and off the globe. Never a guess. */
export function readCoordinates(text: string): GridPoint | null {
  const match = PAIR.exec(text)
  if (!match) return null
  const [lng, lat] = [Number(match[1]), Number(match[2])]
  return coordinateFault(lng, lat) === null ? toGrid([lng, lat]) : null
}
