import { resolve } from 'node:path'

/** A path as whoever typed it meant it: npm, and the bundle's starter, run a script in the project's folder and tell where it was called. */
export const fromHere = (path: string): string => resolve(process.env['INIT_CWD'] ?? '.', path)
