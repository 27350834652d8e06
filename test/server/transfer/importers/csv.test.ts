import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csv } from '../../../../server/transfer/importers/csv.ts'
import type { ReadOptions, SourceRow } from '../../../../server/transfer/importers/importer.ts'
import { inMemory } from '../../../fixtures/import-file.ts'

const read = async (content: string | Uint8Array, options: Partial<ReadOptions> = {}, chunk?: number) => {
  const reading = await csv.read(inMemory('a.csv', content, chunk), { place: {}, ...options })
  const rows: SourceRow[] = []
  for await (const row of reading.rows) rows.push(row)
  return { ...reading, rows }
}
const properties = async (content: string | Uint8Array, options?: Partial<ReadOptions>) =>
  (await read(content, options)).rows.map((row) => row.properties)

describe('CSV', () => {
  it('reads quoted fields with commas, quotes and line ends', async () => {
    expect(await properties('a,b\r\n"x, ""y""","two\r\nlines"\r\nz,\r\n')).toEqual([
      { a: 'x, "y"', b: 'two\r\nlines' },
      { a: 'z', b: '' },
    ])
  })
  it('takes a byte order mark, any line end and spaces in the header', async () => {
    for (const end of ['\n', '\r\n', '\r']) expect(await properties(`\uFEFFa, b ${end}1,2${end}`)).toEqual([{ a: '1', b: '2' }])
  })
  it('finds the delimiter that the header uses', async () => {
    for (const delimiter of [',', ';', '\t', '|'])
      expect(await properties(['"a,;|b"', 'c', 'd'].join(delimiter) + '\n' + ['1', '2', '3'].join(delimiter))).toEqual([
        { 'a,;|b': '1', c: '2', d: '3' },
      ])
    expect(await properties('a:b\n1:2', { delimiter: ':' })).toEqual([{ a: '1', b: '2' }])
  })
  it('reads what Chinese spreadsheets write, and says so', async () => {
    const gbk = Buffer.from([0xc3, 0xfb, 0xb3, 0xc6, 0x0a, 0xc2, 0xb7, 0xc7, 0xc5, 0x0a])
    const { rows, notes } = await read(gbk)
    expect(rows[0]!.properties).toEqual({ 名称: '路桥' })
    expect(notes).toMatchObject([{ code: 'encoding', weight: 'warning' }])
    expect(await properties(Buffer.from('\uFEFF名称\n路桥\n', 'utf16le'))).toEqual([{ 名称: '路桥' }])
    expect((await read('名称\n路桥\n', {}, 1)).rows[0]!.properties).toEqual({ 名称: '路桥' })
  })
  it('refuses what is no text', async () => {
    await expect(read(Buffer.from([0x50, 0x4b, 0x03, 0x04, 0xff, 0x00, 0x81]))).rejects.toMatchObject({ code: 'bad-file' })
    await expect(read(Buffer.from([0xc3, 0xfb]), { encoding: 'utf-8' })).rejects.toMatchObject({ code: 'bad-file' })
  })
  it('refuses a file without rows or with a doubtful header', async () => {
    for (const content of ['', '\n', ',,\n', 'a,b,a\n1,2,3'])
      await expect(read(content), JSON.stringify(content)).rejects.toMatchObject({ code: 'bad-file' })
  })
  it('names rows that are broken and goes on', async () => {
    const { rows } = await read('a,b\n1,2\n3\n4,5,6\n\n7,8\n')
    expect(rows.map(({ row, fault }) => [row, fault === undefined])).toEqual([
      [2, true],
      [3, false],
      [4, false],
      [6, true],
    ])
  })
  it('survives a quote that is never closed', async () => {
    const { rows } = await read('a,b\n1,2\n"3,4\n5,6\n')
    expect(rows[0]).toMatchObject({ row: 2, properties: { a: '1', b: '2' } })
    expect(rows.slice(1).every(({ fault }) => fault !== undefined)).toBe(true)
    expect(rows.length).toBeGreaterThan(1)
  })
  it('takes places from usual names, from named columns, or from WKT', async () => {
    expect((await read('Lon,LAT\n1.5,-2\n')).rows[0]!.geometry).toEqual({ type: 'Point', coordinates: [1.5, -2] })
    expect((await read('经度,纬度\n1.5,-2\n')).rows[0]!.geometry).toEqual({ type: 'Point', coordinates: [1.5, -2] })
    expect((await read('a,b\n1,2\n', { place: { lng: 'b', lat: 'a' } })).rows[0]!.geometry).toEqual({ type: 'Point', coordinates: [2, 1] })
    expect((await read('wkt\n"POLYGON((0 0,1 0,1 1,0 0))"\n')).rows[0]!.geometry).toEqual({ type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] }) // prettier-ignore
    expect((await read('geom\n"{""type"":""Point"",""coordinates"":[1,2]}"\n')).rows[0]!.geometry).toEqual({
      type: 'Point',
      coordinates: [1, 2],
    })
    await expect(read('a,b\n1,2\n', { place: { lng: 'x', lat: 'y' } })).rejects.toMatchObject({ code: 'bad-file' })
  })
  it('tells an empty place from a broken one', async () => {
    const { rows } = await read('lng,lat\n,\n1,\nNaN,2\n1e999x,2\nInfinity,2\n"1,5",2\n')
    expect(rows.map(({ row, fault }) => [row, fault === undefined])).toEqual([[3, false], [4, false], [5, false], [6, false], [7, false]]) // prettier-ignore
    expect((await read('a,lng,lat\nx,,\n')).rows[0]).toMatchObject({ geometry: null, row: 2 })
  })
  it('never throws anything but a problem, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
        ),
        async (content) => {
          try {
            await read(content)
          } catch (cause) {
            expect(cause).toMatchObject({ code: 'bad-file' })
          }
        },
      ),
    )
  })
  it('reads back what it is told, whatever the words', async () => {
    const cell = fc.string({ unit: 'grapheme' }).filter((text) => !/[\0\uD800-\uDFFF]/.test(text) && text.trim() !== '')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 9 }),
        async (table, chunk) => {
          const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
          const text = ['a,b', ...table.map((row) => row.map(quote).join(','))].join('\n')
          const { rows } = await read(text, {}, chunk)
          expect(rows.map((row) => [row.properties['a'], row.properties['b']])).toEqual(table)
        },
      ),
    )
  })
})
