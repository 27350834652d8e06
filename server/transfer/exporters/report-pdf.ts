/**
 * A report's document as PDF: A4, text that can be searched and copied, the Chinese font embedded as a subset of what is used.
 * No browser takes part.
 */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import PDFDocument from 'pdfkit'
import type { Block, ReportDocument } from '#model/report/document.ts'
import { REPORT_WORDS, type ReportLanguage } from '#model/report/words.ts'

const require = createRequire(import.meta.url)
const FONTS = join(dirname(require.resolve('@embedpdf/fonts-sc')), '..', 'fonts')
const FACES = { text: join(FONTS, 'NotoSansHans-Regular.otf'), bold: join(FONTS, 'NotoSansHans-Medium.otf') } as const

/** Points. */
const MARGIN = 48
const FOOT = 24
const SIZE = { title: 20, section: 13, text: 9 } as const
const ROW = 16
const PAD = 3
const INK = { text: '#14191D', quiet: '#5F6A73', line: '#DFE2DE', head: '#F4F5F3', rule: '#14191D' } as const

/** The file's bytes. `madeAt` is the date that the file says of itself, so that the same report is the same file. */
export async function writeReportPdf(report: ReportDocument, lang: ReportLanguage, madeAt: Date): Promise<Buffer> {
  const pdf = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    bufferPages: true,
    lang: lang === 'zh' ? 'zh-CN' : 'en',
    displayTitle: true,
    info: { Title: report.title, Producer: 'Gridward', Creator: 'Gridward', CreationDate: madeAt, ModDate: madeAt },
  })
  const chunks: Buffer[] = []
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise<void>((resolve, reject) => pdf.once('end', resolve).once('error', reject))
  pdf.registerFont('text', FACES.text).registerFont('bold', FACES.bold)
  const width = pdf.page.width - 2 * MARGIN

  pdf.font('bold').fontSize(SIZE.title).fillColor(INK.text).text(report.title, MARGIN, MARGIN, { width })
  pdf.moveDown(0.3)
  pdf
    .font('bold')
    .fontSize(SIZE.section)
    .text(report.lines[0] ?? '', { width })
  pdf.font('text').fontSize(SIZE.text).fillColor(INK.quiet)
  for (const line of report.lines.slice(1)) pdf.text(line, { width })
  for (const block of report.blocks) drawBlock(pdf, block, width)

  const { count } = pdf.bufferedPageRange()
  for (let page = 0; page < count; page++) {
    pdf.switchToPage(page)
    // Below the margin pdfkit would open a new page.
    pdf.page.margins.bottom = 0
    const y = pdf.page.height - MARGIN + FOOT / 2
    pdf.font('text').fontSize(SIZE.text).fillColor(INK.quiet)
    pdf.text(report.title, MARGIN, y, { width: width / 2, lineBreak: false })
    pdf.text(REPORT_WORDS[lang].page(page + 1, count), MARGIN + width / 2, y, { width: width / 2, align: 'right', lineBreak: false })
  }
  pdf.end()
  await ended
  return Buffer.concat(chunks)
}

type Pdf = InstanceType<typeof PDFDocument>
const roomOf = (pdf: Pdf): number => pdf.page.height - MARGIN - pdf.y

function drawBlock(pdf: Pdf, block: Block, width: number): void {
  const whole = block.columns.reduce((sum, column) => sum + column.width, 0)
  const widths = block.columns.map((column) => (column.width / whole) * width)
  // A heading stays with its first rows.
  if (roomOf(pdf) < 5 * ROW + SIZE.section * 2) pdf.addPage()
  else pdf.y += SIZE.section * 1.4
  pdf.font('bold').fontSize(SIZE.section).fillColor(INK.text).text(block.title, MARGIN, pdf.y, { width })
  if (block.note) pdf.font('text').fontSize(SIZE.text).fillColor(INK.quiet).text(block.note, { width })
  pdf.y += 4
  if (block.rows.length === 0) {
    pdf
      .font('text')
      .fontSize(SIZE.text)
      .fillColor(INK.text)
      .text(block.none ?? '', MARGIN, pdf.y + PAD, { width })
    return
  }
  drawHead(pdf, block, widths, width)
  for (const row of block.rows) {
    const height = heightOf(
      pdf,
      row.map(({ text }) => text),
      widths,
    )
    if (roomOf(pdf) < height) {
      pdf.addPage()
      drawHead(pdf, block, widths, width)
    }
    drawRow(
      pdf,
      block,
      row.map(({ text }) => text),
      { widths, width, height, face: 'text' },
    )
  }
}

function drawHead(pdf: Pdf, block: Block, widths: readonly number[], width: number): void {
  const labels = block.columns.map(({ label }) => label)
  const height = heightOf(pdf.font('bold').fontSize(SIZE.text), labels, widths)
  pdf.rect(MARGIN, pdf.y, width, height).fill(INK.head)
  drawRow(pdf, block, labels, { widths, width, height, face: 'bold' })
}

/** As high as the longest cell needs. */
function heightOf(pdf: Pdf, texts: readonly string[], widths: readonly number[]): number {
  pdf.fontSize(SIZE.text)
  return Math.max(ROW, ...texts.map((text, n) => pdf.heightOfString(text, { width: widths[n]! - 2 * PAD }) + 2 * PAD))
}

interface RowShape {
  widths: readonly number[]
  width: number
  height: number
  face: keyof typeof FACES
}

function drawRow(pdf: Pdf, block: Block, texts: readonly string[], { widths, width, height, face }: RowShape): void {
  const { y } = pdf
  pdf.font(face).fontSize(SIZE.text).fillColor(INK.text)
  let x = MARGIN
  texts.forEach((text, n) => {
    pdf.text(text, x + PAD, y + PAD, { width: widths[n]! - 2 * PAD, align: block.columns[n]!.align })
    x += widths[n]!
  })
  pdf.y = y + height
  pdf
    .moveTo(MARGIN, pdf.y)
    .lineTo(MARGIN + width, pdf.y)
    .lineWidth(0.5)
    .stroke(INK.line)
}
