/** The built web: files named by their hash are kept for ever, the page itself is asked for anew each time. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import express, { Router } from 'express'
import { Packed, sendPacked } from '../middleware/packed.ts'

/** Paths that the page itself routes. */
const PAGES = ['wall', 'desk', 'workbench', 'field', 'analysis', 'admin', 'account', 'login']
const TEXTS = new Set(['.js', '.mjs', '.css', '.svg', '.json', '.geojson', '.html'])
const FILE_QUALITY = 9

/** Serves a folder that the web build wrote; nothing while it is absent. */
export function webRoutes(folder: string): Router {
  const router = Router()
  const page = join(folder, 'index.html')
  if (!existsSync(page)) return router

  const html = new Packed(readFileSync(page), FILE_QUALITY)
  const etag = `W/"${createHash('sha256').update(html.raw).digest('hex').slice(0, 16)}"`
  router.get(['/', ...PAGES.map((name) => `/${name}{/*rest}`)], async (req, res) => {
    res.type('html').set({ 'Cache-Control': 'no-cache', ETag: etag })
    if (req.fresh) return void res.status(304).end()
    await sendPacked(req, res, html)
  })

  const assets = join(folder, 'assets')
  const texts = new Set(existsSync(assets) ? readdirSync(assets).filter((name) => TEXTS.has(extname(name))) : [])
  const packed = new Map<string, Packed>()
  router.get('/assets/:name', async (req, res, next) => {
    const { name } = req.params
    if (!texts.has(name)) return next()
    const file = packed.get(name) ?? (await readPacked(join(assets, name)))
    // Built anew under a running server: the page that asks will load itself again.
    if (!file) return next()
    packed.set(name, file)
    res.type(extname(name)).set('Cache-Control', 'public, max-age=31536000, immutable')
    await sendPacked(req, res, file)
  })
  router.use('/assets', express.static(assets, { immutable: true, maxAge: '1y', index: false, redirect: false }))
  router.use(express.static(folder, { index: false, redirect: false, maxAge: 0 }))
  return router
}

/** Null when the file is gone. */
const readPacked = async (path: string): Promise<Packed | null> => {
  try {
    return new Packed(await readFile(path), FILE_QUALITY)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw cause
  }
}
