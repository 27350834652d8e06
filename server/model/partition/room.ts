/** The room that new borders have between buildings and other borders: which of their corners may go, and where to. */
import { orient } from '../exact.ts'
import type { Buckets } from './buckets.ts'
import type { Scale } from './scale.ts'

export class Room {
  /** Coordinates of the borders' corners; those that are moved are changed in place. */
  private readonly x: Int32Array
  private readonly y: Int32Array
  private readonly scale: Scale
  private readonly corners: Buckets
  private readonly posts: Buckets
  private readonly clearance2: number
  private readonly pad: number

  /**
   * `corners`: of all borders in `x` and `y` that nothing may pass; `posts`: buildings and corners of their walls, from which a border
   * keeps `clearance` metres unless it is closer already. A line that has no corner of a house in the triangles that it passes over
   * cannot come to run through that house.
   */
  constructor(x: Int32Array, y: Int32Array, scale: Scale, corners: Buckets, posts: Buckets, clearance: number) {
    this.x = x
    this.y = y
    this.scale = scale
    this.corners = corners
    this.posts = posts
    this.clearance2 = clearance * clearance
    this.pad = Math.ceil(clearance / scale.east)
  }

  /** m². */
  areaOf(a: number, v: number, b: number): number {
    const { x, y, scale } = this
    return (Math.abs((x[v]! - x[a]!) * (y[b]! - y[a]!) - (x[b]! - x[a]!) * (y[v]! - y[a]!)) / 2) * scale.east * scale.north
  }

  /** True when the border may run straight from a to b, past its corner v. */
  mayDrop(a: number, v: number, b: number): boolean {
    const { x, y } = this
    const [ax, ay, vx, vy, bx, by] = [x[a]!, y[a]!, x[v]!, y[v]!, x[b]!, y[b]!]
    const box = [Math.min(ax, vx, bx), Math.min(ay, vy, by), Math.max(ax, vx, bx), Math.max(ay, vy, by)] as const
    if (this.corners.some(box, 0, (w, qx, qy) => w !== a && w !== v && w !== b && inTriangle(ax, ay, vx, vy, bx, by, qx, qy))) return false
    return !this.posts.some(box, this.pad, (_, px, py) => {
      if (inTriangle(ax, ay, vx, vy, bx, by, px, py)) return true
      const next = this.distance2(px, py, ax, ay, bx, by)
      if (next >= this.clearance2) return false
      return next < Math.min(this.distance2(px, py, ax, ay, vx, vy), this.distance2(px, py, vx, vy, bx, by))
    })
  }

  /** True when the corner v between a and b may come to (px, py), which must lie in their triangle. */
  mayMove(a: number, v: number, b: number, px: number, py: number): boolean {
    const { x, y } = this
    const [ax, ay, vx, vy, bx, by] = [x[a]!, y[a]!, x[v]!, y[v]!, x[b]!, y[b]!]
    const turn = orient(ax, ay, vx, vy, bx, by)
    if (turn === 0 || orient(ax, ay, px, py, bx, by) !== turn) return false
    if (orient(ax, ay, vx, vy, px, py) !== turn || orient(vx, vy, bx, by, px, py) !== turn) return false
    const box = [Math.min(ax, vx, bx), Math.min(ay, vy, by), Math.max(ax, vx, bx), Math.max(ay, vy, by)] as const
    if (this.corners.some(box, 0, (w, qx, qy) => w !== a && w !== v && w !== b && isSwept(ax, ay, vx, vy, bx, by, px, py, qx, qy)))
      return false
    return !this.posts.some(box, this.pad, (_, qx, qy) => {
      if (isSwept(ax, ay, vx, vy, bx, by, px, py, qx, qy)) return true
      const next = Math.min(this.distance2(qx, qy, ax, ay, px, py), this.distance2(qx, qy, px, py, bx, by))
      if (next >= this.clearance2) return false
      return next < Math.min(this.distance2(qx, qy, ax, ay, vx, vy), this.distance2(qx, qy, vx, vy, bx, by))
    })
  }

  drop(v: number): void {
    this.corners.drop(v)
  }

  move(v: number, px: number, py: number): void {
    this.corners.drop(v)
    this.x[v] = px
    this.y[v] = py
    this.corners.add(v)
  }

  /** Squared distance of a point from a segment, m². */
  private distance2(px: number, py: number, ax: number, ay: number, bx: number, by: number): number {
    const { east, north } = this.scale
    const ox = (ax - px) * east
    const oy = (ay - py) * north
    const dx = (bx - ax) * east
    const dy = (by - ay) * north
    const t = Math.max(0, Math.min(1, -(ox * dx + oy * dy) / (dx * dx + dy * dy)))
    return (ox + t * dx) * (ox + t * dx) + (oy + t * dy) * (oy + t * dy)
  }
}

/** Its border included. */
function inTriangle(ax: number, ay: number, bx: number, by: number, cx: number, cy: number, px: number, py: number): boolean {
  const one = orient(ax, ay, bx, by, px, py)
  const two = orient(bx, by, cx, cy, px, py)
  const three = orient(cx, cy, ax, ay, px, py)
  return !(one > 0 || two > 0 || three > 0) || !(one < 0 || two < 0 || three < 0)
}

/** Whether a border from a over v to b passes the point q when its corner v comes to p, within the triangle of the three. */
function isSwept(
  ax: number,
  ay: number,
  vx: number,
  vy: number,
  bx: number,
  by: number,
  px: number,
  py: number,
  qx: number,
  qy: number,
): boolean {
  return inTriangle(ax, ay, vx, vy, px, py, qx, qy) || inTriangle(vx, vy, bx, by, px, py, qx, qy)
}
