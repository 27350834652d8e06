import { fireEvent, render, screen } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { dayAt, labelsOf, marksOf, nextMark, placeOf, snap, spanOf } from '../../../../web/panels/workbench/timeline.ts'
import Timeline from '../../../../web/panels/workbench/Timeline.svelte'
import Swipe from '../../../../web/panels/workbench/Swipe.svelte'
import { createRawSnippet } from 'svelte'

const TODAY = '2026-11-22'
const CHANGES = ['2025-06-01', '2026-04-01']
const marks = marksOf(CHANGES, TODAY, '2027-01-01')
const span = spanOf(marks)

describe('the line of time', () => {
  it('holds changes, today and the plan in the order of their days', () => {
    expect(marks.map(({ day, kind }) => `${day} ${kind}`)).toEqual([
      '2025-06-01 change',
      '2026-04-01 change',
      '2026-11-22 today',
      '2027-01-01 effective',
    ])
    expect(marksOf([], TODAY, null)).toEqual([{ day: TODAY, kind: 'today' }])
  })
  it('turns a day into a place and back', () => {
    for (const day of ['2025-06-01', '2026-02-28', '2027-01-01']) expect(dayAt(placeOf(day, span), span)).toBe(day)
    expect(dayAt(-1, span) < '2025-06-01').toBe(true)
  })
  it('jumps to a mark that is near, and otherwise stays on the day', () => {
    expect(snap(placeOf('2026-04-03', span), marks, span, 0.02)).toBe('2026-04-01')
    expect(snap(placeOf('2025-12-01', span), marks, span, 0.02)).toBe('2025-12-01')
  })
  it('steps from mark to mark, and stays at the ends', () => {
    expect(nextMark('2026-11-22', -1, marks)).toBe('2026-04-01')
    expect(nextMark('2026-05-05', 1, marks)).toBe('2026-11-22')
    expect(nextMark('2025-06-01', -1, marks)).toBe('2025-06-01')
  })
  it('leaves out labels that would lie over others, never today’s', () => {
    const crowded = marksOf(['2026-11-01', '2026-11-10', '2020-01-01'], TODAY, null)
    expect(labelsOf(crowded, spanOf(crowded), 0.13)).toEqual(['middle', null, null, 'middle'])
  })
  it('turns today and the plan away from each other where they are close', () => {
    expect(labelsOf(marks, span, 0.13)).toEqual(['middle', 'middle', 'end', 'start'])
  })
  it('names the later of two changes that are close', () => {
    const close = marksOf(['2026-03-20', '2026-04-01', '2020-01-01'], TODAY, null)
    expect(labelsOf(close, spanOf(close), 0.05)).toEqual(['middle', null, 'middle', 'middle'])
  })
})

describe('the timeline', () => {
  const shown: (string | null)[] = []
  const props = { changes: CHANGES, today: TODAY, effectiveOn: '2027-01-01', at: null, show: (day: string | null) => void shown.push(day) }
  const slider = () => screen.getByRole('slider', { name: '地图日期' })

  it('says what each day is', () => {
    render(Timeline, { props })
    const text = document.body.textContent!
    for (const words of ['上次调整', '今天，现行', '本方案生效', '2027-01-01']) expect(text).toContain(words)
    expect(slider().getAttribute('aria-valuetext')).toBe('方案')
  })
  it('walks back in time by arrows, and home by End', async () => {
    shown.length = 0
    const { rerender } = render(Timeline, { props })
    await fireEvent.keyDown(slider(), { key: 'ArrowLeft' })
    await rerender({ ...props, at: TODAY })
    await fireEvent.keyDown(slider(), { key: 'ArrowLeft' })
    await rerender({ ...props, at: '2026-04-01' })
    expect(slider().getAttribute('aria-valuetext')).toBe('2026-04-01 的边界')
    await fireEvent.keyDown(slider(), { key: 'ArrowLeft', shiftKey: true })
    await fireEvent.keyDown(slider(), { key: 'End' })
    expect(shown).toEqual([TODAY, '2026-04-01', '2026-03-31', null])
  })
  it('follows a finger to the day under it', async () => {
    shown.length = 0
    render(Timeline, { props })
    slider().getBoundingClientRect = () =>
      ({ left: 100, width: 1000, top: 0, height: 60, right: 1100, bottom: 60, x: 100, y: 0 }) as DOMRect
    await fireEvent.pointerDown(slider(), { clientX: 100 + 1000 * placeOf('2026-04-01', span), pointerId: 1 })
    await fireEvent.pointerMove(slider(), { clientX: 100 + 1000 * placeOf('2025-12-01', span), pointerId: 1 })
    await fireEvent.pointerUp(slider(), { pointerId: 1 })
    await fireEvent.pointerMove(slider(), { clientX: 100, pointerId: 1 })
    expect(shown).toEqual(['2026-04-01', '2025-12-01'])
  })
  it('offers the way back from another day', async () => {
    shown.length = 0
    render(Timeline, { props: { ...props, at: '2026-04-01' } })
    await fireEvent.click(screen.getByRole('button', { name: '回到方案' }))
    expect(shown).toEqual([null])
  })
})

describe('the divided map', () => {
  it('clips what lies over the map at its divider, moved by arrows', async () => {
    render(Swipe, { children: createRawSnippet(() => ({ render: () => '<div>today</div>' })) })
    const divider = screen.getByRole('slider', { name: '前后分界' })
    const clip = () => document.querySelector<HTMLElement>('.over')!.style.clipPath
    expect(clip()).toBe('inset(0 50% 0 0)')
    await fireEvent.keyDown(divider, { key: 'ArrowRight', shiftKey: true })
    expect(clip()).toBe('inset(0 40% 0 0)')
    await fireEvent.keyDown(divider, { key: 'Home' })
    expect(divider.getAttribute('aria-valuenow')).toBe('0')
  })
})
