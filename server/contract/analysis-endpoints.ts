/** The endpoints of analysis and reports: a part of the table in endpoints.ts. */
import { z } from 'zod'
import {
  clusters,
  clustersQuery,
  emerging,
  emergingQuery,
  hotSpotIncidentsQuery,
  hotSpots,
  hotSpotsQuery,
  incidentPage,
  repeats,
  repeatsQuery,
  trends,
  trendsQuery,
} from './analysis.ts'
import { endpoint } from './endpoint.ts'
import { newReport, report, reportFileQuery, reportList, reportListQuery } from './report.ts'

const byNumber = z.object({ id: z.coerce.number().int().positive() })

export const analysisEndpoints = {
  hotSpots: endpoint({
    method: 'get',
    path: '/api/hot-spots',
    permission: 'summary.read',
    summary: 'Hot and cold spots: Getis–Ord Gi* over squares or units, with the false discovery rate held',
    query: hotSpotsQuery,
    answer: hotSpots,
  }),
  hotSpotIncidents: endpoint({
    method: 'get',
    path: '/api/hot-spots/incidents',
    permission: 'incident.read',
    summary: 'The incidents of some squares or units, page by page, newest first',
    query: hotSpotIncidentsQuery,
    answer: incidentPage,
  }),
  emerging: endpoint({
    method: 'get',
    path: '/api/emerging',
    permission: 'summary.read',
    summary: 'What hot and cold places amount to over time: new, consecutive, intensifying, persistent, diminishing, sporadic …',
    query: emergingQuery,
    answer: emerging,
  }),
  clusters: endpoint({
    method: 'get',
    path: '/api/clusters',
    permission: 'incident.read',
    summary: 'Clusters of one kind, close in place and time: ST-DBSCAN',
    query: clustersQuery,
    answer: clusters,
  }),
  repeats: endpoint({
    method: 'get',
    path: '/api/repeats',
    permission: 'incident.read',
    summary: 'One kind at one place again within some days, page by page',
    query: repeatsQuery,
    answer: repeats,
  }),
  trends: endpoint({
    method: 'get',
    path: '/api/trends',
    permission: 'summary.read',
    summary: 'Counts by kind or place over time, against the window before and the year before',
    query: trendsQuery,
    answer: trends,
  }),
  listReports: endpoint({
    method: 'get',
    path: '/api/reports',
    permission: 'report.read',
    summary: 'Reports that are stored, newest first',
    query: reportListQuery,
    answer: reportList,
  }),
  makeReport: endpoint({
    method: 'post',
    path: '/api/reports',
    permission: 'report.make',
    summary: 'Make the report of a day, week or month; one that is there is made anew',
    body: newReport,
    answer: report,
    statuses: [201],
  }),
  report: endpoint({
    method: 'get',
    path: '/api/reports/:id',
    permission: 'report.read',
    summary: 'One report, all its figures',
    params: byNumber,
    answer: report,
  }),
  reportFile: endpoint({
    method: 'get',
    path: '/api/reports/:id/file',
    permission: 'report.read',
    summary: 'One report as PDF or Excel',
    params: byNumber,
    query: reportFileQuery,
    answer: 'application/octet-stream',
  }),
} as const
