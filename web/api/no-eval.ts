/**
 * Imported first of all: the strict CSP forbids `new Function`, which zod, where a page uses it, would otherwise try for speed.
 * Set where zod looks for its configuration, and not by importing it: the wall does without that library.
 */
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } })
