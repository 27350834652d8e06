import { render, screen } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { speak } from '../../../web/i18n/i18n.ts'
import Classes from '../../../web/panels/Classes.svelte'
import LastDays from '../../../web/panels/LastDays.svelte'
import OpenStates from '../../../web/panels/OpenStates.svelte'
import Platforms from '../../../web/panels/Platforms.svelte'
import Rates from '../../../web/panels/Rates.svelte'
import Sources from '../../../web/panels/Sources.svelte'
import TodayTotal from '../../../web/panels/TodayTotal.svelte'
import { blank, figures, names } from '../../fixtures/wall-figures.ts'

afterEach(() => speak({ lang: 'zh' }))
const text = (): string => document.body.textContent!.replace(/\s+/g, ' ')
const rows = (): string[] => screen.getAllByRole('listitem').map((row) => row.textContent!.replace(/\s+/g, ' ').trim())

describe('the total of the day', () => {
  it('says the number, its cut-off and its comparison', () => {
    render(TodayTotal, { summary: figures() })
    expect(screen.getByText('3,128')).toBeTruthy()
    expect(screen.getByText('截至 14:32，对比昨日同时')).toBeTruthy()
    expect(text()).toContain('+181')
    expect(text()).toContain('+6.1\u00a0%'.replace('\u00a0', ' '))
    expect(text()).toContain('昨日全天 4,390')
  })

  it('gives closed and open with their difference to yesterday, and overdue with how many were pressed', () => {
    render(TodayTotal, { summary: figures() })
    expect(text()).toMatch(/办结 2,876 \u221229 在办 1,742 \+46 超时 27 督办 9/)
  })

  it('tells of reports that are in no grid, and says nothing when there are none', async () => {
    const { rerender } = render(TodayTotal, { summary: figures({ outside: 3, withoutPlace: 48 }) })
    expect(text()).toContain('3 件在网格外 · 48 件无位置')
    await rerender({ summary: figures() })
    expect(text()).not.toContain('网格外')
  })

  it('says on a first day that nothing has come, and what starts the count', () => {
    render(TodayTotal, { summary: blank() })
    expect(screen.getByText('0', { selector: 'strong' })).toBeTruthy()
    expect(text()).toContain('今天还没有上报')
    expect(screen.queryByRole('img')).toBeNull()
  })

  it('shows bars of the final size while it waits, and no number', () => {
    render(TodayTotal, { summary: null, reading: { status: 'loading' } })
    expect(screen.getByRole('status').style.height).toBe('16rem')
    expect(text()).not.toMatch(/\d/)
  })

  it('says what failed, since when, and retries on request', () => {
    let asked = 0
    render(TodayTotal, { summary: null, reading: { status: 'failed', since: '14:30:00', retry: () => asked++ } })
    expect(screen.getByRole('alert').textContent).toMatch(/今日上报取不到\s+14:30:00 起/)
    screen.getByRole('button', { name: '重试' }).click()
    expect(asked).toBe(1)
  })

  it('speaks English', () => {
    speak({ lang: 'en' })
    render(TodayTotal, { summary: figures() })
    expect(text()).toContain('Reported today')
    expect(text()).toContain('to 14:32, vs yesterday')
  })
})

describe('the two rates', () => {
  it('say each share and up to which day reports could be judged', () => {
    render(Rates, { summary: figures() })
    expect(text()).toMatch(/1 日内受理 98\.6% 11-21 前上报/)
    expect(text()).toMatch(/5 日内办结 96\.2% 11-17 前上报/)
  })

  it('print their axis, and mark the days below the target', () => {
    render(Rates, { summary: figures() })
    const chart = screen.getByRole('img', { name: '1 日内受理：98.6\u00a0%，近 30 日最低 97.0\u00a0%，2 日未达目标' })
    expect([...chart.querySelectorAll('text')].map((label) => label.textContent)).toEqual(['100', '95', '90'])
    expect(chart.querySelectorAll('.miss')).toHaveLength(2)
  })

  it('leave a gap for a day without reports instead of a line through it', () => {
    render(Rates, { summary: figures() })
    const line = screen.getAllByRole('img')[0]!.querySelector('.line')!.getAttribute('d')!
    expect(line.match(/M/g)).toHaveLength(2)
  })

  it('lower the axis for a county that closes only half in time', () => {
    const low = { share: 0.566, before: '2026-11-17', days: figures().closedWithinFiveDays.days.map((day) => ({ ...day, share: 0.566 })) }
    render(Rates, { summary: figures({ closedWithinFiveDays: low }) })
    expect([...screen.getAllByRole('img')[1]!.querySelectorAll('text')].map((label) => label.textContent)).toEqual(['100', '50', '0'])
  })

  it('do not invent a rate before anything is old enough', () => {
    render(Rates, { summary: blank() })
    expect(text()).toContain('还没有满期的事件')
    expect(text()).not.toContain('%')
  })
})

describe('bars', () => {
  it('stand in order of size, with yesterday as a tick on the same scale', () => {
    render(Platforms, { summary: figures() })
    expect(rows()).toEqual(['综治工作 1,012', '市场监管 386'])
    const ticks = [...document.querySelectorAll<HTMLElement>('.tick')].map((tick) => tick.style.left)
    expect(ticks.map(parseFloat).map(Math.round)).toEqual([98, 41])
  })

  it('name the first classes and add up the rest', () => {
    render(Classes, { summary: figures(), names, top: 6 })
    expect(rows()).toEqual(['类 01 13', '类 02 12', '类 03 11', '类 04 10', '类 05 9', '类 06 8', '其余 7 类 28'])
    expect(text()).toContain('13 类，前 6')
  })

  it('name every class where there is room', () => {
    render(Classes, { summary: figures(), names, top: 13 })
    expect(rows()).toHaveLength(13)
    expect(text()).toContain('竖线为昨日同时')
  })

  it('leave out a source that nothing came from on either day', () => {
    render(Sources, { summary: figures() })
    expect(rows()).toEqual(['网格员 2,310', '12345 386'])
  })

  it('give way to a sentence when there is nothing', () => {
    render(Platforms, { summary: blank() })
    expect(text()).toContain('今天还没有上报')
    expect(screen.queryByRole('list')).toBeNull()
  })
})

describe('open by step', () => {
  it('follows the order of the loop, not the size, and leaves empty steps out', () => {
    render(OpenStates, { summary: figures() })
    expect(rows()).toEqual(['待受理 11', '处置中 1,250'])
    expect(text()).toContain('共 1,261 件，此刻')
  })
})

describe('the last days', () => {
  it('keep the running day apart from the whole ones', () => {
    render(LastDays, { summary: figures() })
    expect(document.querySelectorAll('.bars i')).toHaveLength(15)
    expect(document.querySelectorAll('.bars .running')).toHaveLength(1)
    expect(text()).toContain('中位 4,070')
    expect(text()).toMatch(/11-08 11-21 · 4,130 今日/)
  })
  it('wait for a whole day', () => {
    render(LastDays, { summary: blank() })
    expect(text()).toContain('还没有满一天的数据')
  })
})
