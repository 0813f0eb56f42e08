import avsc from "avsc"
import { type EventSequence, eventOf } from "../plugins/events.ts"

// The same work in one process with avsc and JavaScript's own collections, from memory, without anything that outlives it.

const eventType = avsc.Type.forSchema({
  type: "record",
  name: "Event",
  fields: [
    { name: "key", type: "string" },
    { name: "at", type: "long" },
    { name: "price", type: "long" }
  ]
})

interface Event {
  readonly key: string
  readonly at: number
  readonly price: number
}

const isEvent = (value: unknown): value is Event =>
  typeof value === "object" && value !== null && "key" in value

/** The sequence as Avro, one after the other. */
export const encoded = (sequence: EventSequence): Buffer => {
  let bytes = Buffer.alloc(sequence.count * 32)
  let at = 0
  for (let n = 0; n < sequence.count; n++) {
    const end = eventType.encode(eventOf(n, sequence), bytes, at)
    if (end < 0) throw new Error("the buffer is too small")
    at = end
  }
  bytes = bytes.subarray(0, at)
  return bytes
}

const decodedAt = (bytes: Buffer, at: number): { readonly value: Event; readonly end: number } => {
  const { offset, value } = eventType.decode(bytes, at)
  if (!isEvent(value)) throw new Error("no event")
  return { value, end: offset }
}

export interface PeerTaken {
  readonly seconds: number
  readonly cpuSeconds: number
}

export const timed = <A extends object>(work: () => A): PeerTaken & A => {
  const before = process.cpuUsage()
  const started = performance.now()
  const result = work()
  const seconds = (performance.now() - started) / 1_000
  const { system, user } = process.cpuUsage(before)
  return { ...result, seconds, cpuSeconds: (user + system) / 1e6 }
}

/** Counts by key; `keys`: how many came to `perKey`. */
export const countPeer = (sequence: EventSequence, perKey: number): PeerTaken & { readonly keys: number } => {
  const bytes = encoded(sequence)
  return timed(() => {
    const counts = new Map<string, number>()
    let keys = 0
    for (let at = 0; at < bytes.length;) {
      const { end, value } = decodedAt(bytes, at)
      at = end
      const count = (counts.get(value.key) ?? 0) + 1
      counts.set(value.key, count)
      if (count === perKey) keys += 1
    }
    return { keys }
  })
}

/** Pairs of equal keys whose times are at most `withinMs` apart, of the sequence with itself. */
export const joinPeer = (
  sequence: EventSequence,
  withinMs: number
): PeerTaken & { readonly pairs: number } => {
  const bytes = encoded(sequence)
  return timed(() => {
    const sides = [new Map<string, Event[]>(), new Map<string, Event[]>()] as const
    let pairs = 0
    let checksum = 0
    for (let at = 0; at < bytes.length;) {
      let end = at
      for (const [index, mine] of sides.entries()) {
        // Each side decodes its own.
        const read = decodedAt(bytes, at)
        end = read.end
        const { value } = read
        const others = sides[1 - index]?.get(value.key) ?? []
        while (others[0] !== undefined && others[0].at < value.at - withinMs) others.shift()
        for (const other of others) {
          pairs += 1
          checksum += other.price
        }
        const own = mine.get(value.key)
        if (own === undefined) mine.set(value.key, [value])
        else own.push(value)
      }
      at = end
    }
    return { pairs, checksum }
  })
}
