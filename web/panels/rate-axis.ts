/** The printed axis of a rate: 90–100 % where that holds every day, otherwise down to the next honest round figure. */
const FLOORS = [0.9, 0.8, 0.6, 0]

/** Lower end of the axis, as a share in 0…1, that shows every given share and the target. */
export function axisFloor(shares: readonly number[], target: number): number {
  const least = Math.min(target, ...shares)
  return FLOORS.find((floor) => floor <= least) ?? 0
}
