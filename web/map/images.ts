/** Markers and chips drawn on a canvas at the screen's own pixels: shape, letter, fill and size of the look, in the screen's language. */
import type { Map } from 'maplibre-gl'
import type { Drawing } from './canvas.ts'
import { FONTS } from './palette.ts'

export interface MarkerImage {
  id: string
  image: ImageData
  pixelRatio: number
}

/** Radii in px on a wall of 1080; the shapes reach a little further, see `diamond` and `triangle`. */
const R = { red: 18.4, redNew: 24, yellow: 16, green: 14.4 } as const
const LETTERS = { zh: { red: '急', yellow: '快', green: '常' }, en: { red: 'R', yellow: 'Y', green: 'G' } } as const

type Pen = CanvasRenderingContext2D
type Draw = (pen: Pen, half: number) => void

/** `ratio`: device pixels in a CSS pixel. Every image is square with the marker's place in its middle. */
export function markerImages({ palette, scale, lang }: Drawing, ratio: number): MarkerImage[] {
  const letters = LETTERS[lang]
  const square = (id: string, half: number, draw: Draw): MarkerImage => {
    const edge = Math.ceil(half * 2 * scale * ratio)
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = edge
    const pen = canvas.getContext('2d', { willReadFrequently: true })!
    pen.translate(edge / 2, edge / 2)
    pen.scale(scale * ratio, scale * ratio)
    pen.lineJoin = 'round'
    pen.textAlign = 'center'
    pen.textBaseline = 'alphabetic'
    draw(pen, half)
    return { id, image: pen.getImageData(0, 0, edge, edge), pixelRatio: ratio }
  }
  const write = (pen: Pen, letter: string, px: number, colour: string, y: number) => {
    pen.font = `700 ${px}px ${FONTS.map((name) => `"${name}"`).join(',')}, sans-serif`
    pen.fillStyle = colour
    // Centred by the ink, not by the line: the same for a Han character and a capital.
    const ink = pen.measureText(letter)
    pen.fillText(letter, 0, y + (ink.actualBoundingBoxAscent - ink.actualBoundingBoxDescent) / 2)
  }

  const red = (r: number) => (pen: Pen) => {
    diamond(pen, r * 1.16)
    pen.fillStyle = palette.red
    pen.fill()
    pen.lineWidth = 1.6
    pen.strokeStyle = palette.key
    pen.stroke()
    write(pen, letters.red, r * (lang === 'zh' ? 1.04 : 1), palette.onRed, 0)
  }
  const yellow = (solid: boolean, letter: boolean) => (pen: Pen) => {
    const ink = palette.onYellow
    triangle(pen, R.yellow)
    pen.strokeStyle = solid ? ink : palette.surface0
    pen.lineWidth = 5
    pen.stroke()
    pen.fillStyle = solid ? palette.yellow : palette.surface0
    pen.fill()
    pen.strokeStyle = palette.yellow
    pen.lineWidth = 2.2
    pen.stroke()
    if (letter) write(pen, letters.yellow, 14, solid ? ink : palette.yellow, 5.6)
  }
  const green = (solid: boolean) => (pen: Pen) => {
    pen.beginPath()
    pen.arc(0, 0, R.green - 2, 0, 2 * Math.PI)
    pen.fillStyle = palette.surface1
    pen.fill()
    pen.strokeStyle = palette.green
    pen.lineWidth = solid ? 2.6 : 1.4
    pen.stroke()
    write(pen, letters.green, 14, palette.green, 0)
  }
  const chip = (edge: string, fill: string, camera: string | null, slashed: boolean) => (pen: Pen) => {
    pen.beginPath()
    pen.roundRect(-14, -11, 28, 22, 4)
    pen.fillStyle = fill
    pen.fill()
    pen.lineWidth = 1
    pen.strokeStyle = edge
    pen.stroke()
    if (camera) videoCamera(pen, camera, slashed)
  }

  return [
    square('red', 22.5, red(R.red)),
    square('red-new', 29, red(R.redNew)),
    square('yellow', 21, yellow(true, true)),
    square('yellow-hollow', 21, yellow(false, true)),
    square('yellow-blank', 21, yellow(true, false)),
    square('yellow-blank-hollow', 21, yellow(false, false)),
    square('green', 15, green(true)),
    square('green-hollow', 15, green(false)),
    square('camera', 10, (pen) => videoCamera(pen, palette.text3, false)),
    square('camera-offline', 10, (pen) => videoCamera(pen, palette.text3, true)),
    square('camera-chip', 16, chip(palette.line2, palette.surface1, palette.text2, false)),
    square('camera-chip-offline', 16, chip(palette.line2, palette.surface1, palette.text3, true)),
    square('chip-white', 16, chip(palette.invertBg, palette.invertBg, null, false)),
    square('chip-offline', 16, chip(palette.text2, palette.surface1, null, false)),
  ]
}

function diamond(pen: Pen, half: number): void {
  pen.beginPath()
  pen.moveTo(0, -half)
  pen.lineTo(half, 0)
  pen.lineTo(0, half)
  pen.lineTo(-half, 0)
  pen.closePath()
}

/** Upright, its middle of gravity in the origin. */
function triangle(pen: Pen, r: number): void {
  pen.beginPath()
  pen.moveTo(0, -r * 1.12)
  pen.lineTo(r * 1.12, r * 0.82)
  pen.lineTo(-r * 1.12, r * 0.82)
  pen.closePath()
}

/** Body and lens, outlined. */
function videoCamera(pen: Pen, colour: string, slashed: boolean): void {
  pen.lineWidth = 1.3
  pen.strokeStyle = colour
  pen.beginPath()
  pen.roundRect(-8, -4.5, 10.5, 9, 1)
  pen.moveTo(2.5, -1)
  pen.lineTo(7.5, -4)
  pen.lineTo(7.5, 4)
  pen.lineTo(2.5, 1)
  pen.stroke()
  if (!slashed) return
  pen.beginPath()
  pen.moveTo(-8.5, 7)
  pen.lineTo(7, -7.5)
  pen.stroke()
}

/** Gives the images to a map, or exchanges them for others of the same size (another language). */
export function putImages(map: Map, images: readonly MarkerImage[]): void {
  for (const { id, image, pixelRatio } of images) {
    if (map.hasImage(id)) map.updateImage(id, image)
    else map.addImage(id, image, { pixelRatio })
  }
}
