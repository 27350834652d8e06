const calm = typeof matchMedia === 'function' ? matchMedia('(prefers-reduced-motion: reduce)') : null

/** Duration of a transition in ms: none for who asked for reduced motion. */
export const motion = (ms: number): number => (calm?.matches ? 0 : ms)
