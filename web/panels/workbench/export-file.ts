/** What is exported, and what the file is called. */
import type { Level } from '#model/level.ts'
import type { ExportFormat } from '#contract/transfer-endpoints.ts'

export interface ExportWish {
  unit: string
  /** Empty: the finest units, which are a coverage. */
  level: Level | ''
  format: ExportFormat
  encoding: 'utf-8' | 'gbk'
  /** Day as of which; empty: now. */
  at: string
}

const ENDINGS: Readonly<Record<ExportFormat, string>> = {
  geojson: 'geojson',
  shapefile: 'zip',
  geopackage: 'gpkg',
  kml: 'kml',
  topojson: 'topojson',
}

/** "金沙镇-2026-11-22.gpkg", with the level where one was named. */
export const fileNameOf = ({ level, format }: ExportWish, name: string, day: string): string =>
  `${[name, level, day]
    .filter(Boolean)
    .join('-')
    .replaceAll(/[\\/:*?"<>|\s]+/g, '_')}.${ENDINGS[format]}`
