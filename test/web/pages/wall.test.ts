import { fireEvent, render, screen, within } from '@testing-library/svelte'
import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { speak } from '../../../web/i18n/i18n.ts'
import { figures, marker, NOW, wholeOf } from '../../fixtures/wall-figures.ts'
import WallStage from './WallStage.svelte'
import { wallState } from './wall-state.ts'

const text = (): string => document.body.textContent!.replace(/\s+/g, ' ')
const size = (width: number, height: number): void => {
  Object.assign(window, { innerWidth: width, innerHeight: height })
  window.dispatchEvent(new Event('resize'))
}

beforeEach(() => {
  localStorage.clear()
  history.replaceState(null, '', '/wall')
  // No server here: whoever asks waits.
  vi.stubGlobal('fetch', () => new Promise(() => {}))
  size(1920, 1080)
})
afterEach(() => {
  vi.unstubAllGlobals()
  speak({ lang: 'zh' })
})

describe('the wall', () => {
  it('shows whose it is, the day and that the data are synthetic', () => {
    render(WallStage, { state: wallState() })
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('路桥区综合信息指挥室')
    expect(text()).toContain('3,128')
    expect(text()).toContain('合成数据')
    expect(text()).toContain('14:32:08')
  })

  it('says so in words where there is no WebGL 2, and shows everything else', () => {
    render(WallStage, { state: wallState() })
    expect(text()).toContain('这台机器的浏览器不能画地图')
    expect(text()).toContain('超时 27 · 已督办 9')
  })

  it('says of a pinned incident that it was closed, and of one that is not there that it is not', async () => {
    const closed = marker({ state: 'closed', closedAt: '2026-11-22T05:00:00Z' })
    vi.stubGlobal('fetch', async (path: string) => {
      if (path === `/api/incidents/${closed.id}`) return Response.json(wholeOf(closed))
      if (!path.startsWith('/api/incidents/')) return new Promise(() => {})
      const body = { type: 'urn:x', title: 'not-found', status: 404, code: 'not-found' }
      return new Response(JSON.stringify(body), { status: 404, headers: { 'content-type': 'application/problem+json' } })
    })
    const state = wallState()
    state.incidents.takeSnapshot({ pos: 1, now: NOW.toISOString(), incidents: [] })
    state.selection.choose(closed.id)
    render(WallStage, { state })
    await vi.waitFor(() => expect(text()).toContain('13:00:00 已办结，不再是在办事件'))
    state.selection.choose('00000000-0000-4000-8000-0000000000ff')
    await vi.waitFor(() => expect(text()).toContain('地址里的事件不存在，或不在您的辖区'))
    expect(text()).not.toContain('已办结，不再是在办事件')
  })

  it('leads whoever is signed in to his account, and a wall to none', () => {
    const state = wallState()
    state.session.me = { name: 'chief', displayName: '指挥长', role: 'commander', unitCode: '', permissions: [] }
    render(WallStage, { state })
    expect(screen.getByRole('link', { name: '指挥长' }).getAttribute('href')).toBe('/account')
    state.session.me = { ...state.session.me, role: 'wall', displayName: '东墙' }
    flushSync()
    expect(screen.queryByRole('link', { name: '东墙' })).toBeNull()
  })

  it('is worked by the keyboard', async () => {
    const state = wallState()
    render(WallStage, { state })
    await fireEvent.keyDown(window, { key: 'm' })
    expect(state.selection.measure).toBe('overdue')
    await fireEvent.keyDown(window, { key: 't' })
    expect(state.selection.tour).toBe('towns')
    await fireEvent.keyDown(window, { key: 's' })
    expect(text()).toContain('提示音关')
    await fireEvent.keyDown(window, { key: 'l' })
    expect(text()).toContain('Reported today')
    expect(document.documentElement.lang).toBe('en')
    await fireEvent.keyDown(window, { key: 'l', ctrlKey: true })
    expect(state.language.lang).toBe('en')
  })

  it('says of lists of incidents that they are not for a role that has only counts, and colours by none of them', async () => {
    const state = wallState()
    state.session.me = { ...state.session.me!, role: 'planner', permissions: ['summary.read'] }
    render(WallStage, { state })
    for (const list of ['新事件', '超时与督办']) {
      const section = screen.getByRole('heading', { name: list }).closest('section')!
      expect(section.textContent).toContain('您的角色只看汇总，不看单件。')
      expect(section.querySelector('button')).toBeNull()
    }
    expect(text()).toContain('3,128')
    expect(text()).toContain('超时 27 · 已督办 9')
    const legend = screen.getByRole('group', { name: '图例' })
    expect(within(legend).getAllByRole('radio')).toEqual([within(legend).getByRole('radio', { name: '热力' })])
    expect(legend.querySelector('ol')).toBeNull()
    expect(legend.textContent).not.toContain('空心')
    await fireEvent.keyDown(window, { key: 'm' })
    expect(state.selection.measure).toBe('open')
  })

  it('says of figures that they are not for a role that has only incidents, and leads to no heat', async () => {
    const state = wallState()
    state.session.me = { ...state.session.me!, role: 'grid_worker', permissions: ['incident.read'] }
    state.figures.summary = null
    state.incidents.takeSnapshot({ pos: 1, now: NOW.toISOString(), incidents: [marker()] })
    render(WallStage, { state })
    for (const panel of ['今日上报', '时效', '超时与督办', '每 10 分钟上报']) {
      const section = screen.getByRole('heading', { name: panel }).closest('section')!
      expect(section.textContent, panel).toContain('您的角色看事件，不看汇总数字。')
    }
    expect(within(screen.getByRole('heading', { name: '新事件' }).closest('section')!).getAllByRole('button')).toHaveLength(1)
    expect(screen.queryByRole('radio', { name: '热力' })).toBeNull()
    await fireEvent.keyDown(window, { key: 'h' })
    expect(location.search).toBe('')
  })

  it('never shows a lost line as live: since when, ages as times, nothing counts on', () => {
    const state = wallState()
    state.incidents.takeSnapshot({ pos: 1, now: NOW.toISOString(), incidents: [marker()] })
    render(WallStage, { state })
    expect(text()).toContain('实时 0.0 s')
    expect(text()).toContain('12 秒')
    flushSync(() => (state.clock.now = new Date(NOW.getTime() + 30 * 60_000 + 11_000)))
    expect(document.querySelector('.wall.broken')).toBeTruthy()
    expect(text()).toContain('数据截至 14:32:08')
    expect(text()).toContain('连接中断 30 分钟')
    expect(text()).toContain('0576 0000 110')
    expect(text()).not.toContain('实时')
    expect(text()).not.toContain('12 秒')
    flushSync(() => (state.live.lastAt = state.clock.now))
    expect(document.querySelector('.wall.broken')).toBeNull()
  })

  it('opens the card of the chosen incident and closes it', async () => {
    const state = wallState()
    const red = marker()
    state.incidents.takeSnapshot({ pos: 1, now: NOW.toISOString(), incidents: [red] })
    render(WallStage, { state })
    flushSync(() => state.selection.choose(red.id))
    expect(screen.getByRole('article').textContent).toContain('受理时限 14:36:56')
    await fireEvent.click(screen.getByRole('button', { name: '关闭' }))
    expect(state.selection.incident).toBeNull()
    expect(screen.queryByRole('article')).toBeNull()
  })

  it('never shows the figures of another unit', () => {
    const state = wallState()
    render(WallStage, { state })
    flushSync(() => state.selection.goTo('331004100'))
    expect(text()).not.toContain('3,128')
    flushSync(
      () => (state.figures.summary = figures({ unitCode: '331004100', reported: { today: 41, yesterday: 40, yesterdayTotal: 90 } })),
    )
    expect(screen.getByText('41')).toBeTruthy()
  })

  it('starts a new day from nothing when its figures come, without a reload', () => {
    const state = wallState()
    render(WallStage, { state })
    const summary = figures({
      now: '2026-11-22T16:00:01Z',
      reported: { today: 0, yesterday: 0, yesterdayTotal: 4390 },
      histogram: { ...figures().histogram, dayStart: '2026-11-22T16:00:00Z', today: [0], reds: [] },
    })
    flushSync(() => {
      state.clock.now = new Date('2026-11-22T16:00:01Z')
      state.live.lastAt = state.clock.now
      state.figures.summary = summary
    })
    expect(text()).toContain('11 月 23 日 周一')
    expect(text()).toContain('截至 00:00')
    expect(document.querySelectorAll('.bars i.past')).toHaveLength(0)
    expect(text()).not.toContain('3,128')
  })

  it('uses a double-width wall for the units below until an urgent incident takes their place', () => {
    const state = wallState()
    const red = marker()
    state.incidents.takeSnapshot({ pos: 1, now: NOW.toISOString(), incidents: [red] })
    size(3840, 1080)
    render(WallStage, { state })
    expect(screen.getByRole('region', { name: '下级区划一览' })).toBeTruthy()
    flushSync(() => state.selection.choose(red.id))
    expect(screen.queryByRole('region', { name: '下级区划一览' })).toBeNull()
    expect(screen.getByRole('article', { name: '急件现场' })).toBeTruthy()
    expect(state.stage.hasDetail).toBe(true)
  })

  it('does not grow in the document, whatever passes through it', () => {
    const state = wallState()
    render(WallStage, { state })
    const receive = (from: number) =>
      flushSync(() =>
        state.incidents.apply(
          Array.from({ length: 200 }, (_, i) => ({
            noun: 'incident' as const,
            change: 'created' as const,
            at: NOW.toISOString(),
            incident: marker({ severity: i % 3 ? 'green' : 'red', reportedAt: new Date(NOW.getTime() + (from + i) * 1000).toISOString() }),
          })),
        ),
      )
    receive(0)
    const before = document.querySelectorAll('*').length
    for (let round = 1; round < 5; round++) receive(round * 200)
    expect(document.querySelectorAll('*').length).toBeLessThanOrEqual(before + 40)
  })
})
