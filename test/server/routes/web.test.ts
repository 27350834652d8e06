import express from 'express'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import supertest from 'supertest'
import { beforeAll, describe, expect, it } from 'vitest'
import { webRoutes } from '../../../server/routes/web.ts'
import { readVersion } from '../../../server/version.ts'

const SCRIPT = `console.log(${JSON.stringify('x'.repeat(2000))})`

describe('the built web', () => {
  let folder: string
  let request: ReturnType<typeof supertest>
  beforeAll(async () => {
    folder = `${await mkdtemp(join(tmpdir(), 'gridward-web-'))}/`
    await mkdir(join(folder, 'assets'))
    await writeFile(join(folder, 'index.html'), '<!doctype html><div id="app"></div>')
    await writeFile(join(folder, 'assets', 'main-3f2a9c41.js'), SCRIPT)
    await writeFile(join(folder, 'assets', 'han-1.woff2'), Buffer.alloc(999))
    request = supertest(express().use(webRoutes(folder)))
    return () => rm(folder, { recursive: true, force: true })
  })

  it('is one page at every address that the page routes, asked for anew each time', async () => {
    for (const path of ['/', '/wall', '/wall/331004/331004001', '/desk', '/login', '/admin']) {
      const { headers, text } = await request.get(path).expect(200)
      expect(text).toContain('id="app"')
      expect(headers['cache-control']).toBe('no-cache')
      await request.get(path).set('If-None-Match', headers['etag']!).expect(304)
    }
    await request.get('/api/nothing').expect(404)
    await request.get('/walls').expect(404)
  })

  it('lets files named by their hash be kept for ever, compressed as the browser takes them', async () => {
    for (const encoding of ['br', 'gzip']) {
      const { headers, text } = await request.get('/assets/main-3f2a9c41.js').set('Accept-Encoding', encoding).expect(200)
      expect(headers['content-encoding']).toBe(encoding)
      expect(headers['content-type']).toMatch(/javascript/)
      expect(headers['cache-control']).toMatch(/immutable/)
      expect(Number(headers['content-length'])).toBeLessThan(200)
      if (encoding === 'gzip') expect(text).toBe(SCRIPT)
    }
    const { headers } = await request.get('/assets/han-1.woff2').expect(200)
    expect(headers['cache-control']).toMatch(/immutable/)
  })

  it('answers 404 for a file that has gone since the start, and keeps the ones it has read', async () => {
    await writeFile(join(folder, 'assets', 'late-11.js'), SCRIPT)
    const other = supertest(express().use(webRoutes(folder)))
    await other.get('/assets/main-3f2a9c41.js').expect(200)
    await rm(join(folder, 'assets', 'late-11.js'))
    await other.get('/assets/late-11.js').expect(404)
    await other.get('/assets/main-3f2a9c41.js').expect(200)
  })

  it('gives nothing from outside of it', async () => {
    for (const path of ['/assets/../../package.json', '/assets/..%2f..%2fpackage.json', '/..%2f..%2fetc/passwd', '/assets/none.js']) {
      await request.get(path).expect(404)
    }
  })

  it('is another version as soon as its page is another', async () => {
    const before = readVersion(folder)
    expect(before).toMatch(/^\d+\.\d+\.\d+\+[0-9a-f]{8}$/)
    await writeFile(join(folder, 'index.html'), '<!doctype html>')
    expect(readVersion(folder)).not.toBe(before)
    expect(readVersion('/nowhere/')).toBe(before.split('+')[0])
  })
})
