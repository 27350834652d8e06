/** Which exporter writes a format. */
import type { ExportFormat } from '#contract/transfer-endpoints.ts'
import type { Exporter } from './exporter.ts'
import { geojson } from './geojson.ts'
import { geopackage } from './geopackage.ts'
import { kml } from './kml.ts'
import { shapefile } from './shapefile.ts'
import { topojson } from './topojson.ts'

export const EXPORTERS: Readonly<Record<ExportFormat, Exporter>> = { geojson, shapefile, geopackage, kml, topojson }
