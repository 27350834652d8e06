/** Every distinct point once: integer coordinates ↔ dense ids. Open addressing, because a pair of int32 fits no number key. */
export class Vertices {
  readonly x: number[] = []
  readonly y: number[] = []
  private slots = new Int32Array(1024).fill(-1)

  get size(): number {
    return this.x.length
  }

  /** Id of the point, given out at its first appearance. */
  add(x: number, y: number): number {
    let slot = this.slotOf(x, y)
    const known = this.slots[slot]!
    if (known >= 0) return known
    if (this.x.length * 2 >= this.slots.length) {
      this.grow()
      slot = this.slotOf(x, y)
    }
    this.slots[slot] = this.x.length
    this.x.push(x)
    this.y.push(y)
    return this.x.length - 1
  }

  /** Id of the point, or -1 when it was never added. */
  find(x: number, y: number): number {
    return this.slots[this.slotOf(x, y)]!
  }

  private slotOf(x: number, y: number): number {
    const mask = this.slots.length - 1
    let slot = (Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b)) >>> 0
    slot = (slot ^ (slot >>> 15)) & mask
    for (let id = this.slots[slot]!; id >= 0; id = this.slots[slot]!) {
      if (this.x[id] === x && this.y[id] === y) return slot
      slot = (slot + 1) & mask
    }
    return slot
  }

  private grow(): void {
    this.slots = new Int32Array(this.slots.length * 2).fill(-1)
    for (let id = 0; id < this.x.length; id++) this.slots[this.slotOf(this.x[id]!, this.y[id]!)] = id
  }
}
