/** Imported before any schema is made: the strict CSP forbids `new Function`, which zod would otherwise try for speed. */
import { config } from 'zod'

config({ jitless: true })
