/** Plans on the wire: what a planner writes, who said what about it, and what it changes for whom. */
import { z } from 'zod'
import { PLAN_STATES, PLAN_STEPS } from '#model/plan.ts'
import { action, finding, storable } from './edit.ts'
import { position } from './geojson.ts'
import { level, unitCode, unitKind } from './unit.ts'

const instant = z.iso.datetime()
const day = z.iso.date().describe('a day of the county’s own calendar')

const planId = z.coerce.number().int().positive()
export const planParams = z.object({ id: planId })
export const planQuery = z.object({
  unit: unitCode.optional().describe('plans of this unit and below; default: the reader’s own jurisdiction'),
  state: z.enum(PLAN_STATES).optional(),
})

export const planSummary = z.object({
  id: z.number().int(),
  name: z.string(),
  /** What the plan may change: the unit and all below. */
  unitCode,
  state: z.enum(PLAN_STATES),
  /** Raised by every save; what a save must name. */
  revision: z.number().int(),
  /** Version of the coverage that the actions start from: the instant since which it has been in force. */
  base: instant,
  /** True when borders that the plan touches have changed since its base: rebase it. */
  outdated: z.boolean(),
  actionCount: z.number().int(),
  author: z.string(),
  createdAt: instant,
  updatedAt: instant,
  effectiveOn: day.nullable(),
  inForceAt: instant.nullable(),
})
export type PlanSummary = z.infer<typeof planSummary>

/** What the program itself says about a plan, for the screen to put into words. */
export const SAYINGS = [
  'failed-outdated',
  'failed-refused',
  'failed-gap',
  'failed-cover',
  'failed-codes',
  'failed-database',
  'torn',
] as const
export const planSaying = z.object({
  code: z.enum(SAYINGS),
  /** day: when it should have come into force; number, reason: of a refused action; unit, parts: of one that falls apart. */
  params: z.record(z.string(), z.union([z.string(), z.number()])),
})
export type PlanSaying = z.infer<typeof planSaying>

export const planComment = z.object({
  id: z.number().int(),
  at: instant,
  author: z.string(),
  text: z.string(),
  says: planSaying.nullish(),
  /** The step that it came with, when it came with one. */
  step: z.enum(PLAN_STEPS).nullable(),
  where: z.tuple([z.number(), z.number()]).nullable(),
})
export type PlanComment = z.infer<typeof planComment>

export const plan = planSummary.extend({
  note: z.string(),
  actions: z.array(action),
  comments: z.array(planComment),
  /** Steps that the reader may take now. */
  steps: z.array(z.enum(PLAN_STEPS)),
  editable: z.boolean(),
})
export type Plan = z.infer<typeof plan>

const planName = storable(z.string().trim().min(1).max(100))
const longText = storable(z.string().max(2000))
export const newPlan = z.strictObject({ name: planName, unitCode, note: longText.optional() })
export const planChange = z.strictObject({ name: planName.optional(), note: longText.optional() })

/** From the `from`-th action on, the plan's actions are now these: an autosave sends what is new, an undo what is left. */
export const actionsSave = z.strictObject({
  revision: z.number().int().nonnegative(),
  from: z.number().int().nonnegative(),
  actions: z.array(action).max(5000),
})
export const actionsSaved = z.object({ revision: z.number().int(), actionCount: z.number().int(), savedAt: instant })

/** What came in between, told with a 409: the actions that stand in the plan now, from the first one that differs. */
export const newerActions = z.object({
  revision: z.number().int(),
  from: z.number().int(),
  actions: z.array(action),
  savedBy: z.string(),
  savedAt: instant,
})
export type NewerActions = z.infer<typeof newerActions>

/** The first action that cannot be done, told with a 422: nothing was saved. `index` counts in the whole plan. */
export const refusedAction = z.object({
  index: z.number().int(),
  reason: z.string().describe('a refusal of the model, or why the planner may not'),
  where: position.nullable(),
  units: z.array(z.string()),
})
export type RefusedAction = z.infer<typeof refusedAction>

const unitSide = z.object({
  name: z.string(),
  nameEn: z.string().nullable(),
  unitKind,
  geometry: z.unknown(),
  households: z.number().int(),
  residents: z.number().int(),
  areaM2: z.number(),
  parts: z.number().int().describe('units that it is cut into: micro-grids of a grid, the first grids of a village; 0 for a leaf'),
})
/** One unit before and after; null: it was not there, or is not any more. Figures of people only where one may see them. */
export const unitChange = z.object({
  id: z.string(),
  code: unitCode.nullable(),
  newCode: unitCode.nullable().describe('the code it will get, where that differs'),
  level,
  parentCode: unitCode,
  grid: z.string().nullable().describe('id of the grid that a micro-grid is part of'),
  before: unitSide.nullable(),
  after: unitSide.nullable(),
})
export const planDifference = z.object({
  units: z.array(unitChange),
  /** Households, posts, micro-grids, cameras and open incidents that get another unit. */
  moved: z.object({
    households: z.number().int(),
    residents: z.number().int(),
    posts: z.number().int(),
    microgrids: z.number().int(),
    cameras: z.number().int(),
    openIncidents: z.number().int(),
  }),
})
export type PlanDifference = z.infer<typeof planDifference>

export const planCodes = z.object({
  used: z.array(unitCode).describe('codes that were ever given out within the plan’s unit: none is given again'),
})

export const planCheck = z.object({
  findings: z.array(finding),
  refused: z.array(z.object({ index: z.number().int(), reason: z.string() })),
})
export type PlanCheck = z.infer<typeof planCheck>

export const newComment = z.strictObject({
  text: storable(z.string().trim().min(1).max(2000)),
  where: z.tuple([z.number(), z.number()]).optional(),
})
export const stepBody = z.strictObject({
  revision: z.number().int().nonnegative(),
  comment: longText.optional(),
  effectiveOn: day.optional().describe('with publish: tomorrow or later'),
})
export const rebaseBody = stepBody.pick({ revision: true })

export const rebased = plan.extend({
  /** Actions that no longer apply; they are not part of the plan any more, but are told so that nothing is lost. */
  dropped: z.array(z.object({ index: z.number().int(), action, reason: z.string() })),
})
