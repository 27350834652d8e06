import { render, screen } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { speak } from '../../../web/i18n/i18n.ts'
import Breadcrumb from '../../../web/panels/Breadcrumb.svelte'
import Connection from '../../../web/panels/Connection.svelte'
import DayHistogram from '../../../web/panels/DayHistogram.svelte'
import Header from '../../../web/panels/Header.svelte'
import Legend from '../../../web/panels/Legend.svelte'
import NoWebgl from '../../../web/panels/NoWebgl.svelte'
import { blank, COUNTY, figures, NOW, ZONE } from '../../fixtures/wall-figures.ts'

afterEach(() => speak({ lang: 'zh' }))
const text = (): string => document.body.textContent!.replace(/\s+/g, ' ')
const below = { county: 0, town: 10, village: 222, grid: 635, microgrid: 0 }

describe('the connection', () => {
  const props = { lagSeconds: 0.2, lastAt: NOW, zone: ZONE }
  it('is live, late, or a white chip with the time of its data', async () => {
    const { rerender } = render(Connection, { ...props, status: 'live' })
    expect(text()).toContain('实时 0.2 s')
    await rerender({ status: 'late', lagSeconds: 6.4 })
    expect(text()).toContain('延迟 6 s')
    await rerender({ status: 'broken', lagSeconds: 1811 })
    expect(text()).toMatch(/重连中 数据截至 14:32:08/)
    expect(document.querySelector('.white')).toBeTruthy()
    expect(text()).not.toContain('实时')
  })
})

describe('the breadcrumb', () => {
  it('counts what lies below and leads back up', () => {
    let opened = ''
    const path = [
      { code: COUNTY, name: '路桥区' },
      { code: '331004100', name: '新桥镇' },
    ]
    render(Breadcrumb, {
      path,
      below: { ...below, town: 0, village: 31, grid: 92 },
      households: 1,
      residents: 1,
      onopen: (code: string) => (opened = code),
    })
    expect(text()).toContain('31 村社 · 92 网格')
    expect(screen.getByText('新桥镇').getAttribute('aria-current')).toBe('page')
    screen.getByRole('button', { name: '路桥区' }).click()
    expect(opened).toBe(COUNTY)
  })
  it('tells households and residents of a grid', () => {
    const none = { county: 0, town: 0, village: 0, grid: 0, microgrid: 0 }
    render(Breadcrumb, { path: [{ code: '1', name: '新桥村 05' }], below: none, households: 412, residents: 1003, onopen: () => {} })
    expect(text()).toContain('412 户 · 1,003 人')
  })
})

describe('the head', () => {
  const crumbs = { path: [{ code: COUNTY, name: '路桥区' }], below, households: null, residents: null, onopen: () => {} }
  const connection = { status: 'live' as const, lagSeconds: 0.2, lastAt: NOW, zone: ZONE }
  const head = {
    title: '路桥区综合信息指挥室',
    crumbs,
    connection,
    now: NOW,
    zone: ZONE,
    tour: 'off' as const,
    ontour: () => {},
    onlanguage: () => {},
  }

  it('says whose wall it is, what it shows, and the time', () => {
    render(Header, { ...head, sound: { muted: false, blocked: false, toggle: () => {} } })
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('路桥区综合信息指挥室')
    expect(text()).toContain('10 镇街 · 222 村社 · 635 网格')
    expect(text()).toMatch(/提示音开 实时 0\.2 s 11 月 22 日 周日 14:32:08/)
  })

  it('asks for the touch that a browser wants before it sounds, and that touch does not mute', () => {
    let toggled = 0
    render(Header, { ...head, sound: { muted: false, blocked: true, toggle: () => toggled++ } })
    screen.getByRole('button', { name: '点此开提示音' }).click()
    expect(toggled).toBe(0)
  })

  it('says that it is muted, and unmutes', () => {
    let toggled = 0
    render(Header, { ...head, sound: { muted: true, blocked: true, toggle: () => toggled++ } })
    screen.getByRole('button', { name: '提示音关' }).click()
    expect(toggled).toBe(1)
  })
})

describe('the histogram of the day', () => {
  it('fills what has been, keeps the running step apart, and leaves the rest to yesterday’s outline', () => {
    render(DayHistogram, { summary: figures() })
    expect(document.querySelectorAll('i.past')).toHaveLength(87)
    expect(document.querySelectorAll('i.running')).toHaveLength(1)
    expect(document.querySelectorAll('i.future')).toHaveLength(56)
    expect(document.querySelector('path')!.getAttribute('d')).toMatch(/^M88 100V/)
    expect(text()).toContain('最多 08:00–08:10 5 件')
  })
  it('puts a red mark over the minute of an urgent report', () => {
    render(DayHistogram, { summary: figures() })
    const marks = [...document.querySelectorAll<HTMLElement>('u')].map((mark) => parseFloat(mark.style.left))
    expect(marks).toHaveLength(2)
    expect(marks[0]).toBeCloseTo((11 + 10 / 60) / 0.24, 3)
  })
  it('starts a day with a sentence', () => {
    render(DayHistogram, { summary: blank() })
    expect(text()).toContain('今天还没有上报')
  })
})

describe('the legend', () => {
  it('names classes, severities with counts, and cameras; the measure is a choice', () => {
    let measure = ''
    const classes = ['0', '1', '2–3', '4–5', '6+'].map((label, i) => ({ colour: `#00${i}`, label }))
    const measures = [
      { key: 'open', label: '在办事件' },
      { key: 'overdue', label: '超时事件' },
    ]
    render(Legend, { measure: 'open', measures, classes, summary: figures(), onmeasure: (key: string) => (measure = key) })
    expect(text()).toMatch(/急件 3.*快件 118.*常件 1,621.*实心未受理 · 空心处理中.*2,268 \/ 2,329 在线/)
    expect(screen.getByRole('radio', { name: '在办事件' }).getAttribute('aria-checked')).toBe('true')
    screen.getByRole('radio', { name: '超时事件' }).click()
    expect(measure).toBe('overdue')
  })
})

describe('a browser without WebGL 2', () => {
  it('is told so in plain words, in either language', () => {
    const { unmount } = render(NoWebgl)
    expect(screen.getByRole('alert').textContent).toContain('这台机器的浏览器不能画地图')
    unmount()
    speak({ lang: 'en' })
    render(NoWebgl)
    expect(screen.getByRole('alert').textContent).toContain('This browser cannot draw the map')
  })
})
