/** GeoPackage (OGC 12-128r19), written by SQLite itself. Without a spatial index: programs build their own when they want one. */
import type { MultiPolygon } from 'geojson'
import { loadSqlite } from '../importers/geopackage.ts'
import type { Exporter, UnitProperties } from './exporter.ts'

const WGS84 =
  'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]'

/** The tables that the standard asks for (Annex C), with the three systems that must always be there. */
const SCHEMA = `
  pragma application_id = 1196444487;
  pragma user_version = 10300;
  create table gpkg_spatial_ref_sys (srs_name text not null, srs_id integer not null primary key, organization text not null,
    organization_coordsys_id integer not null, definition text not null, description text);
  create table gpkg_contents (table_name text not null primary key, data_type text not null, identifier text unique, description text default '',
    last_change datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x double, min_y double, max_x double, max_y double,
    srs_id integer references gpkg_spatial_ref_sys (srs_id));
  create table gpkg_geometry_columns (table_name text not null unique references gpkg_contents (table_name), column_name text not null,
    geometry_type_name text not null, srs_id integer not null references gpkg_spatial_ref_sys (srs_id), z tinyint not null, m tinyint not null,
    primary key (table_name, column_name));
  create table unit (fid integer primary key autoincrement, geom blob, code text not null, name text not null, name_en text, level text not null,
    unit_kind text not null, parent_code text, area_m2 double not null, households integer, residents integer, valid_from datetime not null,
    valid_to datetime, synthetic boolean not null)`

const COLUMNS: readonly (keyof UnitProperties)[] = [
  ...(['code', 'name', 'nameEn', 'level', 'unitKind', 'parentCode', 'areaM2', 'households', 'residents', 'validFrom', 'validTo'] as const),
  'synthetic',
]

export const geopackage: Exporter = {
  format: 'geopackage',
  extension: '.gpkg',
  mediaType: 'application/geopackage+sqlite3',
  async write(units, { layer, attribution }) {
    const db = new (await loadSqlite()).Database()
    try {
      db.run(SCHEMA)
      for (const row of [
        ['WGS 84', 4326, 'EPSG', 4326, WGS84],
        ['Undefined Cartesian', -1, 'NONE', -1, 'undefined'],
        ['Undefined geographic', 0, 'NONE', 0, 'undefined'],
      ])
        // prettier-ignore
        db.run('insert into gpkg_spatial_ref_sys values (?, ?, ?, ?, ?, null)', row)
      const all: Box = [Infinity, Infinity, -Infinity, -Infinity]
      db.run('begin')
      const insert = db.prepare('insert into unit values (null, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      for (const { geometry, properties } of units) {
        const box = boxOf(geometry)
        grow(all, [box[0], box[1]])
        grow(all, [box[2], box[3]])
        insert.run([blobOf(geometry, box), ...COLUMNS.map((name) => (typeof properties[name] === 'boolean' ? Number(properties[name]) : properties[name]))] as never[]) // prettier-ignore
      }
      insert.free()
      const box = units.length > 0 ? all : [null, null, null, null]
      db.run(`insert into gpkg_contents (table_name, data_type, identifier, description, min_x, min_y, max_x, max_y, srs_id)
        values ('unit', 'features', ?, ?, ?, ?, ?, ?, 4326)`, [layer, attribution ?? '', ...box]) // prettier-ignore
      db.run("insert into gpkg_geometry_columns values ('unit', 'geom', 'MULTIPOLYGON', 4326, 0, 0)")
      db.run('commit')
      return Buffer.from(db.export())
    } finally {
      db.close()
    }
  },
}

type Box = [west: number, south: number, east: number, north: number]

function grow(box: Box, [x, y]: readonly number[]): void {
  box[0] = Math.min(box[0], x!)
  box[1] = Math.min(box[1], y!)
  box[2] = Math.max(box[2], x!)
  box[3] = Math.max(box[3], y!)
}

function boxOf({ coordinates }: MultiPolygon): Box {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [outer] of coordinates) for (const position of outer!) grow(box, position)
  return box
}

/** `GP`, version 0, flags (little-endian, box of four), system, box, well-known binary. */
function blobOf({ coordinates }: MultiPolygon, [west, south, east, north]: Box): Uint8Array {
  const size = coordinates.reduce((sum, rings) => sum + rings.reduce((part, ring) => part + 4 + 16 * ring.length, 9), 49)
  const bytes = Buffer.alloc(size)
  bytes.write('GP')
  bytes[3] = 0b11
  let at = bytes.writeInt32LE(4326, 4)
  for (const value of [west, east, south, north]) at = bytes.writeDoubleLE(value, at)
  const head = (type: number, count: number) => {
    bytes[at] = 1
    at = bytes.writeUInt32LE(type, at + 1)
    at = bytes.writeUInt32LE(count, at)
  }
  head(6, coordinates.length)
  for (const rings of coordinates) {
    head(3, rings.length)
    for (const ring of rings) {
      at = bytes.writeUInt32LE(ring.length, at)
      for (const [lng, lat] of ring) at = bytes.writeDoubleLE(lat!, bytes.writeDoubleLE(lng!, at))
    }
  }
  return bytes
}
