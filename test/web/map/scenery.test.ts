import { readFileSync } from 'node:fs'
import type { FeatureCollection, MultiPolygon, Polygon, Position } from 'geojson'
import { describe, expect, it } from 'vitest'
import { inside, ofRole, type Scenery, sceneryNames } from '../../../web/map/scenery.ts'

/** Paths from the project's root: the bundler would turn a URL beside this file into an asset. */
const read = (path: string) => JSON.parse(readFileSync(`data/${path}`, 'utf8')) as FeatureCollection<MultiPolygon>
const outline = read('luqiao/scenery.geojson')
const scenery: Scenery = {
  land: read('land/land.geojson'),
  neighbours: ofRole(outline, 'neighbour'),
  county: ofRole(outline, 'county'),
}
const COUNTY: [number, number, number, number] = [121.19, 28.45, 121.64, 28.65]

const ringsOf = (geometry: Polygon | MultiPolygon): Position[][][] =>
  geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates

describe('names around the county', () => {
  const names = sceneryNames(scenery, COUNTY)
  const at = (name: string): Position => names.features.find((each) => each.properties!['name'] === name)!.geometry.coordinates

  it('stand inside their neighbours and in the sea, never in the county', () => {
    expect(names.features.map((each) => each.properties!['name']).sort()).toEqual(['东海', '椒江区', '温岭市', '黄岩区'])
    const polygons = (...collections: FeatureCollection<Polygon | MultiPolygon>[]) =>
      collections.flatMap(({ features }) => features).map((each) => [each.properties?.['name'], ringsOf(each.geometry)] as const)
    for (const [name, parts] of polygons(scenery.neighbours)) {
      expect(parts.some((rings) => inside(rings, at(name as string)))).toBe(true)
    }
    const land = polygons(scenery.land as Scenery['county'], scenery.neighbours, scenery.county).flatMap(([, parts]) => parts)
    expect(land.some((rings) => inside(rings, at('东海')))).toBe(false)
  })

  it('are none for a county elsewhere', () => {
    expect(sceneryNames(scenery, [-90.33, 38.53, -90.17, 38.78]).features).toEqual([])
  })
})
