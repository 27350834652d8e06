import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CopyRows } from '../../../server/heat/copy-rows.ts'
import { severityOf, sourceOf, stateOf } from '../../../server/model/heat/filter.ts'
import { foldUuid, IncidentColumns } from '../../../server/model/heat/incident-columns.ts'
import { NOWHERE } from '../../../server/model/heat/month-block.ts'
import { heatIncident, type HeatIncident } from '../../fixtures/heat-incidents.ts'

const int32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
const field = (bytes: Buffer | null) => (bytes ? Buffer.concat([int32(bytes.length), bytes]) : int32(-1))
const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), int32(0), int32(0)])

/** A row as PostgreSQL writes it. */
const rowOf = ({ id, reportedAt, location, kind, severity, state, source, unitCode }: HeatIncident): Buffer => {
  const time = Buffer.alloc(8)
  time.writeBigInt64BE((BigInt(reportedAt.getTime()) - 946_684_800_000n) * 1000n)
  const place = location ? location.map((degrees) => int32(Math.round(degrees * 1e7))) : [null, null]
  const words = [kind, severity, state, source, unitCode].map((word) => Buffer.from(word))
  const fields = [time, ...place, ...words, Buffer.from(id.replaceAll('-', ''), 'hex')].map(field)
  return Buffer.concat([Buffer.from([0, 9]), ...fields])
}

const read = (columns: IncidentColumns) =>
  columns.blocks.flatMap((block) =>
    Array.from({ length: block.size }, (_, row) => ({
      ...{ seconds: block.start + block.times[row]!, x: block.xs[row], y: block.ys[row], id: block.ids[row] },
      ...{ kind: columns.kinds.words[block.kinds[row]!], unit: columns.units.words[block.units[row]!] },
      ...{ severity: severityOf(block.traits[row]!), state: stateOf(block.traits[row]!), source: sourceOf(block.traits[row]!) },
    })),
  )
const told = ({ id, reportedAt, location, kind, severity, state, source, unitCode }: HeatIncident) => ({
  ...{ seconds: Math.floor(reportedAt.getTime() / 1000), id: foldUuid(id), kind, unit: unitCode, severity, state, source },
  x: location ? Math.round(location[0] * 1e7) : NOWHERE,
  y: location ? Math.round(location[1] * 1e7) : 0,
})
const inOrder = <T extends { id: number | undefined }>(rows: T[]) => rows.sort((a, b) => a.id! - b.id!)

describe('rows of a COPY', () => {
  it('are read wherever they were cut, with and without what stands around them', () => {
    fc.assert(
      fc.property(
        fc.array(heatIncident, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        (incidents, cuts, isWhole) => {
          const rows = incidents.map(rowOf)
          const bytes = Buffer.concat(isWhole ? [HEADER, ...rows, Buffer.from([0xff, 0xff])] : rows)
          const columns = new IncidentColumns()
          const reader = new CopyRows(columns)
          reader.begin()
          for (let at = 0, n = 0; at < bytes.length; n++) {
            const end = at + cuts[n % cuts.length]!
            reader.take(bytes.subarray(at, end))
            at = end
          }
          expect(reader.rows).toBe(incidents.length)
          expect(inOrder(read(columns))).toEqual(inOrder(incidents.map(told)))
        },
      ),
    )
  })

  it('are refused when they are no such rows', () => {
    const reader = new CopyRows(new IncidentColumns())
    reader.begin()
    expect(() => reader.take(Buffer.from([0, 3, 0, 0]))).toThrow('a row of 3 fields')
    const [incident] = fc.sample(heatIncident, 1)
    reader.begin()
    expect(() => reader.take(rowOf({ ...incident!, id: randomUUID(), state: 'unheard' as 'closed' }))).toThrow('not known')
  })
})
