/**
 * Divides a connected piece of the mesh into contiguous parts of wished weight: all parts grow at once from their seeds
 * along the cheapest edges (Dijkstra with many sources), then seeds move to the middle of their parts, and parts that came
 * out heavy grow more slowly in the next round. Edges across ridges cost more, so lines settle on them.
 */
import type { Mesh } from './mesh.ts'
import type { Random } from './random.ts'

export interface GrowthTask {
  /** Vertices to divide; they must be connected. */
  vertices: Int32Array
  /** Wished share of each part, any unit. */
  wishes: readonly number[]
  /** Start of each part; where absent it is chosen by weight. */
  seeds?: readonly number[]
  /** Seeds that stay where they are. */
  fixed?: boolean
  rounds: number
}

export class Growth {
  readonly #mesh: Mesh
  readonly #weight: Float64Array
  readonly #cost: Float64Array
  readonly #part: Int32Array
  readonly #distance: Float64Array
  readonly #heap: Heap
  readonly #random: Random

  /** `weight` of each vertex; `cost` of each directed edge, as mesh.neighbours has them. */
  constructor(mesh: Mesh, weight: Float64Array, cost: Float64Array, random: Random) {
    this.#mesh = mesh
    this.#weight = weight
    this.#cost = cost
    this.#random = random
    this.#part = new Int32Array(mesh.x.length).fill(-2)
    this.#distance = new Float64Array(mesh.x.length)
    this.#heap = new Heap(mesh.neighbours.length)
  }

  /** Part number of each of the task's vertices. Every part is contiguous and holds at least its seed. */
  divide({ vertices, wishes, seeds: given, fixed = false, rounds }: GrowthTask): Int32Array {
    const count = wishes.length
    if (count > vertices.length) throw new RangeError(`${vertices.length} vertices cannot make ${count} parts`)
    const total = wishes.reduce((sum, wish) => sum + wish, 0)
    let weightSum = 0
    for (const v of vertices) weightSum += this.#weight[v] as number
    const seeds = given ? [...given] : this.#chooseSeeds(vertices, count)
    const slowness = new Float64Array(count).fill(1)
    for (let round = 0; round < rounds; round++) {
      this.#grow(vertices, seeds, slowness)
      if (round === rounds - 1) break
      const sums = this.#sums(vertices, count)
      wishes.forEach((wish, p) => {
        const ratio = (sums.weight[p] as number) / ((weightSum * wish) / total || 1)
        const step = Math.sqrt(Math.max(0.25, Math.min(4, ratio)))
        slowness[p] = Math.max(0.2, Math.min(5, (slowness[p] as number) * (0.35 + 0.65 * step)))
      })
      if (!fixed && round < rounds - 3) this.#recentre(vertices, seeds, sums)
    }
    const parts = Int32Array.from(vertices, (v) => this.#part[v] as number)
    for (const v of vertices) this.#part[v] = -2
    return parts
  }

  #grow(vertices: Int32Array, seeds: readonly number[], slowness: Float64Array): void {
    const { starts, neighbours } = this.#mesh
    const heap = this.#heap
    for (const v of vertices) {
      this.#part[v] = -1
      this.#distance[v] = Infinity
    }
    heap.clear()
    seeds.forEach((seed, p) => {
      this.#part[seed] = p
      this.#distance[seed] = 0
      heap.push(0, seed)
    })
    while (heap.size > 0) {
      const reached = heap.key
      const v = heap.pop()
      if (reached > (this.#distance[v] as number)) continue
      const p = this.#part[v] as number
      const slow = slowness[p] as number
      const end = starts[v + 1] as number
      for (let k = starts[v] as number; k < end; k++) {
        const w = neighbours[k] as number
        if (this.#part[w] === -2) continue
        const there = reached + (this.#cost[k] as number) * slow
        if (there >= (this.#distance[w] as number)) continue
        this.#distance[w] = there
        this.#part[w] = p
        heap.push(there, w)
      }
    }
  }

  #sums(vertices: Int32Array, count: number): { weight: Float64Array; x: Float64Array; y: Float64Array } {
    const sums = { weight: new Float64Array(count), x: new Float64Array(count), y: new Float64Array(count) }
    for (const v of vertices) {
      const p = this.#part[v] as number
      const weight = this.#weight[v] as number
      sums.weight[p] = (sums.weight[p] as number) + weight
      sums.x[p] = (sums.x[p] as number) + weight * (this.#mesh.x[v] as number)
      sums.y[p] = (sums.y[p] as number) + weight * (this.#mesh.y[v] as number)
    }
    return sums
  }

  #recentre(vertices: Int32Array, seeds: number[], sums: { weight: Float64Array; x: Float64Array; y: Float64Array }): void {
    const best = new Float64Array(seeds.length).fill(Infinity)
    for (const v of vertices) {
      const p = this.#part[v] as number
      const weight = sums.weight[p] as number
      if (weight === 0) continue
      const dx = (this.#mesh.x[v] as number) - (sums.x[p] as number) / weight
      const dy = (this.#mesh.y[v] as number) - (sums.y[p] as number) / weight
      const distance = dx * dx + dy * dy
      if (distance >= (best[p] as number)) continue
      best[p] = distance
      seeds[p] = v
    }
  }

  /** By weight, the best of some tries each: the one farthest from those chosen, measured by the weight around. */
  #chooseSeeds(vertices: Int32Array, count: number): number[] {
    const running = new Float64Array(vertices.length)
    let sum = 0
    vertices.forEach((v, i) => {
      sum += this.#weight[v] as number
      running[i] = sum
    })
    const seeds: number[] = []
    const taken = new Set<number>()
    while (seeds.length < count) {
      let choice = -1
      let farthest = -1
      for (let attempt = 0; attempt < 12; attempt++) {
        const v = vertices[lowerBound(running, this.#random.unit() * sum)] as number
        if (taken.has(v)) continue
        let nearest = Infinity
        for (const seed of seeds) {
          const dx = (this.#mesh.x[v] as number) - (this.#mesh.x[seed] as number)
          const dy = (this.#mesh.y[v] as number) - (this.#mesh.y[seed] as number)
          nearest = Math.min(nearest, dx * dx + dy * dy)
        }
        const score = (nearest * (this.#weight[v] as number)) / (this.#mesh.area[v] as number)
        if (score > farthest) [farthest, choice] = [score, v]
      }
      choice = choice === -1 ? (vertices.find((v) => !taken.has(v)) as number) : choice
      taken.add(choice)
      seeds.push(choice)
    }
    return seeds
  }
}

/** First index whose running sum reaches `value`. */
export function lowerBound(running: Float64Array, value: number): number {
  let low = 0
  let high = running.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((running[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Binary heap of (key, vertex); equal keys leave by vertex number, so the order never depends on the history. */
class Heap {
  size = 0
  readonly #keys: Float64Array
  readonly #vertices: Int32Array

  constructor(capacity: number) {
    this.#keys = new Float64Array(capacity + 1)
    this.#vertices = new Int32Array(capacity + 1)
  }

  get key(): number {
    return this.#keys[0] as number
  }

  clear(): void {
    this.size = 0
  }

  push(key: number, vertex: number): void {
    const keys = this.#keys
    const vertices = this.#vertices
    let i = this.size++
    while (i > 0) {
      const parent = (i - 1) >> 1
      const parentKey = keys[parent] as number
      if (parentKey < key || (parentKey === key && (vertices[parent] as number) <= vertex)) break
      keys[i] = parentKey
      vertices[i] = vertices[parent] as number
      i = parent
    }
    keys[i] = key
    vertices[i] = vertex
  }

  pop(): number {
    const keys = this.#keys
    const vertices = this.#vertices
    const top = vertices[0] as number
    const last = --this.size
    const key = keys[last] as number
    const vertex = vertices[last] as number
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= last) break
      if (child + 1 < last && this.#before(child + 1, child)) child++
      const childKey = keys[child] as number
      if (key < childKey || (key === childKey && vertex <= (vertices[child] as number))) break
      keys[i] = childKey
      vertices[i] = vertices[child] as number
      i = child
    }
    keys[i] = key
    vertices[i] = vertex
    return top
  }

  #before(a: number, b: number): boolean {
    const d = (this.#keys[a] as number) - (this.#keys[b] as number)
    return d < 0 || (d === 0 && (this.#vertices[a] as number) < (this.#vertices[b] as number))
  }
}
