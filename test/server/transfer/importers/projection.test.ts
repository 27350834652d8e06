import fc from 'fast-check'
import proj4 from 'proj4'
import { describe, expect, it } from 'vitest'
import { type Crs, crsOfCode, crsOfName, crsOfWkt, unproject } from '../../../../server/transfer/importers/projection.ts'

const read = (code: number, x: number, y: number) => {
  const crs = crsOfCode(code) as Crs
  return unproject({ row: 1, properties: {}, geometry: { type: 'Point', coordinates: [x, y] } }, crs)
}
const reasonOf = (answer: object) => ('reason' in answer ? (answer.reason as string) : null)

describe('coordinate systems by code', () => {
  it('place a point as cs2cs does, with and without the number of the zone', () => {
    // gdaltransform -s_srs EPSG:4549 -t_srs EPSG:4490, GDAL 3.6
    const here = [120.126051340575, 28.4651713123433]
    const cases: [code: number, x: number, expected: number[]][] = [
      [4549, 512_345, here],
      [4528, 40_512_345, here],
      [4508, 512_345, [here[0]! - 9, here[1]!]],
      [4497, 19_512_345, [here[0]! - 9, here[1]!]],
      [32615, 512_345, [-92.8738847136, 28.4765448484802]],
      [3857, 512_345, [4.60247344242216, 27.212132558972517]],
    ]
    for (const [code, x, [lng, lat]] of cases) {
      const { geometry } = read(code, x, 3_150_000)
      expect(geometry?.type === 'Point' && geometry.coordinates[0], String(code)).toBeCloseTo(lng!, 10)
      expect(geometry?.type === 'Point' && geometry.coordinates[1], String(code)).toBeCloseTo(lat!, 10)
    }
  })
  it('know the central meridian of every zone of CGCS2000', () => {
    const meridian = (code: number, x: number) => {
      const { geometry } = read(code, x, 3_000_000)
      return geometry?.type === 'Point' ? Math.round(geometry.coordinates[0]! * 1e6) / 1e6 : null
    }
    for (let i = 0; i <= 10; i++) {
      expect(meridian(4491 + i, (13 + i) * 1e6 + 500_000)).toBe(75 + 6 * i)
      expect(meridian(4502 + i, 500_000)).toBe(75 + 6 * i)
    }
    for (let i = 0; i <= 20; i++) {
      expect(meridian(4513 + i, (25 + i) * 1e6 + 500_000)).toBe(75 + 3 * i)
      expect(meridian(4534 + i, 500_000)).toBe(75 + 3 * i)
    }
  })
  it('come back from a zone to the tenth of a millimetre', () => {
    const forward = proj4('+proj=tmerc +lat_0=0 +lon_0=120 +k=1 +x_0=500000 +y_0=0 +a=6378137 +rf=298.257222101 +units=m')
    fc.assert(
      fc.property(fc.double({ min: 117, max: 123, noNaN: true }), fc.double({ min: 10, max: 50, noNaN: true }), (lng, lat) => {
        const [x, y] = forward.forward([lng, lat])
        const { geometry } = read(4549, x!, y!)
        const [gotLng, gotLat] = geometry?.type === 'Point' ? geometry.coordinates : []
        expect(Math.abs(gotLng! - lng)).toBeLessThan(1e-9)
        expect(Math.abs(gotLat! - lat)).toBeLessThan(1e-9)
      }),
    )
  })
  it('refuse the datums of 1954 and 1980, and what is not known', () => {
    for (const code of [4214, 2437, 21420, 21460, 4568, 4555]) expect(reasonOf(crsOfCode(code)), String(code)).toContain('Beijing 1954')
    for (const code of [4610, 2327, 2385, 2390]) expect(reasonOf(crsOfCode(code)), String(code)).toContain('Xi’an 1980')
    for (const code of [0, 4555 + 1, 27700, 4839, Number.NaN]) expect(reasonOf(crsOfCode(code)), String(code)).not.toBeNull()
  })
  it('tell of a zone’s number that is too many or missing, and name the code that fits', () => {
    expect(read(4549, 40_512_345, 3_150_000).fault).toContain('EPSG:4528')
    expect(read(4528, 512_345, 3_150_000).fault).toContain('without the number')
    expect(read(4549, 120.5, 28.5).fault).toContain('degrees')
    expect(read(4549, 512_345, 1e300).fault).toContain('does not reach')
  })
})

describe('coordinate systems by name', () => {
  it('are read as the standards write them', () => {
    for (const name of [
      'EPSG:4549',
      '4549',
      'epsg:4549',
      'urn:ogc:def:crs:EPSG::4549',
      'urn:ogc:def:crs:EPSG:9.8:4549',
      'http://www.opengis.net/def/crs/EPSG/0/4549',
    ])
      expect(crsOfName(name), name).toMatchObject({ name: 'EPSG:4549', datum: 'cgcs2000' })
    expect(crsOfName('urn:ogc:def:crs:OGC:1.3:CRS84')).toMatchObject({ datum: 'wgs84', plane: null })
    for (const name of ['', 'x', 'EPSG:', 'EPSG:1;drop', '+proj=longlat']) expect(reasonOf(crsOfName(name)), name).not.toBeNull()
  })
})

const GEOGCS_2000 =
  'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
const zone = (geogcs: string, easting: number, meridian: number) =>
  `PROJCS["a zone",${geogcs},PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",${easting}.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",${meridian}.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`

describe('coordinate systems by well-known text', () => {
  it('take a zone from its own parameters, also one of a city’s own meridian', () => {
    const crs = crsOfWkt(zone(GEOGCS_2000, 500_000, 121)) as Crs
    expect(crs.datum).toBe('cgcs2000')
    const [lng, lat] = crs.plane!.toLngLat([512_345, 3_150_000])
    expect(lng).toBeCloseTo(121.126051340575, 10)
    expect(lat).toBeCloseTo(28.4651713123433, 10)
  })
  it('tell degrees from metres, and heed an authority’s code', () => {
    expect(crsOfWkt(GEOGCS_2000)).toMatchObject({ datum: 'cgcs2000', plane: null })
    expect(crsOfWkt('GEOGCS["x",DATUM["y"],AUTHORITY["EPSG","4326"]]')).toMatchObject({ name: 'EPSG:4326', plane: null })
  })
  it('refuse old datums and what they do not know, whatever the projection', () => {
    const beijing =
      'GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
    const xian =
      'GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
    for (const wkt of [beijing, zone(beijing, 500_000, 120)]) expect(reasonOf(crsOfWkt(wkt))).toContain('Beijing 1954')
    for (const wkt of [xian, zone(xian, 40_500_000, 120)]) expect(reasonOf(crsOfWkt(wkt))).toContain('Xi’an 1980')
    expect(reasonOf(crsOfWkt('GEOGCS["OSGB36",DATUM["OSGB_1936"]]'))).not.toBeNull()
    expect(reasonOf(crsOfWkt(`PROJCS["x",${GEOGCS_2000},PROJECTION["No_Such"]]`))).not.toBeNull()
  })
  it('never throw, whatever the text', () => {
    const pieces = [
      'PROJCS[',
      'GEOGCS[',
      '"',
      'DATUM["WGS_1984"',
      ']',
      ',',
      'PROJECTION["Transverse_Mercator"]',
      'PARAMETER["False_Easting",',
      '1e999',
      'UNIT["Meter",1]',
    ]
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 }))), (parts) => {
        expect(crsOfWkt(parts.join(''))).toBeTypeOf('object')
      }),
    )
  })
})
