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
in float a_inside;
out float v_inside;
void main() {
  v_inside = a_inside;
  gl_Position = u_matrix * vec4(a_pos, 0.0, 1.0);
  gl_PointSize = u_size;
}`
const FRAGMENT = `#version 300 es
precision mediump float;
uniform vec3 u_inside;
uniform vec3 u_outside;
in float v_inside;
out vec4 colour;
void main() {
  colour = vec4(mix(u_outside, u_inside, v_inside), 1.0);
}`

/** From afar single buildings say nothing. */
const FROM_ZOOM = 12.4
/** Edge of a square at FROM_ZOOM and how fast it grows: some ten metres on the ground further in, px. */
const EDGE = 1.4
const GROWTH = 1.55
/** Place, and whether it lies in the plan. */
const PER_BUILDING = 3
const FLOAT_BYTES = 4

const compile = (gl: WebGL2RenderingContext, type: number, text: string): WebGLShader => {
  const shader = gl.createShader(type)!
  gl.shaderSource(shader, text)
  gl.compileShader(shader)
  return shader
}

const rgb = (colour: string) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255) as [number, number, number]

/** Colours in six hexadecimal digits: of buildings inside the plan, and of the others. */
export function buildingsLayer(
  { x, y }: Pick<BuildingColumns, 'x' | 'y'>,
  isInside: (building: number) => boolean,
  colours: { inside: string; outside: string },
): CustomLayerInterface & { id: 'edit-building' } {
  const mercator = (i: number) => MercatorCoordinate.fromLngLat([x[i]! / GRID, y[i]! / GRID])
  const origin = x.length > 0 ? mercator(0) : new MercatorCoordinate(0, 0)
  const places = new Float32Array(x.length * PER_BUILDING)
  for (let i = 0; i < x.length; i++) {
    const at = mercator(i)
    places.set([at.x - origin.x, at.y - origin.y, isInside(i) ? 1 : 0], PER_BUILDING * i)
  }
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
      for (const [name, size, from] of [
        ['a_pos', 2, 0],
        ['a_inside', 1, 2],
      ] as const) {
        // prettier-ignore
        const at = gl.getAttribLocation(program, name)
        gl.enableVertexAttribArray(at)
        gl.vertexAttribPointer(at, size, gl.FLOAT, false, PER_BUILDING * FLOAT_BYTES, from * FLOAT_BYTES)
      }
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
      gl.uniform3f(gl.getUniformLocation(program, 'u_inside'), ...rgb(colours.inside))
      gl.uniform3f(gl.getUniformLocation(program, 'u_outside'), ...rgb(colours.outside))
      gl.bindVertexArray(array)
      gl.drawArrays(gl.POINTS, 0, x.length)
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
