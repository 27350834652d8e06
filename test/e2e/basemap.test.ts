/**
 * Basemaps in a real browser, each of its kind: a PMTiles file that the product serves, a TileJSON and a raster template on another
 * server. Streets and buildings are those of Monaco; the county around them is invented.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Basemap } from '../../server/config.ts'
import type { Db } from '../../server/db/db.ts'
import { sql } from '../../server/db/sql.ts'
import { hasChromium, launchBrowser, Probe } from '../fixtures/browser.ts'
import { openEmbedded } from '../fixtures/database.ts'
import { hasMonaco, MONACO, monacoTiles, type Tile, writePmtiles } from '../fixtures/pmtiles.ts'
import { listenOn } from '../fixtures/server.ts'
import { complaintsOf, startWallServer, until, type WallServer } from '../fixtures/wall-server.ts'

const OWED = '© OpenStreetMap contributors'
const COUNTY = '980001'
const ZOOMS = [11, 15] as const

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}
/** A white PNG of 256 × 256. */
const whitePng = (): Buffer => {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(256, 0)
  head.writeUInt32BE(256, 4)
  head.writeUInt8(8, 8)
  const rows = Buffer.alloc(256 * 257, 0xff)
  for (let row = 0; row < 256; row++) rows[row * 257] = 0
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}

/** A county of one grid over the middle of Monaco. */
const makeCounty = async (db: Db): Promise<void> => {
  const [west, south, east, north] = [7.415, 43.73, 7.43, 43.742]
  const ring = `${west} ${south},${east} ${south},${east} ${north},${west} ${north},${west} ${south}`
  const geom = `SRID=4326;MULTIPOLYGON(((${ring})))`
  await db.execute(sql`insert into county (code, name, time_zone) values (${COUNTY}, '样例县', 'Europe/Monaco')`)
  const units = [
    [COUNTY, null, 'county', false],
    [`${COUNTY}000000001`, COUNTY, 'grid', true],
  ] as const
  for (const [code, parent, level, isLeaf] of units) {
    await db.execute(sql`
      with who as (insert into unit (county_code) values (${COUNTY}) returning id),
      named as (insert into unit_code (code, unit_id) select ${code}, id from who returning unit_id)
      insert into unit_version (unit_id, code, parent_code, county_code, level, name, is_leaf, geom, label_point, area_m2, valid_from)
      select unit_id, ${code}, ${parent}, ${COUNTY}, ${level}::unit_level, ${code}, ${isLeaf}, ${geom}::geometry,
        ST_PointOnSurface(${geom}::geometry), 1000000, '2025-01-01Z' from named`)
  }
}

describe.skipIf(!hasChromium() || !hasMonaco())('a basemap', () => {
  let db: Db
  let browser: Browser
  let folder: string
  let tiles: Map<string, Tile>
  let elsewhere: { url: string; close: () => Promise<void> }
  const asked: string[] = []

  const tileServer = (req: IncomingMessage, res: ServerResponse): void => {
    const path = req.url ?? ''
    asked.push(path)
    res.setHeader('Access-Control-Allow-Origin', '*')
    if (path.endsWith('.png')) return void res.setHeader('Content-Type', 'image/png').end(whitePng())
    if (path === '/map.json') {
      const layers = ['roads', 'buildings'].map((id) => ({ id, fields: {} }))
      const json = { tilejson: '3.0.0', tiles: [`${elsewhere.url}/{z}/{x}/{y}.mvt`], minzoom: ZOOMS[0], maxzoom: ZOOMS[1] }
      return void res
        .setHeader('Content-Type', 'application/json')
        .end(JSON.stringify({ ...json, attribution: OWED, vector_layers: layers }))
    }
    const tile = tiles.get(path)
    res.statusCode = tile ? 200 : 404
    res.end(tile?.bytes)
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gridward-basemap-'))
    tiles = new Map(monacoTiles(...ZOOMS).map((tile) => [`/${tile.z}/${tile.x}/${tile.y}.mvt`, tile]))
    elsewhere = await listenOn(tileServer)
    db = await openEmbedded()
    await makeCounty(db)
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await elsewhere?.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** The wall with a basemap, until that is `drawn`; then what it owes to whom, and that nobody complained. */
  const onWall = async (basemap: Basemap, attribution: string | undefined, drawn: (probe: Probe, page: Page) => Promise<boolean>) => {
    const server: WallServer = await startWallServer(db, { basemap, basemapAttribution: attribution })
    const context = await server.context(browser)
    const page = await context.newPage()
    const complaints = complaintsOf(page)
    try {
      await page.goto(`${server.url}/wall`)
      await until('the map', () => page.evaluate(() => document.querySelector('[data-view=overview][data-ready=true]') !== null))
      const probe = await Probe.open(page)
      await until('the basemap', () => drawn(probe, page))
      const owed = () => page.evaluate(() => document.querySelector('.maplibregl-ctrl-attrib')?.textContent ?? '')
      await until('the attribution', async () => (await owed()).includes(OWED))
      expect(complaints).toEqual([])
    } finally {
      await context.close()
      await server.close()
    }
  }
  const streetsAndHouses = async (probe: Probe) =>
    (await probe.drawnIn('basemap-road')) > 100 && (await probe.drawnIn('basemap-building')) > 100

  it('is drawn from a PMTiles file, with the attribution that the file holds', async () => {
    const path = join(folder, 'monaco.pmtiles')
    const metadata = { name: 'Monaco', attribution: OWED, vector_layers: ['roads', 'buildings'].map((id) => ({ id, fields: {} })) }
    await writeFile(path, writePmtiles([...tiles.values()], metadata, MONACO))
    await onWall({ kind: 'pmtiles', path }, undefined, streetsAndHouses)
    expect(asked).toEqual([])
  })

  it('is drawn from a TileJSON on another server, which the policy lets in', async () => {
    await onWall({ kind: 'tilejson', url: `${elsewhere.url}/map.json` }, undefined, streetsAndHouses)
    expect(asked).toContain('/map.json')
  })

  it('is drawn from a raster template, darkened, around the grids and through them', async () => {
    // White at 35 %, as the wall shows it: nothing else on the map is of that grey.
    const GREY = 0x59
    const share = async (page: Page, clip: { x: number; y: number; width: number; height: number }, from: number, to: number) => {
      const png = (await page.screenshot({ clip })).toString('base64')
      const blank = await browser.newPage()
      const found = await blank.evaluate(
        async ([data, least, most]) => {
          const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(data), (each) => each.charCodeAt(0))]))
          const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!
          pen.drawImage(bitmap, 0, 0)
          const { data: bytes } = pen.getImageData(0, 0, bitmap.width, bitmap.height)
          const fits = Array.from({ length: bytes.length / 4 }, (_, n) => bytes[n * 4]! >= least && bytes[n * 4]! <= most)
          return fits.filter(Boolean).length / fits.length
        },
        [png, from, to] as [string, number, number],
      )
      await blank.close()
      return found
    }
    const url = `${elsewhere.url}/{z}/{x}/{y}.png`
    await onWall({ kind: 'raster', tiles: url }, OWED, async (_probe, page) => {
      // Between the left panels and the grid, which is fitted into what the panels leave free; and in the grid, off its name.
      const ground = await share(page, { x: 280, y: 200, width: 90, height: 60 }, GREY - 2, GREY + 2)
      const grid = await share(page, { x: 450, y: 150, width: 60, height: 60 }, 0x20, 0x50)
      return ground > 0.9 && grid > 0.9
    })
    expect(asked.some((path) => path.endsWith('.png'))).toBe(true)
  })
})
