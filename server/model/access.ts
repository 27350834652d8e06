/**
 * Who may do what, where: role × permission × jurisdiction. A jurisdiction is a unit code and holds all below it;
 * the empty one, of the first administrator, holds everything. Unit polygons are no secret inside their county;
 * incidents, cameras and counts are shown inside the jurisdiction only.
 */
import { countyOf, isWithin } from './code.ts'
import type { Transition } from './workflow.ts'

export const ROLES = ['administrator', 'commander', 'dispatcher', 'planner', 'grid_worker', 'wall'] as const
export type Role = (typeof ROLES)[number]

export const PERMISSIONS = [
  'unit.read',
  'unit.import',
  'unit.export',
  'building.read',
  'building.import',
  'plan.read',
  'plan.edit',
  'plan.outline',
  'plan.reparent',
  'plan.review',
  'plan.approve',
  'plan.publish',
  'camera.read',
  'camera.import',
  'kind.read',
  'summary.read',
  'stream.read',
  'incident.read',
  'incident.detail',
  'incident.report',
  'incident.accept',
  'incident.route',
  'incident.assign',
  'incident.handle',
  'incident.feedback',
  'incident.close',
  'incident.return',
  'incident.pause',
  'incident.resume',
  'incident.cancel',
  'incident.supervise',
  'incident.import',
  'user.manage',
  'token.manage',
  'report.read',
  'report.make',
  'audit.read',
  'metrics.read',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/** The permission that a transition asks for. */
export const permissionOf = (transition: Transition): Permission => `incident.${transition}`

const READ = ['unit.read', 'camera.read', 'kind.read', 'summary.read', 'stream.read', 'incident.read'] as const
const FIELD = ['incident.detail', 'incident.report', 'incident.handle', 'incident.feedback', 'incident.close'] as const
const DESK = [
  'incident.accept',
  'incident.route',
  'incident.assign',
  'incident.return',
  'incident.pause',
  'incident.resume',
  'incident.cancel',
] as const

/** A plan's readers may comment on it; who wrote it may not approve it, whatever his role. */
const PLANS = ['building.read', 'unit.export', 'plan.read', 'plan.review'] as const

const GRANTS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  administrator: new Set(PERMISSIONS),
  commander: new Set<Permission>([
    ...READ,
    ...FIELD,
    ...DESK,
    ...PLANS,
    'plan.approve',
    'plan.publish',
    'incident.supervise',
    'report.read',
    'report.make',
    'audit.read',
  ]),
  dispatcher: new Set<Permission>([...READ, ...FIELD, ...DESK, 'report.read']),
  planner: new Set<Permission>([
    ...(['unit.read', 'unit.import', 'building.import', 'kind.read', 'summary.read', 'camera.read', 'stream.read'] as const),
    ...PLANS,
    ...(['plan.edit', 'plan.reparent'] as const),
  ]),
  grid_worker: new Set<Permission>(['unit.read', 'kind.read', 'stream.read', 'incident.read', ...FIELD]),
  wall: new Set<Permission>(READ),
}

/** True when `role` holds everything that `other` holds, and so may hand it out. */
export const covers = (role: Role, other: Role): boolean => [...GRANTS[other]].every((permission) => GRANTS[role].has(permission))

export interface Viewer {
  role: Role
  /** Jurisdiction: a unit code, or '' for everything. */
  unitCode: string
}

/** True when the role holds the permission somewhere. */
export const can = (role: Role, permission: Permission): boolean => GRANTS[role].has(permission)

/**
 * Code prefix inside which the viewer may use the permission: for unit polygons the whole county, otherwise the jurisdiction.
 * What a query for that permission is clipped to.
 */
export const reach = (viewer: Viewer, permission: Permission): string =>
  permission === 'unit.read' ? countyOf(viewer.unitCode) : viewer.unitCode

/** True when the viewer may use the permission on what lies at the unit `code`; otherwise why not. */
export function allows(viewer: Viewer, permission: Permission, code: string): true | { reason: string } {
  if (!can(viewer.role, permission)) return { reason: `the role ${viewer.role} does not hold ${permission}` }
  if (!isWithin(code, reach(viewer, permission))) return { reason: `${code} lies outside the jurisdiction ${viewer.unitCode}` }
  return true
}
