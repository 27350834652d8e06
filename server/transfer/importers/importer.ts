/**
 * The seam of import: one file per format turns bytes into rows, and knows nothing of units, incidents or cameras.
 * A new format is a new file here and one line in `formats.ts`.
 *
 * A reader never aborts for one bad row: it yields the row with its `fault` and goes on. What is wrong with the file as a
 * whole is thrown as a `Problem` (bad-file). Coordinates come out as they stand in the file; the datum is applied later.
 */
import type { Geometry } from 'geojson'
import type { Datum } from '#model/crs.ts'
import type { ENCODINGS, FORMATS, ImportNote } from '#contract/transfer.ts'
import type { Crs } from './projection.ts'

export type Format = (typeof FORMATS)[number]
export type Encoding = (typeof ENCODINGS)[number]

/** A file that can be read from its beginning more than once. */
export interface ImportFile {
  name: string
  size: number
  open(): AsyncIterable<Uint8Array>
}

export interface SourceRow {
  /** 1-based; see `importNote.row`. */
  row: number
  properties: Record<string, unknown>
  geometry: Geometry | null
  /** Why this row cannot be used. */
  fault?: string
}

/** Columns that hold the place of a row, in formats that have no geometry of their own. */
export interface PlaceColumns {
  lng?: string | undefined
  lat?: string | undefined
  geometry?: string | undefined
}

export interface ReadOptions {
  encoding?: Encoding | undefined
  delimiter?: string | undefined
  /** Which one, of a file that holds several. */
  layer?: string | undefined
  place: PlaceColumns
}

export interface Reading {
  rows: AsyncIterable<SourceRow>
  /** Names of the columns or properties, as far as the file says so before its rows. */
  columns: readonly string[] | null
  /** The datum that the format or the file itself states; null when it says nothing. */
  datum: Datum | null
  /** The coordinate system that the file states; left out by formats that only know degrees. Rows come as they stand in it. */
  crs?: Crs | null
  /** Warnings about the file as a whole. */
  notes: ImportNote[]
}

export interface Importer {
  format: Format
  /** Endings of file names, with the dot, in small letters. */
  extensions: readonly string[]
  /** `read` may look at the whole file before it resolves. */
  read(file: ImportFile, options: ReadOptions): Promise<Reading>
}
