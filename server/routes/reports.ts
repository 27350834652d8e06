/** Reports: listed, made, read, and downloaded. Files are made of the stored figures when somebody wants one. */
import { Router } from 'express'
import { reach } from '#model/access.ts'
import { isWithin } from '#model/code.ts'
import { reportDocument } from '#model/report/document.ts'
import { endpoints } from '#contract/endpoints.ts'
import { Problem } from '#contract/problem.ts'
import type { Report } from '#contract/report.ts'
import { analyse } from '../commands/analysis-worker.ts'
import { makeReport, type ReportContext } from '../commands/reports.ts'
import type { Actor } from '../middleware/actor.ts'
import { requireWithin } from '../middleware/jurisdiction.ts'
import { findReport, listReports } from '../store/reports.ts'
import { writeReportExcel } from '../transfer/exporters/report-excel.ts'
import { serve } from './serve.ts'
import { unitFor } from './unit-for.ts'

const NO_STORE = { 'Cache-Control': 'private, no-store' }
const EXCEL_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

export function reportRoutes({ county, ...context }: ReportContext & { county: string | undefined }): Router {
  const router = Router()
  const { db } = context

  /** Throws `not-found` for a report of elsewhere too: that it exists is nobody's business. */
  const readReport = async (actor: Actor, id: number): Promise<Report> => {
    const report = await findReport(db, id)
    if (!report || !isWithin(report.unitCode, reach(actor, 'report.read'))) throw new Problem('not-found', `There is no report ${id}.`)
    return report
  }

  serve(router, endpoints.listReports, async ({ actor, query: { unit, period, limit } }) => {
    if (unit !== undefined) requireWithin(actor, 'report.read', unit)
    const reports = await listReports(db, { prefix: reach(actor, 'report.read'), unitCode: unit, period, limit })
    return { body: { reports }, headers: NO_STORE }
  })

  serve(router, endpoints.makeReport, async ({ actor, body }) => {
    const unitCode = await unitFor(db, actor, 'report.make', body.unitCode, county)
    return { body: await makeReport(context, actor, { ...body, unitCode }), headers: NO_STORE }
  })

  serve(router, endpoints.report, async ({ actor, params }) => ({ body: await readReport(actor, params.id), headers: NO_STORE }))

  serve(router, endpoints.reportFile, async ({ actor, params, query: { format, lang }, res }) => {
    const { figures, firstDay, madeAt } = await readReport(actor, params.id)
    const report = reportDocument(figures, lang)
    const isPdf = format === 'pdf'
    const bytes = isPdf ? Buffer.from(await analyse('pdf', { report, lang, madeAt: new Date(madeAt) })) : await writeReportExcel(report)
    const name = `${report.title} ${firstDay}`.replace(/[\\/:*?"<>|\p{Cc}]/gu, '_')
    res.attachment(`${name}.${isPdf ? 'pdf' : 'xlsx'}`)
    res
      .type(isPdf ? 'application/pdf' : EXCEL_TYPE)
      .set(NO_STORE)
      .send(bytes)
  })

  return router
}
