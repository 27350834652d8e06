import { VectorTile } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'
import { beforeAll, describe, expect, it } from 'vitest'
import { coverage, readCoverage } from '../../../server/contract/coverage.ts'
import { unitHistory } from '../../../server/contract/history.ts'
import { unitList } from '../../../server/contract/unit.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { Coverage } from '../../../server/model/coverage.ts'
import { toMultiPolygon } from '../../../server/model/rings.ts'
import { makeToken, startApp, type TestApp } from '../../fixtures/app.ts'
import { asciiMap } from '../../fixtures/ascii-map.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { GRID_CODES, GROWING, loadGrowing, STAGES, stageAt } from '../../fixtures/growing-county.ts'

const lettersOf = (codes: string[]) =>
  Object.entries(GRID_CODES)
    .filter(([, code]) => codes.includes(code))
    .map(([letter]) => letter)
    .join('')

eachDatabase((open) => {
  let db: Db
  let app: TestApp
  let token: string
  beforeAll(async () => {
    db = await open()
    await loadGrowing(db)
    app = await startApp(db)
    token = await makeToken(db, 'planner', GROWING)
    return () => app.close()
  })
  const get = (path: string) => app.request.get(path).set('Authorization', `Bearer ${token}`)
  const gridsAt = async (query: string): Promise<string> => {
    const { units } = unitList.parse((await get(`/api/units${query}`).expect(200)).body)
    return lettersOf(units.map(({ code }) => code))
  }
  const coverageAt = async (query: string) => coverage.parse((await get(`/api/coverage${query}`).expect(200)).body)

  describe('units as of a date', () => {
    it('are those in force as the day of the county’s calendar ended', async () => {
      expect(await gridsAt('')).toBe('ABDE')
      expect(await gridsAt('?at=2026-01-09')).toBe('')
      expect(await gridsAt('?at=2026-01-10')).toBe('ABC')
      expect(await gridsAt('?at=2026-03-09')).toBe('ABC')
      expect(await gridsAt('?at=2026-03-10')).toBe('ABDE')
      expect(await gridsAt('?at=2199-01-01')).toBe('ABDE')
    })

    it('are those of an instant exactly', async () => {
      const instant = stageAt(2)
      expect(await gridsAt(`?at=${instant.toISOString()}`)).toBe('ABDE')
      expect(await gridsAt(`?at=${new Date(instant.getTime() - 1).toISOString()}`)).toBe('ABC')
      expect(await gridsAt(`?at=${encodeURIComponent('2026-03-10T11:59:59+08:00')}`)).toBe('ABC')
    })

    it('are one answer between two changes, and today’s after the last one', async () => {
      const etag = async (query: string) => (await get(`/api/units${query}`).expect(200)).headers['etag']
      expect(await etag('?at=2026-02-11')).toBe(await etag('?at=2026-03-09'))
      expect(await etag('?at=2026-02-09')).not.toBe(await etag('?at=2026-02-10'))
      expect(await etag('?at=2026-03-11')).toBe(await etag(''))
    })

    it.each(['yesterday', '2026-02-30', '1899-12-31', '2026-13-01T00:00:00Z', '0000-01-01'])('refuse %s', async (at) => {
      await get(`/api/units?at=${at}`).expect(400)
      await get(`/api/coverage?at=${at}`).expect(400)
    })
  })

  describe('the coverage', () => {
    it('gives back the stored polygons, number for number, at any date', async () => {
      for (const [stage, { day, drawing }] of STAGES.entries()) {
        const answer = await coverageAt(`?at=${day}`)
        expect(answer.base).toBe(stageAt(stage).toISOString())
        const { leaves, arcs } = readCoverage(answer)
        const built = new Coverage(leaves, arcs)
        expect(lettersOf([...built.leaves.keys()])).toBe(stage === 2 ? 'ABDE' : 'ABC')
        for (const { id } of asciiMap(drawing)) {
          const code = GRID_CODES[id as keyof typeof GRID_CODES]
          const [row] = await db.query<{ same: boolean }>(sql`
            select ST_OrderingEquals(geom, ST_GeomFromGeoJSON(${JSON.stringify(toMultiPolygon(built.polygonsOf(code)))}::text)) as same
            from unit_version where code = ${code} and valid_from <= ${stageAt(stage)}::timestamptz
              and (valid_to is null or valid_to > ${stageAt(stage)}::timestamptz)`)
          expect(row, `${day} ${id}`).toEqual({ same: true })
        }
      }
    })

    it('names the units above the leaves', async () => {
      const { above, leaves } = await coverageAt('')
      expect(above.map(({ code }) => code.slice(6))).toEqual(['', '001', '001201', '001202'])
      const known = new Set(above.map(({ code }) => code))
      expect(leaves.every(({ parentCode }) => known.has(parentCode))).toBe(true)
    })

    it('is not sent twice, and is not there before there were units', async () => {
      const { headers } = await get('/api/coverage').expect(200)
      await get('/api/coverage').set('If-None-Match', headers['etag']!).expect(304)
      const { body } = await get('/api/coverage?at=2026-01-01').expect(404)
      expect(body.code).toBe('not-found')
    })
  })

  it('the history tells when the grids changed, and how many there were', async () => {
    const { changes } = unitHistory.parse((await get('/api/units/history').expect(200)).body)
    expect(changes.map(({ at, day, gridsBefore, gridsAfter }) => [at, day, gridsBefore, gridsAfter])).toEqual([
      [stageAt(0).toISOString(), '2026-01-10', 0, 3],
      [stageAt(1).toISOString(), '2026-02-10', 3, 3],
      [stageAt(2).toISOString(), '2026-03-10', 3, 4],
    ])
    // The moved border's lower end stands on C, its upper one on the county's line: all units have another outline.
    expect(changes[1]).toMatchObject({ added: 0, ended: 0, changed: 7 })
    expect(changes[2]).toMatchObject({ added: 2, ended: 1, changed: 3 })
    const below = unitHistory.parse((await get(`/api/units/history?unit=${GROWING}001202`).expect(200)).body)
    expect(below.changes.map(({ gridsAfter }) => gridsAfter)).toEqual([1, 1, 2])
  })

  describe('tiles as of a date', () => {
    const tileOf = async (path: string) => {
      const { body } = await get(path)
        .buffer(true)
        .parse((res, done) => {
          const chunks: Buffer[] = []
          res.on('data', (chunk: Buffer) => chunks.push(chunk))
          res.on('end', () => done(null, Buffer.concat(chunks)))
        })
      const { layers } = new VectorTile(new PbfReader(body as Buffer))
      const all = (layer: string) => Array.from({ length: layers[layer]?.length ?? 0 }, (_, i) => layers[layer]!.feature(i))
      return {
        grids: lettersOf(all('units').map(({ properties }) => String(properties['code']))),
        borders: all('borders')
          .map(({ properties }) => lettersOf([String(properties['left']), String(properties['right'])]))
          .filter((pair) => pair.length === 2)
          .sort(),
      }
    }
    const addressOf = async (query: string) => {
      const { body } = await get(`/tiles/units.json${query}`).expect(200)
      const [west, south] = body.bounds as number[]
      const z = 12
      const x = Math.floor(((west! + 1e-6 + 180) / 360) * 2 ** z)
      const y = Math.floor(((1 - Math.asinh(Math.tan(((south! + 1e-6) * Math.PI) / 180)) / Math.PI) / 2) * 2 ** z)
      return (body.tiles[0] as string)
        .replace(/^http:\/\/[^/]+/, '')
        .replace('{z}', String(z))
        .replace('{x}', String(x))
        .replace('{y}', String(y))
    }

    it('draw units and borders of that day, under an address that may be kept', async () => {
      const today = await addressOf('')
      const then = await addressOf('?at=2026-02-20')
      expect(await tileOf(today)).toEqual({ grids: 'ABDE', borders: ['AB', 'AD', 'BE', 'DE'] })
      const past = await tileOf(then)
      expect(past).toEqual({ grids: 'ABC', borders: ['AB', 'AC', 'BC'] })
      expect((await get(then)).headers['cache-control']).toMatch(/immutable/)
      expect((await get(then)).headers['etag']).not.toBe((await get(today)).headers['etag'])
    })

    it('have one address between two changes, and today’s after the last one', async () => {
      expect(await addressOf('?at=2026-02-20')).toBe(await addressOf('?at=2026-03-09'))
      expect(await addressOf('?at=2026-06-01')).toBe(await addressOf(''))
      const path = (await addressOf('')).replace(/\?.*/, '')
      const [one, other] = [await get(`${path}?at=2026-02-20`), await get(`${path}?at=2026-03-01`)]
      expect(one.headers['etag']).toBe(other.headers['etag'])
    })

    it('are empty before there were units, and of units only', async () => {
      const path = (await addressOf('')).replace(/\?.*/, '')
      await get(`${path}?at=2025-12-31`).expect(204)
      await get('/tiles/cameras.json?at=2026-02-20').expect(400)
      await get('/tiles/units.json?at=nonsense').expect(400)
    })
  })

  describe('the OGC collection of units', () => {
    const codesAt = async (datetime: string) => {
      const { body } = await get(`/ogc/collections/units/items?level=grid&datetime=${datetime}`).expect(200)
      return lettersOf(body.features.map(({ id }: { id: string }) => id))
    }

    it('says since when it reaches back', async () => {
      const { body } = await get('/ogc/collections/units').expect(200)
      expect(body.extent.temporal.interval).toEqual([[stageAt(0).toISOString(), null]])
    })

    it('holds the units of an instant, or all whose validity meets an interval', async () => {
      expect(await codesAt('2026-02-20T00:00:00Z')).toBe('ABC')
      expect(await codesAt('2026-04-01T00:00:00Z')).toBe('ABDE')
      expect(await codesAt('2026-02-20T00:00:00Z/2026-04-01T00:00:00Z')).toBe('ABCDE')
      expect(await codesAt('../2026-01-01T00:00:00Z')).toBe('')
      expect(await codesAt(`${stageAt(2).toISOString()}/..`)).toBe('ABDE')
    })

    it('knows a unit that is no more as it last was', async () => {
      const { body } = await get(`/ogc/collections/units/items/${GRID_CODES.C}`).expect(200)
      expect(body.properties.validTo).toBe(stageAt(2).toISOString())
    })
  })
})
