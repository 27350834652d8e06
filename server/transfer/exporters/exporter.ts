/**
 * The seam of export: one file per format turns features into bytes. Coordinates are WGS 84 degrees, as everything inside; they
 * go out as they are, so that a file comes back in as the same coverage.
 */
import type { MultiPolygon } from 'geojson'
import type { ExportFormat } from '#contract/transfer-endpoints.ts'

/** What a unit says of itself outside. People are null where nobody counted. */
export interface UnitProperties {
  code: string
  name: string
  nameEn: string | null
  level: string
  unitKind: string
  parentCode: string | null
  areaM2: number
  households: number | null
  residents: number | null
  /** RFC 3339; `validTo` null: in force. */
  validFrom: string
  validTo: string | null
  synthetic: boolean
}

export interface ExportUnit {
  /** Outer rings counter-clockwise, as RFC 7946 asks. */
  geometry: MultiPolygon
  properties: UnitProperties
}

export interface ExportOptions {
  /** Name of the layer, in letters that every program takes. */
  layer: string
  encoding: 'utf-8' | 'gbk'
  /** Of the data, to be named wherever the format has room for it. */
  attribution: string | null
}

export interface Exporter {
  format: ExportFormat
  /** With the dot. */
  extension: string
  mediaType: string
  /** Throws a `Problem` for what the format or the encoding cannot hold. */
  write(units: readonly ExportUnit[], options: ExportOptions): Promise<Buffer> | Buffer
}
