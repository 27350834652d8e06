/** What the workbench reads of a county: its arcs, buildings, lines, staff and figures, and when its units changed. */
import { z } from 'zod'
import { BUILDINGS_TYPE } from './building.ts'
import { coverage, targets } from './coverage.ts'
import { endpoint } from './endpoint.ts'
import { asOf, unitHistory } from './history.ts'
import { lines } from './line.ts'
import { staff, unitFigures } from './staff.ts'
import { unitCode } from './unit.ts'

const ofUnit = z.object({ unit: unitCode.optional().describe('default: the reader’s own jurisdiction, or the configured county') })

export const workbenchEndpoints = {
  coverage: endpoint({
    method: 'get',
    path: '/api/coverage',
    permission: 'unit.read',
    summary: 'The leaves of a county as arcs, now or as of a date',
    query: ofUnit.extend({ at: asOf.optional() }),
    answer: coverage,
  }),
  unitHistory: endpoint({
    method: 'get',
    path: '/api/units/history',
    permission: 'unit.read',
    summary: 'When the units of a county changed, and how many grids there were before and after',
    query: ofUnit,
    answer: unitHistory,
  }),
  unitFigures: endpoint({
    method: 'get',
    path: '/api/units/figures',
    permission: 'summary.read',
    summary: 'Open incidents, incidents of the last 30 days and posts of each leaf of a unit',
    query: ofUnit,
    answer: unitFigures,
  }),
  staff: endpoint({
    method: 'get',
    path: '/api/staff',
    permission: 'plan.read',
    summary: 'Posts by unit and role, as counts',
    query: ofUnit,
    answer: staff,
  }),
  targets: endpoint({
    method: 'get',
    path: '/api/targets',
    permission: 'unit.read',
    summary: 'What grids should hold, by configuration',
    answer: targets,
  }),
  buildings: endpoint({
    method: 'get',
    path: '/api/buildings',
    permission: 'building.read',
    summary: 'Buildings of a unit with their households, as binary columns; the layout stands in server/contract/building.ts',
    query: ofUnit,
    answer: BUILDINGS_TYPE,
  }),
  lines: endpoint({
    method: 'get',
    path: '/api/lines',
    permission: 'unit.read',
    summary: 'Roads and rivers of a county, or those that meet a unit, as GeoJSON',
    query: ofUnit,
    answer: lines,
    mediaType: 'application/geo+json',
  }),
} as const
