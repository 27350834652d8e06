/**
 * Buildings as small squares, drawn by a layer of its own from the columns as they came: half a million points cost one draw call and
 * no parsing. Positions are kept relative to the first building, because a float holds a place on earth to metres only.
 */
import { type CustomLayerInterface, type Map as MapLibre, MercatorCoordinate } from 'maplibre-gl'
import { GRID } from '#model/crs.ts'
import type { BuildingColumns } from '#model/buildings.ts'

const VERTEX = `#version 300 es
uniform mat4 u_matrix;
uniform float u_size;
in vec2 a_pos;
void main() {
  gl_Position = u_matrix * vec4(a_pos, 0.0, 1.0);
  gl_PointSize = u_size;
}`
const FRAGMENT = `#version 300 es
precision mediump float;
uniform vec4 u_colour;
out vec4 colour;
void main() {
  colour = u_colour;
}`

/** From afar single buildings say nothing. */
const FROM_ZOOM = 12.4
/** Edge of a square at FROM_ZOOM and how fast it grows: some ten metres on the ground further in, px. */
const EDGE = 1.4
const GROWTH = 1.55

const compile = (gl: WebGL2RenderingContext, type: number, text: string): WebGLShader => {
  const shader = gl.createShader(type)!
  gl.shaderSource(shader, text)
  gl.compileShader(shader)
  return shader
}

/** `colour`: any CSS colour in six hexadecimal digits. */
export function buildingsLayer({ x, y }: Pick<BuildingColumns, 'x' | 'y'>, colour: string): CustomLayerInterface & { id: 'edit-building' } {
  const mercator = (i: number) => MercatorCoordinate.fromLngLat([x[i]! / GRID, y[i]! / GRID])
  const origin = x.length > 0 ? mercator(0) : new MercatorCoordinate(0, 0)
  const places = new Float32Array(x.length * 2)
  for (let i = 0; i < x.length; i++) {
    const at = mercator(i)
    places[2 * i] = at.x - origin.x
    places[2 * i + 1] = at.y - origin.y
  }
  const rgb = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
  let map: MapLibre
  let program: WebGLProgram
  let buffer: WebGLBuffer
  let array: WebGLVertexArrayObject
  return {
    id: 'edit-building',
    type: 'custom',
    renderingMode: '2d',
    onAdd(to, context) {
      const gl = context as WebGL2RenderingContext
      map = to
      program = gl.createProgram()
      gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, VERTEX))
      gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, FRAGMENT))
      gl.linkProgram(program)
      buffer = gl.createBuffer()
      array = gl.createVertexArray()
      gl.bindVertexArray(array)
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer)
      gl.bufferData(gl.ARRAY_BUFFER, places, gl.STATIC_DRAW)
      const at = gl.getAttribLocation(program, 'a_pos')
      gl.enableVertexAttribArray(at)
      gl.vertexAttribPointer(at, 2, gl.FLOAT, false, 0, 0)
      gl.bindVertexArray(null)
    },
    render(context, { defaultProjectionData: { mainMatrix } }) {
      const zoom = map.getZoom()
      if (zoom < FROM_ZOOM || places.length === 0) return
      const gl = context as WebGL2RenderingContext
      const m = Array.from(mainMatrix as unknown as ArrayLike<number>)
      // Moved to the origin in doubles, before anything becomes a float.
      for (let row = 0; row < 4; row++) m[12 + row]! += m[row]! * origin.x + m[4 + row]! * origin.y
      gl.useProgram(program)
      gl.uniformMatrix4fv(gl.getUniformLocation(program, 'u_matrix'), false, m)
      gl.uniform1f(gl.getUniformLocation(program, 'u_size'), EDGE * GROWTH ** (zoom - FROM_ZOOM) * devicePixelRatio)
      gl.uniform4f(gl.getUniformLocation(program, 'u_colour'), rgb[0]!, rgb[1]!, rgb[2]!, 1)
      gl.bindVertexArray(array)
      gl.drawArrays(gl.POINTS, 0, places.length / 2)
      gl.bindVertexArray(null)
    },
    onRemove(_map, context) {
      const gl = context as WebGL2RenderingContext
      gl.deleteVertexArray(array)
      gl.deleteBuffer(buffer)
      gl.deleteProgram(program)
    },
  }
}
