import { describe, expect, it } from 'vitest'
import { readCoordinates } from '../../../web/edit/coordinates.ts'
import { commandOf } from '../../../web/edit/keys.ts'

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}, busy = false) =>
  commandOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held }, busy)

describe('keys', () => {
  it('undo and redo as people expect on every system', () => {
    expect(press('z', { ctrlKey: true })).toEqual({ do: 'undo' })
    expect(press('z', { metaKey: true })).toEqual({ do: 'undo' })
    expect(press('y', { ctrlKey: true })).toEqual({ do: 'redo' })
    expect(press('Z', { ctrlKey: true, shiftKey: true })).toEqual({ do: 'redo' })
  })

  it('take the other level of units, and the other kind of split', () => {
    expect([press('g'), press('G', { shiftKey: true }), press('b')]).toEqual([{ do: 'level' }, { do: 'level' }, { do: 'below' }])
  })

  it('name the chosen unit, and give new codes', () => {
    expect([press('F2'), press('n'), press('N', { shiftKey: true })]).toEqual([{ do: 'rename' }, { do: 'renumber' }, { do: 'renumber' }])
    expect(press('n', { ctrlKey: true })).toBeNull()
  })

  it('leave the browser its own', () => {
    expect(press('s', { ctrlKey: true })).toBeNull()
    expect(press('ArrowLeft', { altKey: true })).toBeNull()
    expect(press('Tab')).toBeNull()
    expect(press('a')).toBeNull()
  })

  it('choose tools by their number, until something is in hand: then a digit begins a coordinate', () => {
    expect(press('2')).toEqual({ do: 'tool', tool: 'border' })
    expect(press('8')).toEqual({ do: 'tool', tool: 'straighten' })
    expect(press('9')).toBeNull()
    expect(press('2', {}, true)).toEqual({ do: 'type', text: '2' })
    expect(press('-', {}, true)).toEqual({ do: 'type', text: '-' })
    expect(press('=')).toEqual({ do: 'type', text: '' })
    expect([press('+'), press('-')]).toEqual([
      { do: 'zoom', by: 1 },
      { do: 'zoom', by: -1 },
    ])
  })

  it('nudge by a pixel, with Shift by ten', () => {
    expect(press('ArrowUp')).toEqual({ do: 'nudge', by: [0, 1] })
    expect(press('ArrowLeft', { shiftKey: true })).toEqual({ do: 'nudge', by: [-10, 0] })
  })
})

describe('typed coordinates', () => {
  it('are longitude and latitude, with a comma, a Chinese comma or a space', () => {
    for (const text of ['121.405,28.535', ' 121.405， 28.535 ', '121.405 28.535'])
      expect(readCoordinates(text)).toEqual([1_214_050_000, 285_350_000])
  })

  it('are refused, not guessed, when they are something else', () => {
    for (const text of ['', '121.405', '28.535, 121.405', '121.405, 28.535, 3', 'abc', '181, 28']) expect(readCoordinates(text)).toBeNull()
  })
})
