/**
 * Heat drawn by the graphics card: the county's outline as triangles, over them a texture of one value a cell. A step of the brush is
 * one upload of some ten thousand numbers; bands are cut in the shader, so their edges are sharp at every zoom and on every wall.
 */
import type { CustomLayerInterface, CustomRenderMethodInput, Map } from 'maplibre-gl'
import type { LayerId } from '../zorder.ts'
import type { Field } from './field.ts'
import { fromGround, type Ground, groundOf, onGround } from './ground.ts'
import { BANDS_AT_MOST, FRAGMENT, VERTEX } from './heat-shader.ts'

/** What is drawn. `values` are the field's, row by row from the south, in the unit of `bounds`. */
export interface HeatPicture {
  field: Field
  values: Float32Array
  /** Ascending lower bounds of the bands, as many as there are colours. */
  bounds: readonly number[]
  /** Contour bands of a smooth field, or every cell with its own value. */
  look: 'bands' | 'cells'
  /** Numbers of merged cells are spread over many: no gaps between those. */
  isMerged: boolean
}

const UNIFORMS = ['u_matrix', 'u_rows', 'u_size', 'u_bounds', 'u_colours', 'u_count', 'u_cells', 'u_field']

export class HeatLayer implements CustomLayerInterface {
  readonly id: LayerId & 'heat' = 'heat'
  readonly type = 'custom'
  readonly renderingMode = '2d'

  private map: Map | null = null
  private program: WebGLProgram | null = null
  private texture: WebGLTexture | null = null
  private corners: WebGLBuffer | null = null
  private vertices: WebGLVertexArrayObject | null = null
  /** Null until the first frame: asking for them waits for the compiler, which is at work while the first numbers come. */
  private uniforms: Record<string, WebGLUniformLocation | null> | null = null

  private picture: HeatPicture | null = null
  private ground: Ground | null = null
  private triangles: Float64Array = new Float64Array()
  private colours = new Float32Array()
  private isOld = { values: true, shape: true }
  private drawnCorners = 0

  /** Colours of the bands from few to many, 0…1 a channel. */
  paint(colours: readonly (readonly [number, number, number])[]): void {
    this.colours = Float32Array.from(colours.flat())
    this.map?.triggerRepaint()
  }

  /** Where heat may stand: triangles in Web Mercator, 0…1 from the north-west corner of the world, six numbers each. */
  within(triangles: Float64Array): void {
    this.triangles = triangles
    this.isOld.shape = true
    this.map?.triggerRepaint()
  }

  /** Another picture, or none. The values are read when the next frame is drawn; until then they must stay. */
  show(picture: HeatPicture | null): void {
    if (picture && picture.field !== this.picture?.field) {
      this.ground = groundOf(picture.field)
      this.isOld.shape = true
    }
    this.picture = picture
    this.isOld.values = true
    this.map?.triggerRepaint()
  }

  onAdd(map: Map, gl: WebGL2RenderingContext): void {
    this.map = map
    this.program = compile(gl)
    this.uniforms = null
    this.texture = gl.createTexture()
    this.corners = gl.createBuffer()
    this.vertices = gl.createVertexArray()
    this.isOld = { values: true, shape: true }
  }

  onRemove(_map: Map, gl: WebGL2RenderingContext): void {
    gl.deleteTexture(this.texture)
    gl.deleteBuffer(this.corners)
    gl.deleteVertexArray(this.vertices)
    gl.deleteProgram(this.program)
    this.map = null
  }

  render(gl: WebGL2RenderingContext, { defaultProjectionData }: CustomRenderMethodInput): void {
    const { picture, ground } = this
    if (!picture || !ground || !this.program || this.triangles.length === 0) return
    const uniforms = (this.uniforms ??= linked(gl, this.program))
    gl.useProgram(this.program)
    gl.bindVertexArray(this.vertices)
    this.upload(gl, picture, ground)
    const { field, bounds } = picture
    const top = bounds.at(-1)!
    const cells = picture.look === 'cells'
    gl.uniformMatrix4fv(uniforms['u_matrix']!, false, fromGround(defaultProjectionData.mainMatrix, ground))
    gl.uniform4fv(uniforms['u_rows']!, ground.rows)
    gl.uniform2f(uniforms['u_size']!, field.columns, field.rows)
    gl.uniform1fv(
      uniforms['u_bounds']!,
      Float32Array.from({ length: BANDS_AT_MOST }, (_bound, n) => (bounds[n] ?? Infinity) / (cells ? 1 : top)),
    )
    gl.uniform3fv(
      uniforms['u_colours']!,
      Float32Array.from({ length: BANDS_AT_MOST * 3 }, (_c, n) => this.colours[n] ?? 1),
    )
    gl.uniform1i(uniforms['u_count']!, bounds.length)
    gl.uniform1i(uniforms['u_cells']!, cells ? (picture.isMerged ? 2 : 1) : 0)
    gl.uniform1i(uniforms['u_field']!, 0)
    gl.drawArrays(gl.TRIANGLES, 0, this.drawnCorners)
    gl.bindVertexArray(null)
  }

  private upload(gl: WebGL2RenderingContext, { field, values, bounds, look }: HeatPicture, ground: Ground): void {
    gl.activeTexture(gl.TEXTURE0)
    gl.bindTexture(gl.TEXTURE_2D, this.texture)
    if (this.isOld.shape) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.corners)
      gl.bufferData(gl.ARRAY_BUFFER, onGround(this.triangles, ground), gl.STATIC_DRAW)
      gl.enableVertexAttribArray(0)
      gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0)
      this.drawnCorners = this.triangles.length / 2
      this.isOld.shape = false
    }
    if (!this.isOld.values) return
    const [filter, format] = look === 'cells' ? [gl.NEAREST, gl.R32F] : [gl.LINEAR, gl.R16F]
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, filter)
    for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE)
    // Half floats end at 65,504 and keep three digits: a smooth field is told as a share of its top bound.
    const top = bounds.at(-1)!
    const texels = look === 'cells' ? values : values.map((value) => value / top)
    gl.texImage2D(gl.TEXTURE_2D, 0, format, field.columns, field.rows, 0, gl.RED, gl.FLOAT, texels)
    this.isOld.values = false
  }
}

function compile(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram()
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type)!
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
    gl.deleteShader(shader)
  }
  gl.bindAttribLocation(program, 0, 'a_place')
  gl.linkProgram(program)
  return program
}

/** The places of its uniforms; throws where the card refused it. */
function linked(gl: WebGL2RenderingContext, program: WebGLProgram): Record<string, WebGLUniformLocation | null> {
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(`The heat cannot be drawn: ${gl.getProgramInfoLog(program)}`)
  return Object.fromEntries(UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)]))
}
