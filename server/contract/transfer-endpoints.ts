/** The endpoints of coverages that come from and go to other programs: a part of the table in endpoints.ts. */
import { z } from 'zod'
import { cleanAnswer, cleanQuery } from './cleaning.ts'
import { endpoint } from './endpoint.ts'
import { asOf } from './history.ts'
import { level, unitCode } from './unit.ts'

export const EXPORT_FORMATS = ['geojson', 'shapefile', 'geopackage', 'kml', 'topojson'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export const exportQuery = z.strictObject({
  unit: unitCode.optional().describe('the unit and all below; default: the reader’s own jurisdiction, or the configured county'),
  level: level.optional().describe('default: the finest units, which are a coverage'),
  format: z.enum(EXPORT_FORMATS).default('geojson'),
  at: asOf.optional(),
  encoding: z.enum(['utf-8', 'gbk']).default('utf-8').describe('of a shapefile’s table'),
})

export const transferEndpoints = {
  cleanCoverage: endpoint({
    method: 'post',
    path: '/api/coverage/clean',
    permission: 'plan.edit',
    summary: 'Clean a cover from a file and fit it to a unit: a report, the units and an action for a plan; writes nothing',
    query: cleanQuery,
    body: 'raw',
    answer: cleanAnswer,
  }),
  exportUnits: endpoint({
    method: 'get',
    path: '/api/units/export',
    permission: 'unit.export',
    summary: 'Units of one level as of any date, as a file for other programs',
    query: exportQuery,
    answer: 'application/octet-stream',
  }),
} as const
