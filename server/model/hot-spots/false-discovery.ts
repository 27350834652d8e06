/**
 * Benjamini–Hochberg (J. R. Statist. Soc. B 57, 1995): of the places with q ≤ f, at most the share f is expected to be there by
 * chance. Ten thousand places tested one by one at p < 0.05 would give five hundred hot spots of nothing.
 */

/** q-values in the order of `p`: the smallest share at which each would still be kept. */
export function qValues(p: ArrayLike<number>): Float64Array {
  const n = p.length
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => p[b]! - p[a]!)
  const q = new Float64Array(n)
  let least = 1
  order.forEach((i, n2) => {
    least = Math.min(least, p[i]! * (n / (n - n2)))
    q[i] = least
  })
  return q
}
