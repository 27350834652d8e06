/** A report's document as an Excel workbook: a sheet for each block, numbers as numbers. Cells say what the page says. */
import writeExcelFile, { type Cell as ExcelCell, type Row, type Sheet } from 'write-excel-file/node'
import type { Block, Cell, ReportDocument } from '#model/report/document.ts'

const MOST_NAME = 31
const WIDE = 28
const NARROW = 16

const cellOf = ({ text, value, unit }: Cell): ExcelCell => {
  if (value === undefined) return { value: text, type: String }
  const format = unit === 'percent' ? '0.0%' : Number.isInteger(value) ? '#,##0' : '0.0##'
  return { value, type: Number, format }
}
const bold = (value: string, align: 'left' | 'right' = 'left'): ExcelCell => ({ value, type: String, fontWeight: 'bold', align })

function sheetOf(report: ReportDocument, block: Block, first: boolean): Sheet<never> {
  const { columns, rows, title, note, none } = block
  const head: Row[] = first ? [[bold(report.title)], ...report.lines.map((line): Row => [{ value: line, type: String }]), []] : []
  const data: Row[] = [
    ...head,
    [bold(title)],
    ...(note ? [[{ value: note, type: String } as ExcelCell]] : []),
    columns.map(({ label, align }) => bold(label, align)),
    ...(rows.length > 0 ? rows.map((row): Row => row.map(cellOf)) : [[{ value: none ?? '', type: String } as ExcelCell]]),
  ]
  // What Excel takes for a sheet's name.
  const sheet = title.replace(/[\\/?*[\]:]/g, ' ').slice(0, MOST_NAME)
  return { data, sheet, columns: columns.map(({ align }) => ({ width: align === 'left' ? WIDE : NARROW })) }
}

/** The file's bytes. */
export const writeReportExcel = (report: ReportDocument): Promise<Buffer> =>
  writeExcelFile(report.blocks.map((block, n) => sheetOf(report, block, n === 0))).toBuffer()
