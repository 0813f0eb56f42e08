import { createRequire } from "node:module"
import { compileValue, compileView } from "@millrace/sdk/codec"
import type { ViewCodec } from "@millrace/sdk/codec"
import { ByteSink } from "@millrace/sdk/record"
import type avsc from "avsc"
import { bidSchema, bids, bidType } from "./bid.ts"
import { machine, median } from "./row.ts"
import type { BenchRow } from "./row.ts"

// The codec alone, in process: an open map over one middle field of a bid, and a filter on it. The peer decodes, changes or
// judges, and encodes with avsc, by its fastest calls (decode and encode in place); the faster of 5.7.9 and 6.0.0-alpha.15 counts.

const batchRecords = 4_096
const batches = 24
const rounds = 5
const passes = 4
const dearest = 10_000

/** Records one after another, each within its own span. */
interface Batch {
  readonly bytes: Uint8Array
  /** Where each record begins, and the end of the last. */
  readonly starts: readonly number[]
}

/** Runs over a batch and writes to `out` from its beginning; answers the bytes written. */
type Work = (batch: Batch) => number

interface Contestant {
  readonly name: string
  readonly out: Uint8Array
  readonly work: Work
}

export const run = async (): Promise<readonly BenchRow[]> => {
  const input = makeBatches()
  return [
    race("codec: open map of one field (bid, 171 B)", input, [ourMap(), peerMap("avsc"), peerMap("avsc-6")]),
    race("codec: filter (bid, 171 B)", input, [ourFilter(), peerFilter("avsc"), peerFilter("avsc-6")])
  ]
}

const makeBatches = (): readonly Batch[] => {
  const codec = compileValue(bidType())
  const all = bids(batchRecords * batches)
  return Array.from({ length: batches }, (_, number) => {
    const sink = new ByteSink(outBytes, 1 << 20)
    const starts = [0]
    for (const bid of all.slice(number * batchRecords, (number + 1) * batchRecords)) {
      codec.write(bid, sink)
      starts.push(sink.length)
    }
    return { bytes: sink.toBytes(), starts }
  })
}

const outBytes = 4 << 20

const ourView = (output: "map" | "same"): ViewCodec => {
  const writer = bidType()
  const price = { kind: "long", attributes: {} } as const
  const copies = Object.fromEntries(
    writer.fields.filter((each) => each.name !== "price").map((each) => [each.name, each.name])
  )
  return compileView({
    writer,
    reads: { form: "fields", fields: [{ as: "price", field: "price", type: price }] },
    output: output === "same" ? "same" : { schema: writer, copies }
  })
}

const priceOf = (value: unknown): number => {
  if (typeof value === "object" && value !== null && "price" in value && typeof value.price === "number")
    return value.price
  throw new Error("no price")
}

const discounted = (price: number): number => Math.round(price * 0.908)

const ourMap = (): Contestant => {
  const codec = ourView("map")
  const splice = codec.spliceLast
  if (splice === undefined) throw new Error("the view has no output")
  const sink = new ByteSink(outBytes, outBytes)
  const work: Work = ({ bytes, starts }) => {
    sink.length = 0
    for (let i = 0; i + 1 < starts.length; i++) {
      const value = codec.read(bytes, starts[i] ?? 0, starts[i + 1] ?? 0)
      splice(bytes, { price: discounted(priceOf(value)) }, sink)
    }
    return sink.length
  }
  return { name: "ours", out: sink.bytes, work }
}

const ourFilter = (): Contestant => {
  const codec = ourView("same")
  const sink = new ByteSink(outBytes, outBytes)
  const work: Work = ({ bytes, starts }) => {
    sink.length = 0
    for (let i = 0; i + 1 < starts.length; i++) {
      const start = starts[i] ?? 0
      const end = starts[i + 1] ?? 0
      if (priceOf(codec.read(bytes, start, end)) > dearest) sink.copy(bytes, start, end)
    }
    return sink.length
  }
  return { name: "ours", out: sink.bytes, work }
}

const require = createRequire(import.meta.url)

/** One peer type: its own reader and writer of a bid in place. */
const peerType = (name: string): avsc.Type => {
  const library: typeof avsc = require(name)
  return library.Type.forSchema(JSON.parse(JSON.stringify(bidSchema)))
}

const peerMap = (name: string): Contestant => {
  const type = peerType(name)
  const out = Buffer.alloc(outBytes)
  const work: Work = ({ bytes, starts }) => {
    const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    let at = 0
    for (let i = 0; i + 1 < starts.length; i++) {
      const { value } = type.decode(input, starts[i])
      value.price = discounted(value.price)
      at = type.encode(value, out, at)
    }
    return at
  }
  return { name, out, work }
}

const peerFilter = (name: string): Contestant => {
  const type = peerType(name)
  const out = Buffer.alloc(outBytes)
  const work: Work = ({ bytes, starts }) => {
    const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    let at = 0
    for (let i = 0; i + 1 < starts.length; i++) {
      const { value } = type.decode(input, starts[i])
      if (value.price > dearest) at += input.copy(out, at, starts[i], starts[i + 1])
    }
    return at
  }
  return { name, out, work }
}

/** All of them over every batch must give the same bytes. */
const agree = (input: readonly Batch[], contestants: readonly Contestant[]): boolean =>
  input.every((batch) => {
    const outputs = contestants.map(({ out, work }) => Buffer.from(out.subarray(0, work(batch))))
    return outputs.every((each) => each.length > 0 && outputs[0]?.equals(each))
  })

interface Measured {
  /** Records per second of CPU time, and of wall time. */
  readonly cpu: number
  readonly wall: number
}

const measure = (input: readonly Batch[], work: Work): Measured => {
  const started = process.hrtime.bigint()
  const before = process.cpuUsage()
  for (let pass = 0; pass < passes; pass++) for (const batch of input) work(batch)
  const { user, system } = process.cpuUsage(before)
  const wall = Number(process.hrtime.bigint() - started) / 1e9
  const records = passes * batches * batchRecords
  return { cpu: records / ((user + system) / 1e6), wall: records / wall }
}

/** Every round runs all contestants, in turn, beginning with another one. */
const race = (name: string, input: readonly Batch[], contestants: readonly Contestant[]): BenchRow => {
  // Twice before it counts: for the comparison, and for the compiler.
  const verified = agree(input, contestants) && agree(input, contestants)
  const results = new Map<string, Measured[]>(contestants.map((each) => [each.name, []]))
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const contestant = contestants[(round + turn) % contestants.length]
      if (contestant !== undefined) results.get(contestant.name)?.push(measure(input, contestant.work))
    }
  }
  const [ours, ...peers] = contestants.map((each) => ({
    name: each.name,
    cpu: median((results.get(each.name) ?? []).map((one) => one.cpu)),
    wall: median((results.get(each.name) ?? []).map((one) => one.wall))
  }))
  const peer = peers.reduce((best, each) => (each.cpu > best.cpu ? each : best))
  const unit = "records per CPU-second"
  return {
    name,
    ours: ours?.cpu ?? 0,
    peer: peer.cpu,
    peerName: peer.name,
    ratio: (ours?.cpu ?? 0) / peer.cpu,
    unit,
    rounds,
    verified,
    machine: machine(),
    wall: ours?.wall ?? 0
  }
}
