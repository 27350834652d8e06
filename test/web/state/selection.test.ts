import { beforeEach, describe, expect, it } from 'vitest'
import { Selection } from '../../../web/state/selection.svelte.ts'

const open = (search: string, root = '331004') => {
  history.replaceState(null, '', `/wall${search}`)
  const selection = new Selection()
  selection.start(root)
  return selection
}

describe('Selection', () => {
  beforeEach(() => history.replaceState(null, '', '/wall'))

  it('reads the address, so that a wall can be pinned to a town', () => {
    const selection = open('?unit=331004101&measure=overdue&tour=reds&incident=x')
    expect([selection.unit, selection.measure, selection.tour, selection.incident]).toEqual(['331004101', 'overdue', 'reds', 'x'])
  })

  it('takes no nonsense, and no unit outside the jurisdiction', () => {
    expect(open('?unit=331004102&measure=rainbow&tour=moon', '331004101').unit).toBe('331004101')
    expect(open('?unit=abc').unit).toBe('331004')
    const selection = new Selection()
    history.replaceState(null, '', '/wall?unit=331004199')
    selection.start('331004', (unit) => unit !== '331004199')
    expect(selection.unit).toBe('331004')
    expect([open('?measure=rainbow').measure, open('?tour=moon').tour]).toEqual(['open', 'off'])
  })

  it('writes the address and leaves out what is the default', () => {
    const selection = open('')
    selection.goTo('331004101')
    selection.colourBy('perThousand')
    selection.setTour('towns')
    expect(location.search).toBe('?unit=331004101&measure=perThousand&tour=towns')
    selection.goTo('331004')
    selection.colourBy('open')
    selection.setTour('off')
    expect(location.search).toBe('')
  })

  it('goes up by one: first the incident, then unit by unit, and stops at the root', () => {
    const selection = open('?unit=331004101201001')
    selection.choose('x')
    const steps = Array.from({ length: 5 }, () => {
      selection.up()
      return [selection.incident, selection.unit]
    })
    expect(steps).toEqual([
      [null, '331004101201001'],
      [null, '331004101201'],
      [null, '331004101'],
      [null, '331004'],
      [null, '331004'],
    ])
  })

  it('skips levels that are missing when it goes up', () => {
    const selection = open('?unit=029510000000001', '029510')
    selection.up()
    expect(selection.unit).toBe('029510')
  })
})
