/** Metres of one grid unit around a latitude. By sums and products only: `Math.cos` differs between engines. */

export interface Scale {
  /** Metres of one unit along a parallel and along a meridian. */
  east: number
  north: number
}

const RADIANS = 1.7453292519943295e-9
const E2 = 0.00669437999014
const A = 6378137

/** Good to 1e-3 over a county; `y` in grid units. */
export function scaleAt(y: number): Scale {
  const latitude = y * RADIANS
  const cos = cosine(latitude)
  const sin2 = 1 - cos * cos
  const w = 1 - E2 * sin2
  return { east: ((A * cos) / Math.sqrt(w)) * RADIANS, north: ((A * (1 - E2)) / (w * Math.sqrt(w))) * RADIANS }
}

function cosine(angle: number): number {
  let term = 1
  let sum = 1
  for (let i = 2; i < 24; i += 2) {
    term *= -(angle * angle) / (i * (i - 1))
    sum += term
  }
  return sum
}
