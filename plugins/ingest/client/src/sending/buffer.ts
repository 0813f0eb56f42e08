/** An event that waits to be durable. */
export interface Waiting<Event> {
  readonly event: Event
  /** JSON text; undefined until the contract is known. */
  text: string | undefined
  /** Of the JSON, or of a guess of it. */
  readonly bytes: number
}

/** Events in the order in which they were tracked, and how large they are together. */
export class Buffer<Event> {
  #events: Waiting<Event>[] = []
  #bytes = 0

  get size(): number {
    return this.#events.length
  }

  get bytes(): number {
    return this.#bytes
  }

  get oldest(): Waiting<Event> | undefined {
    return this.#events[0]
  }

  /** As they are now. */
  get all(): readonly Waiting<Event>[] {
    return [...this.#events]
  }

  push(event: Waiting<Event>): void {
    this.#events.push(event)
    this.#bytes += event.bytes
  }

  /** The first ones, as many as go into a request; at least one where there is one. */
  first(maxEvents: number, maxBytes: number): readonly Waiting<Event>[] {
    let bytes = 0
    const over = this.#events.findIndex((event, index) => {
      bytes += event.bytes + 1
      return index >= maxEvents || (index > 0 && bytes > maxBytes)
    })
    return over < 0 ? [...this.#events] : this.#events.slice(0, over)
  }

  remove(events: ReadonlySet<Waiting<Event>>): void {
    const [first] = this.#events
    if (first !== undefined && events.size === 1 && events.has(first)) {
      this.#events.shift()
      this.#bytes -= first.bytes
      return
    }
    this.#events = this.#events.filter((event) => !events.has(event))
    this.#bytes = this.#events.reduce((sum, { bytes }) => sum + bytes, 0)
  }
}
