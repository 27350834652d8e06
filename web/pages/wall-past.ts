/**
 * The part of the wall that shows the past: fetched once, with the page where a link asks for it, so that its questions go out before the
 * map is made; otherwise when it is first wanted, for the live wall's first picture waits for nothing of it.
 */
import type { PastWall } from '../state/heat-switch.svelte.ts'

let there: PastWall | null = null

export const pastThere = (): PastWall | null => there
export const loadPast = async (): Promise<PastWall> => (there ??= (await import('../panels/heat/HeatWall.svelte')).default)
