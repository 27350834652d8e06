/**
 * Brings pointer events of the map to the hand: mouse, pen and finger alike. Moves are answered once a frame, with the last one.
 * What the hand holds does not move the map; a second finger lets go of it.
 */
import type { Map as MapLibre } from 'maplibre-gl'
import type { Projector } from '../map/projector.ts'
import { type Hand, MOUSE, type Pointing } from '../state/workbench-hand.svelte.ts'

/** Further than this, a press is no click, px. */
const CLICK_PX = 4
/** A finger is meant wider than a mouse: half of 44 px. */
const FINGER_PX = 22
/** Two clicks within this time and distance are one double click. */
const DOUBLE_MS = 350
const DOUBLE_PX = 12

interface Press {
  id: number
  x: number
  y: number
  /** The hand holds something. */
  held: boolean
  moved: boolean
}

/** Answers how to stop listening. */
export function followPointer(map: MapLibre, hand: Hand, view: () => Projector): () => void {
  const element = map.getCanvasContainer()
  let press: Press | null = null
  let clicked = { at: -Infinity, x: 0, y: 0 }
  let pending: { event: PointerEvent; type: 'move' | 'drag' } | null = null
  let frame = 0

  const placeOf = (event: PointerEvent): [x: number, y: number] => {
    const { left, top } = element.getBoundingClientRect()
    return [event.clientX - left, event.clientY - top]
  }
  const howOf = (event: PointerEvent): Pointing => ({
    reach: event.pointerType === 'touch' ? FINGER_PX : MOUSE.reach,
    free: event.altKey,
    square: event.shiftKey,
  })
  const point = (type: Parameters<Hand['point']>[0], event: PointerEvent): boolean =>
    hand.point(type, view().toGrid(...placeOf(event)), howOf(event), event.shiftKey || event.ctrlKey || event.metaKey)
  const flush = () => {
    cancelAnimationFrame(frame)
    frame = 0
    const due = pending
    pending = null
    if (due) point(due.type, due.event)
  }
  const later = (type: 'move' | 'drag', event: PointerEvent) => {
    pending = { event, type }
    frame ||= requestAnimationFrame(flush)
  }
  const release = () => {
    press = null
    map.dragPan.enable()
  }

  const ondown = (event: PointerEvent) => {
    if (press) {
      // A second finger: the map's own gesture.
      pending = null
      if (press.held) hand.tell({ type: 'cancel' })
      return release()
    }
    if (event.button !== 0) return
    flush()
    const [x, y] = placeOf(event)
    press = { id: event.pointerId, x, y, held: point('press', event), moved: false }
    if (!press.held) return
    map.dragPan.disable()
    element.setPointerCapture(event.pointerId)
  }
  const onmove = (event: PointerEvent) => {
    if (!press) return event.pointerType === 'touch' ? undefined : later('move', event)
    if (event.pointerId !== press.id) return
    const [x, y] = placeOf(event)
    press.moved ||= Math.hypot(x - press.x, y - press.y) > CLICK_PX
    if (press.moved && press.held) later('drag', event)
  }
  const onup = (event: PointerEvent) => {
    if (!press || event.pointerId !== press.id) return
    const { held, moved } = press
    flush()
    release()
    if (moved) {
      if (held) point('drop', event)
      return
    }
    const [x, y] = placeOf(event)
    // A finger comes from nowhere: what it is about to do is worked out first.
    if (event.pointerType === 'touch') point('move', event)
    point('click', event)
    const isDouble = event.timeStamp - clicked.at < DOUBLE_MS && Math.hypot(x - clicked.x, y - clicked.y) < DOUBLE_PX
    if (isDouble) point('double', event)
    clicked = { at: isDouble ? -Infinity : event.timeStamp, x, y }
  }
  const oncancel = () => {
    pending = null
    if (press?.held) hand.tell({ type: 'cancel' })
    release()
  }
  const onleave = () => {
    if (press) return
    pending = null
    hand.leave()
  }

  element.addEventListener('pointerdown', ondown)
  element.addEventListener('pointermove', onmove)
  element.addEventListener('pointerup', onup)
  element.addEventListener('pointercancel', oncancel)
  element.addEventListener('pointerleave', onleave)
  map.doubleClickZoom.disable()
  map.boxZoom.disable()
  return () => {
    cancelAnimationFrame(frame)
    element.removeEventListener('pointerdown', ondown)
    element.removeEventListener('pointermove', onmove)
    element.removeEventListener('pointerup', onup)
    element.removeEventListener('pointercancel', oncancel)
    element.removeEventListener('pointerleave', onleave)
  }
}
