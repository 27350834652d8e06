import { render, screen } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { speak } from '../../../web/i18n/i18n.ts'
import AlertCard from '../../../web/panels/AlertCard.svelte'
import BrokenCard from '../../../web/panels/BrokenCard.svelte'
import Cameras from '../../../web/panels/Cameras.svelte'
import OpenReds from '../../../web/panels/OpenReds.svelte'
import OverdueList from '../../../web/panels/OverdueList.svelte'
import Ticker from '../../../web/panels/Ticker.svelte'
import UnitBoard from '../../../web/panels/UnitBoard.svelte'
import UnitRates from '../../../web/panels/UnitRates.svelte'
import { blank, COUNTY, figures, marker, names, NOW, wholeOf, ZONE } from '../../fixtures/wall-figures.ts'

afterEach(() => speak({ lang: 'zh' }))
const text = (): string => document.body.textContent!.replace(/\s+/g, ' ')
const rows = (): string[] => screen.getAllByRole('listitem').map((row) => row.textContent!.replace(/\s+/g, ' ').trim())
const list = { names, within: COUNTY, now: NOW, zone: ZONE, frozen: false, chosen: null, onchoose: () => {} }
const ago = (seconds: number): string => new Date(NOW.getTime() - seconds * 1000).toISOString()

describe('the ticker', () => {
  it('lists kind, place and age, and tells which ten minutes its count is of', () => {
    const incidents = [
      marker({ reportedAt: ago(12) }),
      marker({ kind: '0101', severity: 'green', unitCode: '331004101', reportedAt: ago(130) }),
    ]
    render(Ticker, { ...list, incidents, histogram: figures().histogram })
    expect(rows()).toEqual(['急 厂房起火，浓烟 新桥镇 · 新桥村 05 12 秒', '常 消防通道堵塞 横街镇 2 分'])
    expect(text()).toContain('14:20–14:30 上报 5 件')
  })

  it('says times of day, not ages, when the line is broken', () => {
    render(Ticker, { ...list, incidents: [marker({ reportedAt: ago(12) })], histogram: null, frozen: true })
    expect(rows()[0]).toContain('14:31:56')
    expect(text()).not.toContain('秒')
  })

  it('keeps a bounded number of rows however much comes in', async () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => marker({ reportedAt: ago(i) }))
    const { rerender } = render(Ticker, { ...list, incidents: many(50), histogram: null, cap: 16 })
    expect(rows()).toHaveLength(16)
    await rerender({ incidents: many(50) })
    await new Promise((done) => setTimeout(done, 300))
    expect(rows()).toHaveLength(16)
  })

  it('says where nothing can be pointed at', () => {
    const incidents = [marker({ placement: 'none', location: null }), marker({ placement: 'outside', unitCode: '331004100' })]
    render(Ticker, { ...list, incidents, histogram: null })
    expect(rows()[0]).toContain('无位置')
    expect(rows()[1]).toContain('新桥镇 · 网格外')
  })

  it('hands on what is chosen, and is calm when empty', async () => {
    const one = marker()
    let chosen = ''
    const { rerender } = render(Ticker, { ...list, incidents: [one], histogram: null, onchoose: (id: string) => (chosen = id) })
    screen.getByRole('button').click()
    expect(chosen).toBe(one.id)
    await rerender({ incidents: [] })
    expect(text()).toContain('还没有新事件')
  })
})

describe('overdue and pressed', () => {
  it('says by how much each is late, and how often it was pressed', () => {
    render(OverdueList, { ...list, summary: figures() })
    expect(rows()).toEqual(['消防通道堵塞 新桥镇 督 2 3 天 02:14', '厂房起火，浓烟 横街镇 19:26'])
    expect(text()).toContain('超时 27 · 已督办 9')
  })
  it('is content when nothing is late', () => {
    render(OverdueList, { ...list, summary: blank() })
    expect(text()).toContain('没有超时事件')
  })
})

describe('open urgent incidents', () => {
  it('counts those that have no row, and does not repeat the one on the card', () => {
    const reds = Array.from({ length: 5 }, (_, i) => marker({ reportedAt: ago(60 * i), state: 'handling' }))
    render(OpenReds, { ...list, reds, except: reds[0]!.id, cap: 2 })
    expect(rows()).toHaveLength(2)
    expect(text()).toMatch(/其余急件 4 件/)
    expect(rows()[0]).toBe('急 厂房起火，浓烟 新桥镇 · 处置中 1 分')
  })
})

describe('the alert card', () => {
  const card = { names, within: COUNTY, now: NOW, zone: ZONE, frozen: false, reading: { status: 'ready' as const }, onclose: () => {} }

  it('says what, where, since when, in which state and until when', () => {
    const one = marker()
    render(AlertCard, { ...card, marker: one, whole: wholeOf(one) })
    expect(screen.getByRole('heading', { level: 2 }).textContent).toBe('厂房起火，浓烟')
    expect(text()).toContain('新桥镇 · 新桥村 05')
    expect(text()).toMatch(/12 秒 待受理/)
    expect(text()).toMatch(/受理时限 14:36:56 剩 4 分 48 秒/)
  })

  it('numbers the nearest cameras with their distance, and tells which is offline', () => {
    const one = marker()
    render(AlertCard, { ...card, marker: one, whole: wholeOf(one) })
    expect(rows().slice(0, 2)).toEqual(['1 工业路口 2 号 86 m', '2 前溪桥头离线 1.2 km'])
  })

  it('tells what was done and what comes next, without a name', () => {
    const one = marker({ state: 'accepted', dueAt: '2026-11-22T06:42:20Z' })
    const timeline = [
      ...wholeOf(one).timeline,
      { at: '2026-11-22T06:32:01Z', transition: 'accept', fromState: 'reported', toState: 'accepted', actor: '某人', note: '电话' },
    ] as ReturnType<typeof wholeOf>['timeline']
    render(AlertCard, { ...card, marker: one, whole: wholeOf(one, { timeline }) })
    expect(rows().slice(2)).toEqual(['14:31:56 上报', '14:32:01 受理', '14:42:20 交办时限'])
    expect(text()).not.toContain('某人')
  })

  it('says that a deadline has passed', () => {
    render(AlertCard, { ...card, marker: marker({ dueAt: ago(200) }), whole: null, reading: { status: 'loading' } })
    expect(text()).toContain('已超时 3 分 20 秒')
  })

  it('stops counting when the line is broken', () => {
    render(AlertCard, { ...card, frozen: true, marker: marker(), whole: null, reading: { status: 'loading' } })
    expect(text()).toContain('14:31:56')
    expect(text()).not.toContain('剩')
  })

  it('says that an incident has no place on the map', () => {
    render(AlertCard, { ...card, marker: marker({ location: null, placement: 'none' }), whole: null, reading: { status: 'loading' } })
    expect(text()).toContain('没有位置，图上不显示')
  })

  it('is closed by whoever stands at it', () => {
    let closed = false
    render(AlertCard, { ...card, marker: marker(), whole: null, reading: { status: 'loading' }, onclose: () => (closed = true) })
    screen.getByRole('button', { name: '关闭' }).click()
    expect(closed).toBe(true)
  })
})

describe('the card of a broken line', () => {
  const broken = {
    lastAt: NOW,
    silentMs: 30 * 60_000,
    attempt: 14,
    retryInMs: 8_000,
    host: '10.21.4.8',
    dutyPhone: '0576 0000 110',
    zone: ZONE,
  }
  it('says since when, what is shown, when it tries again and whom to call', () => {
    render(BrokenCard, broken)
    expect(screen.getByRole('heading').textContent).toBe('连接中断 30 分钟')
    expect(text()).toContain('墙上是 14:32:08 的数据')
    expect(text()).toMatch(/第 14 次重连 8 秒后 服务器 10\.21\.4\.8 无应答 值班电话 0576 0000 110/)
  })
  it('knows when there never was any data, nor a telephone', () => {
    render(BrokenCard, { ...broken, lastAt: null, dutyPhone: null, retryInMs: null })
    expect(text()).toContain('还没有收到过数据')
    expect(text()).toContain('正在重连')
    expect(text()).toContain('未登记')
  })
})

describe('the units below', () => {
  it('stand best first with the whole as a line; one without a judged incident says so', () => {
    render(UnitRates, { summary: figures(), names, onopen: () => {} })
    expect(rows()).toEqual(['横街镇 98.1', '新桥镇 94.1', '331004102 —'])
    expect(text()).toContain('近 30 日，竖线为本级 96.2')
    expect(document.querySelectorAll('.dot.below')).toHaveLength(1)
  })
  it('are cut to the lowest where there is little room, and it says so', () => {
    const children = Array.from({ length: 8 }, (_, i) => ({ code: `33100410${i}`, share: 0.9 + i / 100, reported: 9, open: 1, overdue: 0 }))
    render(UnitRates, { summary: figures({ children }), names, cap: 3, onopen: () => {} })
    expect(rows().map((row) => row.slice(-4))).toEqual(['92.0', '91.0', '90.0'])
    expect(text()).toContain('最低 3 个')
  })
  it('are a board in order of what is open', () => {
    let opened = ''
    render(UnitBoard, { summary: figures(), names, onopen: (code: string) => (opened = code) })
    expect(rows()).toEqual(['横街镇 120 0 98.1', '新桥镇 80 2 94.1', '331004102 0 0 —'])
    screen.getByRole('button', { name: /新桥镇/ }).click()
    expect(opened).toBe('331004100')
  })
  it('may be none', () => {
    render(UnitRates, { summary: blank(), names, onopen: () => {} })
    expect(text()).toContain('没有下级区划')
  })
})

describe('cameras', () => {
  it('are counted by state', () => {
    render(Cameras, { summary: figures() })
    expect(text()).toMatch(/在线率 97\.4 % 在线 2,268 离线 61/)
  })
})
