import { render, screen } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import type { PlanDifference } from '#contract/plan.ts'
import { groupsOf } from '../../../../web/panels/workbench/change-rows.ts'
import Changes from '../../../../web/panels/workbench/Changes.svelte'
import ChangesTable from '../../../../web/panels/workbench/ChangesTable.svelte'
import { hear, inPlaces, press, said, summary, text, ZONE } from '../../../fixtures/plan-panels.ts'

beforeEach(() => void (said.length = 0))

describe('what changes', () => {
  const square = (x: number) => ({ type: 'Polygon', coordinates: [[[x, 28], [x + 0.01, 28], [x + 0.01, 28.01], [x, 28.01], [x, 28]]] }) // prettier-ignore
  const side = (name: string, households: number, x: number, parts = 0) => ({
    ...{ name, nameEn: null, unitKind: 'general' as const, parts },
    ...{ geometry: square(x), households, residents: households * 3, areaM2: 520_000 },
  })
  const unit = { newCode: null, level: 'grid', parentCode: '331004100201', grid: null } as const
  const coded = (code: string) => ({ ...unit, id: code, code })
  const difference: PlanDifference = {
    units: [
      { ...unit, id: 'n1', code: null, before: null, after: side('新桥 09', 310, 121.02) },
      { ...coded('331004100201001'), before: side('新桥 01', 512, 121), after: side('新桥 01', 468, 121) },
      {
        ...coded('331004100201002'),
        newCode: '331004100201007',
        before: side('新桥 02', 400, 121.01),
        after: side('新桥 02', 400, 121.01),
      },
      { ...coded('331004100201003'), before: side('新桥 03', 100, 121.03), after: null },
    ],
    moved: { households: 486, residents: 1400, posts: 4, microgrids: 9, cameras: 2, openIncidents: 3 },
  }
  const table = { plan: summary, difference, zone: ZONE, close: hear('close') }

  it('is told in a few numbers, with the table and the divided map a click away', async () => {
    render(Changes, { props: { moved: difference.moved, swiping: false, openTable: hear('table'), toggleSwipe: hear('swipe') } })
    expect(text()).toContain('换网格的户 486 户')
    expect(text()).toContain('微网格改挂 9 个')
    await press('变化明细')
    await press('划动对比')
    expect(said).toEqual([['table'], ['swipe']])
  })
  it('is nothing for a plan without changes', () => {
    render(Changes, { props: { moved: null, swiping: false, openTable: hear('t'), toggleSwipe: hear('s') } })
    expect(text()).toContain('方案与现行边界相同')
  })
  it('is something where borders move and nobody changes the grid', () => {
    const moved = { households: 0, residents: 0, posts: 0, microgrids: 0, cameras: 0, openIncidents: 0 }
    render(Changes, { props: { moved, swiping: false, openTable: hear('t'), toggleSwipe: hear('s') } })
    expect(text()).toContain('换网格的户 0 户')
    expect(text()).not.toContain('方案与现行边界相同')
  })
  it('stands in a table by village, codes in order and new ones last', () => {
    inPlaces(ChangesTable, table)
    const rows = screen.getAllByRole('row').map((each) => [...each.children].map((cell) => cell.textContent!.trim().replace(/\s+/g, ' ')))
    expect(rows.slice(1)).toEqual([
      ['路桥区 · 新桥镇 新桥村', '1,012', '1,178', '+166', ''],
      ['新桥 01', '331004100201001', '调整', '512', '468', '\u221244', '1,536', '1,404', '0.520', '0.520'],
      ['新桥 02', '331004100201002 → 331004100201007', '改代码', '400', '400', '0', '1,200', '1,200', '0.520', '0.520'],
      ['新桥 03', '331004100201003', '撤销', '100', '—', '\u2212100', '300', '—', '0.520', '—'],
      ['新桥 09', '生效时编', '新增', '—', '310', '+310', '—', '930', '—', '0.520'],
    ])
    expect(groupsOf(difference.units)[0]!.households).toEqual({ before: 1012, after: 1178 })
  })
  it('is drawn before and after, with the old lines dashed in the new', () => {
    inPlaces(ChangesTable, table)
    expect(screen.getAllByRole('img').map((each) => each.getAttribute('aria-label'))).toEqual(['现行', '方案'])
    expect(document.querySelectorAll('path.old')).toHaveLength(1)
  })
  it('has cut grids beside their micro-grids, and says what is called or kept otherwise', () => {
    const micro = { ...unit, level: 'microgrid', parentCode: '331004100201004', grid: '331004100201004' } as const
    const old = side('新桥 05', 300, 121.05)
    const units: PlanDifference['units'] = [
      { ...coded('331004100201004'), before: side('新桥 04', 410, 121.04), after: side('新桥 04', 410, 121.04, 2) },
      { ...micro, id: 'n2', code: null, before: null, after: side('新桥 04-1', 200, 121.04) },
      { ...micro, id: 'n3', code: null, before: null, after: side('新桥 04-2', 210, 121.04) },
      { ...coded('331004100201005'), before: old, after: { ...old, name: '渡头', nameEn: 'Dutou' } },
      { ...coded('331004100201006'), before: old, after: { ...old, nameEn: 'Xinqiao 6' } },
      { ...coded('331004100201007'), before: old, after: { ...old, unitKind: 'dedicated' } },
      { ...coded('331004100201008'), before: old, after: old },
    ]
    inPlaces(ChangesTable, { ...table, difference: { ...difference, units } })
    const cells = screen.getAllByRole('row').map((each) => [...each.children].slice(0, 5).map((cell) => cell.textContent!.trim().replace(/\s+/g, ' '))) // prettier-ignore
    expect(cells.slice(1).map(([name, , fate, before, after]) => [name, fate, before, after])).toEqual([
      ['路桥区 · 新桥镇 新桥村', '1,310', '0', ''],
      ['新桥 04', '细分 0 → 2 个', '410', '410'],
      ['渡头 新桥 05 → 渡头— → Dutou', '改名', '300', '300'],
      ['新桥 05 — → Xinqiao 6', '改名', '300', '300'],
      ['新桥 05 综合 → 专属', '改类型', '300', '300'],
      ['新桥 04 的微网格', undefined, undefined, undefined],
      ['新桥 04-1', '新增', '—', '200'],
      ['新桥 04-2', '新增', '—', '210'],
    ])
    expect(text()).toContain('另有 1 个网格')
  })
})
