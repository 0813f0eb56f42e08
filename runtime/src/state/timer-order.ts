interface Entry {
  readonly time: number
  readonly name: string
}

/** Names by time, the earliest first: a binary heap. A name may stand in it more than once, and after it is gone. */
export class TimerOrder {
  private readonly heap: Entry[] = []

  push(time: number, name: string): void {
    const { heap } = this
    let at = heap.length
    heap.push({ time, name })
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(heap[at], heap[parent])) break
      this.swap(at, parent)
      at = parent
    }
  }

  /** The names up to a time, in order, of those that `isThere`; the others are forgotten on the way. */
  until(time: number, limit: number, isThere: (name: string) => boolean): readonly string[] {
    const found = new Map<string, Entry>()
    for (let top = this.heap[0]; top !== undefined && top.time <= time; top = this.heap[0]) {
      if (found.size >= limit) break
      this.pop()
      if (isThere(top.name)) found.set(top.name, top)
    }
    for (const entry of found.values()) this.push(entry.time, entry.name)
    return [...found.keys()]
  }

  clear(): void {
    this.heap.length = 0
  }

  private pop(): void {
    const { heap } = this
    const last = heap.pop()
    if (heap.length === 0 || last === undefined) return
    heap[0] = last
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      let least = at
      if (isBefore(heap[left], heap[least])) least = left
      if (isBefore(heap[left + 1], heap[least])) least = left + 1
      if (least === at) return
      this.swap(at, least)
      at = least
    }
  }

  private swap(left: number, right: number): void {
    const { heap } = this
    const one = heap[left]
    const other = heap[right]
    if (one === undefined || other === undefined) return
    heap[left] = other
    heap[right] = one
  }
}

/** By time, then by name, so that equal times have an order too. */
function isBefore(left: Entry | undefined, right: Entry | undefined): boolean {
  if (left === undefined || right === undefined) return false
  return left.time < right.time || (left.time === right.time && left.name < right.name)
}
