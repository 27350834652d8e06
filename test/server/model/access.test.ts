import { describe, expect, it } from 'vitest'
import { allows, can, covers, permissionOf, PERMISSIONS, reach, ROLES } from '#model/access.ts'
import { TRANSITIONS } from '#model/workflow.ts'

describe('access', () => {
  it('holds a permission for every transition', () => {
    for (const transition of TRANSITIONS) expect(PERMISSIONS).toContain(permissionOf(transition))
  })
  it('lets the administrator do everything and the wall only read', () => {
    for (const permission of PERMISSIONS) {
      expect(can('administrator', permission)).toBe(true)
      if (!permission.endsWith('.read')) expect(can('wall', permission)).toBe(false)
    }
    for (const role of ROLES.filter((role) => role !== 'administrator')) {
      expect(can(role, 'user.manage') || can(role, 'token.manage') || can(role, 'incident.import')).toBe(false)
    }
  })
  it('clips incidents and cameras to the jurisdiction', () => {
    const dispatcher = { role: 'dispatcher', unitCode: '331004001' } as const
    expect(allows(dispatcher, 'incident.read', '331004001201003')).toBe(true)
    expect(allows(dispatcher, 'incident.read', '331004')).toHaveProperty('reason')
    expect(allows(dispatcher, 'camera.read', '331004002')).toHaveProperty('reason')
  })
  it('shows unit polygons in the whole county, and in no other', () => {
    const worker = { role: 'grid_worker', unitCode: '331004001201003' } as const
    expect(allows(worker, 'unit.read', '331004009')).toBe(true)
    expect(allows(worker, 'unit.read', '029510')).toHaveProperty('reason')
    expect(reach(worker, 'unit.read')).toBe('331004')
    expect(reach(worker, 'incident.read')).toBe('331004001201003')
  })
  it('gives the empty jurisdiction everything', () => {
    const first = { role: 'administrator', unitCode: '' } as const
    for (const code of ['331004', '029510000000001']) {
      expect(allows(first, 'unit.read', code)).toBe(true)
      expect(allows(first, 'incident.read', code)).toBe(true)
    }
  })
  it('lets a role hand out what it holds itself, and no more', () => {
    for (const role of ROLES) {
      expect(covers('administrator', role)).toBe(true)
      expect(covers(role, role)).toBe(true)
      expect(covers(role, 'administrator')).toBe(role === 'administrator')
    }
    expect(covers('commander', 'dispatcher')).toBe(true)
    expect(covers('dispatcher', 'commander')).toBe(false)
    expect(covers('planner', 'wall')).toBe(false)
  })
})
