/**
 * GeoPackage (OGC 12-128r19): a SQLite file, read by SQLite itself, compiled to WebAssembly and loaded from beside the program.
 * The file is somebody's: only real tables and stored columns are asked, so that no view or trigger of his ever runs.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Geometry } from 'geojson'
import initSqlJs, { type Database, type SqlJsStatic, type SqlValue } from 'sql.js'
import { Problem } from '#contract/problem.ts'
import type { ImportNote } from '#contract/transfer.ts'
import type { Importer, ImportFile, SourceRow } from './importer.ts'
import { chooseLayer } from './layer.ts'
import { type Crs, crsOfCode, crsOfWkt } from './projection.ts'
import { readWkb } from './wkb.ts'

const MAGIC = 'SQLite format 3\0'
/** WebAssembly holds the file and what it reads of it at once. */
const LARGEST = 512 * 1024 * 1024
const MOST_COLUMNS = 500

export const geopackage: Importer = {
  format: 'geopackage',
  extensions: ['.gpkg'],
  async read(file, { layer }) {
    const notes: ImportNote[] = []
    const db = await openDatabase(file)
    try {
      const source = layerOf(db, layer)
      const columns = columnsOf(db, source.table).filter((name) => name !== source.column)
      return { rows: rowsOf(db, source, columns), columns, datum: null, crs: crsOf(db, source.srs), notes }
    } catch (cause) {
      db.close()
      throw asProblem(cause)
    }
  },
}

let sqlite: Promise<SqlJsStatic> | null = null

/** SQLite, loaded once, when first needed. */
export function loadSqlite(): Promise<SqlJsStatic> {
  sqlite ??= readFile(createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm')).then((wasm) =>
    initSqlJs({ wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer }),
  )
  return sqlite
}

async function openDatabase(file: ImportFile): Promise<Database> {
  if (file.size > LARGEST) throw new Problem('too-large', `A GeoPackage may have ${LARGEST / 1024 / 1024} MB.`)
  const pieces: Uint8Array[] = []
  for await (const piece of file.open()) pieces.push(piece)
  const bytes = Buffer.concat(pieces)
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Problem('bad-file', 'The file is no GeoPackage.')
  const SQL = await loadSqlite()
  try {
    const db = new SQL.Database(bytes)
    db.run('pragma trusted_schema = off')
    return db
  } catch (cause) {
    throw asProblem(cause)
  }
}

const asProblem = (cause: unknown): unknown =>
  cause instanceof Problem
    ? cause
    : new Problem('bad-file', `The GeoPackage cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`)

function* query(db: Database, text: string, values: SqlValue[] = []): Generator<SqlValue[]> {
  const statement = db.prepare(text, values)
  try {
    while (statement.step()) yield statement.get()
  } finally {
    statement.free()
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Throws `bad-file` unless it is a table of its own: a view could run for ever. */
function requireTable(db: Database, name: string): void {
  const [found] = query(db, 'select type, sql from sqlite_master where name = ? collate nocase', [name])
  if (!found) throw new Problem('bad-file', `The GeoPackage has no table ${name}.`)
  if (found[0] !== 'table' || /^\s*create\s+virtual/i.test(String(found[1])))
    throw new Problem('bad-file', `${name} is a view. Save it as a table of its own first.`)
}

/** Stored columns only: those that are computed are left out. */
function columnsOf(db: Database, table: string): string[] {
  const columns = [...query(db, `pragma table_xinfo(${quoted(table)})`)].filter((row) => row[6] === 0).map((row) => String(row[1]))
  if (columns.length > MOST_COLUMNS) throw new Problem('bad-file', `${table} has more than ${MOST_COLUMNS} columns.`)
  return columns
}

interface Source {
  table: string
  column: string
  srs: number
}

function layerOf(db: Database, said: string | undefined): Source {
  for (const name of ['gpkg_contents', 'gpkg_geometry_columns', 'gpkg_spatial_ref_sys']) requireTable(db, name)
  const sources = [
    ...query(
      db,
      `select g.table_name, g.column_name, g.srs_id from gpkg_geometry_columns g join gpkg_contents c on c.table_name = g.table_name
       where c.data_type = 'features' order by 1 limit 1000`,
    ),
  ].map(([table, column, srs]): Source => ({ table: String(table), column: String(column), srs: Number(srs) }))
  const chosen = chooseLayer(sources.map(({ table }) => table), said, 'layer of features') // prettier-ignore
  requireTable(db, chosen)
  return sources.find(({ table }) => table === chosen)!
}

/** Null for the two that mean "unknown": -1 and 0. Throws `bad-file` for a system that is not read. */
function crsOf(db: Database, srs: number): Crs | null {
  if (srs === -1 || srs === 0) return null
  const [row] = query(db, 'select organization, organization_coordsys_id, definition from gpkg_spatial_ref_sys where srs_id = ? limit 1', [
    srs,
  ])
  if (!row) throw new Problem('bad-file', `The GeoPackage does not describe its coordinate system ${srs}.`)
  const [organization, code, definition] = row
  const byCode = /^epsg$/i.test(String(organization)) ? crsOfCode(Number(code)) : null
  const crs = byCode && 'name' in byCode ? byCode : crsOfWkt(String(definition))
  if ('reason' in crs)
    throw new Problem(
      'bad-file',
      `The file’s coordinate system cannot be used: ${byCode && 'reason' in byCode ? byCode.reason : crs.reason}.`,
    )
  return crs
}

async function* rowsOf(db: Database, { table, column }: Source, columns: string[]): AsyncGenerator<SourceRow> {
  try {
    let row = 0
    for (const [blob, ...values] of query(db, `select ${[column, ...columns].map(quoted).join(', ')} from ${quoted(table)}`)) {
      row++
      const properties = Object.fromEntries(columns.map((name, i) => [name, values[i] instanceof Uint8Array ? null : values[i]]))
      yield { row, properties, ...shapeOf(blob ?? null) }
    }
  } catch (cause) {
    throw asProblem(cause)
  } finally {
    db.close()
  }
}

const ENVELOPES = [0, 32, 48, 48, 64]

/** A geometry as GeoPackage stores it: `GP`, version, flags, system, box, well-known binary. */
function shapeOf(blob: SqlValue): { geometry: Geometry | null; fault?: string } {
  if (blob === null) return { geometry: null }
  const broken = (fault: string) => ({ geometry: null, fault })
  if (!(blob instanceof Uint8Array) || blob.length < 8 || blob[0] !== 0x47 || blob[1] !== 0x50) return broken('has a geometry that is none')
  const flags = blob[3]!
  if ((flags & 0x20) !== 0) return broken('has a geometry of an extension that is not read')
  if ((flags & 0x10) !== 0) return { geometry: null }
  const envelope = ENVELOPES[(flags >> 1) & 7]
  if (envelope === undefined) return broken('has a geometry that is broken')
  try {
    return { geometry: readWkb(blob.subarray(8 + envelope)) }
  } catch (cause) {
    if (cause instanceof RangeError) return broken(`has a geometry that is broken: ${cause.message}`)
    throw cause
  }
}
