import { fireEvent, render, screen, within } from '@testing-library/svelte'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApiProblem } from '../../../../web/api/client.ts'
import { speak } from '../../../../web/i18n/i18n.ts'
import {
  areaWords,
  breakGroups,
  choicesOf,
  type CleaningAccount,
  type FileReading,
  sliverSums,
} from '../../../../web/panels/workbench/cleaning-words.ts'
import ImportDialog from '../../../../web/panels/workbench/ImportDialog.svelte'

const NAMES: Record<string, string> = { a: '东桥 01', b: '长里 02', c: '长里 03' }
const nameOf = (id: string) => NAMES[id] ?? id
const where: [number, number] = [121.4, 28.5]
const account = (change: Partial<CleaningAccount> = {}): CleaningAccount => ({
  ...{ isSound: true, unchanged: false, vertices: 1200, movedVertices: 34, largestMoveM: 0.82, breaks: [], settled: [], movedM2: 214 },
  ...{ faults: [], lost: [], unsound: [], areas: ['a', 'b', 'c'].map((id) => ({ id, beforeM2: 5e5, afterM2: 5e5 })) },
  ...change,
})
const overlap = { kind: 'overlap', ids: ['a', 'b'], where, areaM2: 21_400, widthM: 96, key: 'k1' } as const
const dirty = account({
  isSound: false,
  faults: [{ ...overlap, ids: [...overlap.ids] }],
  breaks: [
    { kind: 'self-crossing', id: 'a', where, count: 1 },
    { kind: 'self-crossing', id: 'b', where: null, count: 2 },
    { kind: 'repeated-point', id: 'a', where, count: 5 },
  ],
  settled: [
    { kind: 'gap', ids: ['a', 'b'], where, areaM2: 214, widthM: 0.4, to: 'a', key: null },
    { kind: 'gap', ids: ['b', 'c'], where, areaM2: 86, widthM: 0.3, to: 'c', key: null },
    { kind: 'overhang', ids: ['c'], where, areaM2: 9, widthM: 0.2, to: null, key: null },
  ],
})
const said: unknown[][] = []
const text = (): string => document.body.textContent!.replace(/\s+/g, ' ')
const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }))
const button = (name: string) => screen.getByRole('button', { name }) as HTMLButtonElement

beforeEach(() => void (said.length = 0))
afterEach(() => speak({ lang: 'zh' }))

describe('the account of a cleaning', () => {
  it('gathers what is broken by kind', () => {
    expect(breakGroups(dirty.breaks).map(({ kind, units, times }) => [kind, units, times])).toEqual([
      ['self-crossing', 2, 3],
      ['repeated-point', 1, 5],
    ])
  })
  it('adds up slivers, not what was decided', () => {
    const decided = { ...dirty.settled[0]!, key: 'k9' }
    expect(sliverSums([...dirty.settled, decided])).toEqual([
      { kind: 'gap', number: 2, areaM2: 300 },
      { kind: 'overhang', number: 1, areaM2: 9 },
    ])
  })
  it('offers a gap to stay and an overhang to be cut, an overlap only to those who claim it', () => {
    expect(choicesOf({ kind: 'gap', ids: ['a', 'b'] })).toEqual(['a', 'b', 'leave'])
    expect(choicesOf({ kind: 'overhang', ids: ['a'] })).toEqual(['cut'])
    expect(choicesOf({ kind: 'overlap', ids: ['a', 'b'] })).toEqual(['a', 'b'])
  })
  it('writes areas in the unit that suits them', () => {
    expect([9.4, 214, 21_400].map(areaWords)).toEqual(['9.4\u00a0m²', '214\u00a0m²', '0.021\u00a0km²'])
  })
})

describe('the import', () => {
  const file = new File(['{}'], '长里.zip')
  const open = async (answers: (CleaningAccount | Error)[], put: () => string | null = () => null) => {
    const check = async (_file: File, reading: FileReading) => {
      said.push(['check', reading])
      const answer = answers.shift()!
      if (answer instanceof Error) throw answer
      return { account: answer, nameOf }
    }
    render(ImportDialog, {
      ...{ check, look: (at: [number, number]) => void said.push(['look', at]), close: () => void said.push(['close']) },
      put: async () => {
        said.push(['put'])
        return put()
      },
    })
    await fireEvent.change(screen.getByLabelText('边界文件'), { target: { files: [file] } })
  }
  const reading = () => said.filter(([name]) => name === 'check').at(-1)![1] as FileReading

  it('reads the file as it says itself unless told otherwise', async () => {
    await open([account({ unchanged: true })])
    await press('检查')
    expect(reading()).toEqual({ encoding: '', datum: '', crs: '', layer: '', tolerance: 1, decisions: {} })
    expect(await screen.findByText('3 个单元严丝合缝，不用清理。')).toBeTruthy()
  })
  it('takes a coordinate system, an encoding and a tolerance', async () => {
    await open([account()])
    await fireEvent.input(screen.getByLabelText('坐标系'), { target: { value: 'EPSG:4549' } })
    await fireEvent.input(screen.getByLabelText('容差（米）'), { target: { value: '2.5' } })
    await fireEvent.change(screen.getByLabelText('文字编码'), { target: { value: 'gb18030' } })
    await press('检查')
    expect(reading()).toMatchObject({ crs: 'EPSG:4549', tolerance: 2.5, encoding: 'gb18030' })
  })
  it('tells what it mended, and to whom the slivers went', async () => {
    await open([dirty])
    await press('检查')
    await screen.findByText('已自动修好')
    expect(text()).toContain('细条缝隙 2 处，共 300 m²，归共边最长的一方')
    expect(text()).toContain('缝隙，宽 0.4 m，214 m² 东桥 01、长里 02 → 东桥 01')
    expect(text()).toContain('自交，按围住的地算 2 个单元，3 处，如 东桥 01')
    expect(text()).toMatch(/34 \/ 1,200\s*移动的顶点|移动的顶点\s*34 \/ 1,200/)
  })
  it('leaves real overlaps to a person, and puts nothing into the plan before that', async () => {
    await open([dirty, account({ settled: [{ ...overlap, ids: ['a', 'b'], to: 'b' }] })])
    await press('检查')
    const choice = await screen.findByRole('combobox', { name: /重叠，宽 96 m，0.021\skm²，东桥 01、长里 02/ })
    expect(
      within(choice)
        .getAllByRole('option')
        .map((each) => each.textContent),
    ).toEqual(['未决定', '归 东桥 01', '归 长里 02'])
    expect([button('放进方案').disabled, button('放进方案').title]).toEqual([true, '还有 1 处没有决定'])
    await fireEvent.change(choice, { target: { value: 'b' } })
    expect(button('放进方案').disabled).toBe(true)
    await press('重新检查')
    expect(reading().decisions).toEqual({ k1: 'b' })
    await screen.findByText('已决定 1 处')
    expect((screen.getByRole('combobox', { name: /重叠/ }) as HTMLSelectElement).value).toBe('b')
    await press('放进方案')
    expect(said.slice(-2)).toEqual([['put'], ['close']])
  })
  it('takes a decision back', async () => {
    await open([dirty, account({ settled: [{ ...overlap, ids: ['a', 'b'], to: 'b' }] }), dirty])
    await press('检查')
    await fireEvent.change(await screen.findByRole('combobox', { name: /重叠/ }), { target: { value: 'b' } })
    await press('重新检查')
    await screen.findByText('已决定 1 处')
    await fireEvent.change(screen.getByRole('combobox', { name: /重叠/ }), { target: { value: '' } })
    expect(button('放进方案').disabled).toBe(true)
    await press('重新检查')
    expect(reading().decisions).toEqual({})
  })
  it('shows a place on the map', async () => {
    await open([dirty])
    await press('检查')
    await fireEvent.click((await screen.findAllByRole('button', { name: '定位' }))[0]!)
    expect(said.at(-1)).toEqual(['look', where])
  })
  it('says why a file cannot be read, and why it cannot go into the plan', async () => {
    const refused = new ApiProblem({ type: '/problems/datum-needed', title: 'x', status: 422, code: 'datum-needed', detail: 'say which' })
    await open([refused, account()], () => '新网格没有盖满原来的范围')
    await press('检查')
    expect((await screen.findByRole('alert')).textContent).toContain('没有写明坐标系')
    await press('检查')
    await screen.findByText('移动的顶点')
    await press('放进方案')
    expect((await screen.findByRole('alert')).textContent).toContain('新网格没有盖满原来的范围')
    expect(said.some(([name]) => name === 'close')).toBe(false)
  })
  it('starts anew with another file', async () => {
    await open([dirty])
    await press('检查')
    await screen.findByText('已自动修好')
    await fireEvent.change(screen.getByLabelText('边界文件'), { target: { files: [new File(['{}'], 'other.gpkg')] } })
    expect(screen.queryByText('已自动修好')).toBeNull()
    expect(screen.getAllByText('other.gpkg').length).toBeGreaterThan(0)
  })
})
