/** The tail of the standard normal distribution, to full double precision: values of q far out in the tail are compared too. */

const SQRT_2PI = Math.sqrt(2 * Math.PI)
/** Below, the series around 0 converges fast; above, the continued fraction of the tail does. */
const FAR = 3
const DEPTH = 80

/** Probability that |Z| ≥ |z|: the two-sided p of a z-score. 1 at 0; NaN for NaN. */
export function twoSided(z: number): number {
  const x = Math.abs(z)
  return x < FAR ? Math.max(0, 1 - 2 * fromZero(x)) : 2 * tail(x)
}

/** Φ(x) − ½ = φ(x) (x + x³/3 + x⁵/15 + …): Marsaglia, J. Stat. Software 11(4), 2004. */
function fromZero(x: number): number {
  let term = x
  let sum = x
  for (let n = 3; Math.abs(term) > 1e-18; n += 2) {
    term *= (x * x) / n
    sum += term
  }
  return sum * density(x)
}

/** Mills' ratio as Laplace's continued fraction, from its depth outwards: Abramowitz & Stegun 26.2.14. */
function tail(x: number): number {
  let fraction = x
  for (let n = DEPTH; n > 0; n--) fraction = x + n / fraction
  return density(x) / fraction
}

const density = (x: number): number => Math.exp((-x * x) / 2) / SQRT_2PI
