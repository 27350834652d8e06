/**
 * Importing units: the file's finest units, with those of the county that it does not name, must be a coverage. Then they are
 * in force at once, all of them; otherwise every fault is told with its place, and nothing is written.
 */
import { Problem } from '#contract/problem.ts'
import type { ImportSummary } from '#contract/transfer.ts'
import type { County } from '#contract/unit.ts'
import { locator } from '#model/locate.ts'
import type { Queryable } from '../db/db.ts'
import { requireWithin } from '../middleware/jurisdiction.ts'
import { insertAudit } from '../store/audit.ts'
import { findCounty, putCounty } from '../store/counties.ts'
import { multiPolygonEwkb } from '../store/ewkb.ts'
import { announceReload } from '../store/outbox.ts'
import {
  type CurrentUnit,
  endVersions,
  ensureUnits,
  insertVersions,
  listCurrentUnits,
  listLeafPolygons,
  listUsedCodes,
  relocate,
  replaceBorders,
  type UnitFacts,
} from '../store/unit-versions.ts'
import { datumFor, DatumDoubt } from '../transfer/place.ts'
import { openFile } from '../transfer/profile.ts'
import { Tally } from '../transfer/tally.ts'
import type { UnitPlan } from '../transfer/unit-plan.ts'
import { readUnit, type UnitRow } from '../transfer/unit-rows.ts'
import { type ImportContext, requireCounty } from './import-context.ts'
import { planUnitsAside } from './unit-plan-worker.ts'

/** Throws `bad-request` when the county is new and unnamed, `too-large` for borders that cannot be worked out, and what reading a file throws. */
export async function importUnits(tx: Queryable, context: ImportContext): Promise<ImportSummary> {
  const { actor, profile, file, dryRun, now, onProgress } = context
  const code = requireCounty(profile)
  requireWithin(actor, 'unit.import', code)
  const before = await findCounty(tx, code)
  const county = countyFrom(context, code, before)
  const opened = await openFile(file, profile, profile.columns?.code ? ['code'] : ['name'])
  const datum = datumFor(profile.datum, opened.reading.datum)
  const tally = new Tally()
  for (const note of opened.reading.notes) tally.note(note)
  tally.noteSynthetic(before)

  const rows: UnitRow[] = []
  for await (const source of opened.rows) {
    tally.counts.read++
    const row = readUnit(source, { profile, datum, county: code, has: opened.has })
    if ('message' in row) tally.bad(row.row, row.code, row.message)
    else rows.push(row)
    onProgress('read', file.position, file.size)
  }
  if (tally.counts.read === 0) throw new Problem('bad-file', 'The file holds no rows.')
  const refuse = () => tally.summary('units', code, dryRun, true)
  // A unit that is left out is a gap, so one bad row forbids the rest.
  if (tally.counts.bad > 0) return refuse()

  const current = await listCurrentUnits(tx, code)
  const leaves = await listLeafPolygons(tx, code)
  const used = await listUsedCodes(tx, code)
  const level = profile.level ?? 'grid'
  const plan = await planUnitsAside({ county, rows, current, leaves, used, level, replace: profile.replace ?? false, source: file.name })
  if ('places' in plan) {
    for (const fault of plan.rows) tally.bad(fault.row, fault.code, fault.message)
    for (const { kind, ids, where, areaM2, reason, row } of plan.places) {
      const size = areaM2 === undefined ? '' : ` (${Math.abs(areaM2) < 10 ? areaM2.toFixed(2) : Math.round(areaM2)} m²)`
      tally.counts.bad++
      tally.note({ row, code: kind, weight: 'fault', message: `${ids.join(', ')}: ${reason}${size}.`, ...(where && { where }) })
    }
    return refuse()
  }
  const doubt = new DatumDoubt(datum)
  for (const unit of plan.units) if (plan.rowOf.has(unit.code)) doubt.see(unit.labelPoint)
  const warning = leaves.length > 0 ? doubt.warning(locator(leaves)) : null
  if (warning) tally.note(warning)

  const change = compare(plan, current)
  tally.counts.ended = change.ended.filter((ended) => current.some((unit) => unit.code === ended && unit.isLeaf)).length
  for (const unitCode of plan.rowOf.keys())
    tally.counts[change.fresh.has(unitCode) ? 'created' : change.changed.has(unitCode) ? 'updated' : 'unchanged']++
  const summary = tally.summary('units', code, dryRun, false)
  const sameCounty = before !== null && (Object.keys(county) as (keyof County)[]).every((key) => before[key] === county[key])
  if (dryRun || (change.units.length === 0 && change.ended.length === 0 && sameCounty)) return summary

  onProgress('write', 0, change.units.length)
  await putCounty(tx, county)
  await write(tx, code, plan, change, now)
  await insertAudit(tx, actor, {
    action: 'unit.import',
    noun: 'unit',
    nounId: code,
    unitCode: code,
    detail: { file: file.name, created: summary.created, updated: summary.updated, ended: summary.ended },
  })
  await announceReload(tx, 'unit', now)
  onProgress('write', change.units.length, change.units.length)
  return summary
}

interface Change {
  /** Units that get a new version. */
  units: UnitFacts[]
  fresh: Set<string>
  changed: Set<string>
  ended: string[]
  /** True when a leaf came, went or moved: places must be looked up anew. */
  moved: boolean
}

function compare({ units }: UnitPlan, current: readonly CurrentUnit[]): Change {
  const today = new Map(current.map((unit) => [unit.code, unit]))
  const change: Change = { units: [], fresh: new Set(), changed: new Set(), ended: [], moved: false }
  for (const unit of units) {
    const now = today.get(unit.code)
    today.delete(unit.code)
    const moved = !now || now.isLeaf !== unit.isLeaf || now.ewkb !== multiPolygonEwkb(unit.polygons)
    if (!moved && isSame(unit, now)) continue
    change.units.push(unit)
    ;(now ? change.changed : change.fresh).add(unit.code)
    change.moved ||= moved && (unit.isLeaf || now?.isLeaf === true)
  }
  change.ended = [...today.keys()]
  change.moved ||= change.ended.length > 0
  return change
}

const COMPARED = ['parentCode', 'level', 'unitKind', 'name', 'nameEn', 'households', 'residents'] as const
const isSame = (unit: UnitFacts, now: CurrentUnit): boolean => COMPARED.every((key) => unit[key] === now[key])

async function write(tx: Queryable, countyCode: string, plan: UnitPlan, change: Change, now: Date): Promise<void> {
  await endVersions(tx, [...change.changed, ...change.ended], now)
  const ids = await ensureUnits(tx, countyCode, change.units.map(({ code }) => code)) // prettier-ignore
  await insertVersions(tx, countyCode, change.units, ids, now)
  if (!change.moved) return
  await replaceBorders(tx, countyCode, plan.borders, now)
  const relocated = await relocate(tx, countyCode)
  if (relocated.incidents > 0) await announceReload(tx, 'incident', now)
  if (relocated.cameras > 0) await announceReload(tx, 'camera', now)
}

/** What the profile says over what the county has. A new one must be named, and its clock be known. */
function countyFrom({ profile }: ImportContext, code: string, before: County | null): County {
  const name = profile.countyName ?? before?.name
  const timeZone = profile.timeZone ?? before?.timeZone
  if (name === undefined) throw new Problem('bad-request', `The county ${code} is new: say its name (countyName).`)
  if (timeZone === undefined)
    throw new Problem('bad-request', `The county ${code} is new: say its time zone (timeZone), such as Asia/Shanghai.`)
  return {
    code,
    name,
    nameEn: profile.countyNameEn ?? before?.nameEn ?? null,
    timeZone,
    synthetic: before?.synthetic ?? false,
    attribution: profile.attribution ?? before?.attribution ?? null,
  }
}
