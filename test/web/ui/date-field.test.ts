import { fireEvent, render, screen } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import DateField from '../../../web/ui/DateField.svelte'
import { readDay } from '../../../web/ui/date-text.ts'

describe('a day that is written', () => {
  it.each(['2026-10-05', '2026/10/5', ' 2026.10.05 ', '20261005', '2026年10月5日', '2026 - 10 - 5'])('is read from %s', (text) => {
    expect(readDay(text)).toBe('2026-10-05')
  })

  it.each(['', '2026', '2026-13-01', '2026-02-30', '10/25/2026', '26-10-05', '2026-10-05T09', 'morgen'])('is none in “%s”', (text) => {
    expect(readDay(text)).toBeNull()
  })
})

describe('the field of a day', () => {
  const make = () => {
    const chosen: string[] = []
    render(DateField, { value: '2026-10-31', label: 'day', onchoose: (day) => chosen.push(day) })
    return { chosen, field: screen.getByLabelText<HTMLInputElement>('day') }
  }

  it('hands on what is a day, and says what is none', async () => {
    const { chosen, field } = make()
    await fireEvent.change(field, { target: { value: '2026-02-30' } })
    expect(chosen).toEqual([])
    expect(field.getAttribute('aria-invalid')).toBe('true')
    expect(screen.getByRole('alert').textContent).toBe('日期请写成 2026-10-25')
    await fireEvent.change(field, { target: { value: '2026/11/1' } })
    expect(chosen).toEqual(['2026-11-01'])
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('goes a day on and back by keys, over the end of a month', async () => {
    const { chosen, field } = make()
    await fireEvent.keyDown(field, { key: 'ArrowUp' })
    await fireEvent.keyDown(field, { key: 'ArrowDown' })
    expect(chosen).toEqual(['2026-11-01', '2026-10-30'])
  })
})
