/**
 * What the screen is about: unit, chosen incident, colouring measure, tour. All of it stands in the address, so that a wall can be pinned
 * to a town: `?unit=…&incident=…&measure=…&tour=…`; what is the default is left out.
 */
import { createContext } from 'svelte'
import { isCode, isWithin, parentOf } from '#model/code.ts'

export const MEASURES = ['open', 'overdue', 'perThousand'] as const
export type Measure = (typeof MEASURES)[number]
export const TOURS = ['off', 'towns', 'reds'] as const
export type TourMode = (typeof TOURS)[number]

export class Selection {
  /** Code of the shown unit; the root when nothing narrower is chosen. */
  unit = $state('')
  /** Id of the chosen incident, or null. */
  incident = $state<string | null>(null)
  measure = $state<Measure>('open')
  tour = $state<TourMode>('off')
  /** The coarsest unit the reader may look at: jurisdiction or county. */
  root = $state('')

  private isKnown: (unit: string) => boolean = () => true

  /** Reads the address. `root`: code of the reader's jurisdiction or county; a unit outside of it, or unknown, is not taken. */
  start(root: string, isKnown: (unit: string) => boolean = () => true): void {
    this.root = root
    this.isKnown = isKnown
    this.read()
    addEventListener('popstate', () => this.read())
  }

  goTo(unit: string): void {
    if (!isWithin(unit, this.root) || unit === this.unit) return
    this.unit = unit
    this.incident = null
    this.write('push')
  }

  choose(incident: string | null): void {
    if (incident === this.incident) return
    this.incident = incident
    this.write('replace')
  }

  colourBy(measure: Measure): void {
    this.measure = measure
    this.write('replace')
  }

  setTour(tour: TourMode): void {
    this.tour = tour
    this.write('replace')
  }

  /** Esc: the chosen incident first, then one unit up. */
  up(): void {
    if (this.incident !== null) return this.choose(null)
    const parent = this.unit === this.root ? null : parentOf(this.unit)
    if (parent !== null) this.goTo(parent)
  }

  private read(): void {
    const query = new URLSearchParams(location.search)
    const unit = query.get('unit') ?? ''
    this.unit = isCode(unit) && isWithin(unit, this.root) && this.isKnown(unit) ? unit : this.root
    this.incident = query.get('incident')
    this.measure = MEASURES.find((each) => each === query.get('measure')) ?? 'open'
    this.tour = TOURS.find((each) => each === query.get('tour')) ?? 'off'
  }

  private write(how: 'push' | 'replace'): void {
    const query = new URLSearchParams(location.search)
    const set = (name: string, value: string | null) => (value === null ? query.delete(name) : query.set(name, value))
    set('unit', this.unit === this.root ? null : this.unit)
    set('incident', this.incident)
    set('measure', this.measure === 'open' ? null : this.measure)
    set('tour', this.tour === 'off' ? null : this.tour)
    const address = location.pathname + (query.size ? `?${query}` : '')
    if (how === 'push') history.pushState(null, '', address)
    else history.replaceState(null, '', address)
  }
}

export const [getSelection, setSelection] = createContext<Selection>()
