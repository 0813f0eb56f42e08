import { BatchCursor, BatchWriter, ByteSink, keyOfLong } from "@millrace/sdk/record"
import { compileValue } from "@millrace/sdk/codec"
import { createRecordsBatch, Reader, readRecordsBatch } from "@platformatic/kafka"
import { crc32c as wasmCrc32c } from "@platformatic/wasm-utils"
import { crc32c } from "../../runtime/src/transport/kafka/record-batch/crc32c/crc32c.ts"
import { readRecordBatches } from "../../runtime/src/transport/kafka/record-batch/read-record-batches.ts"
import {
  peerBatch,
  peerRecords
} from "../../runtime/src/transport/kafka/record-batch/testing/kafkajs-batches.ts"
import {
  appendRecordBatch,
  writeRecordBatch
} from "../../runtime/src/transport/kafka/record-batch/write-record-batch.ts"
import { bids, bidType } from "./bid.ts"
import { type BenchRow, machine, median } from "./row.ts"

// Kafka's record batches of 1,500 bids, uncompressed: a frame to a batch and back, by the encoders and decoders of both clients,
// the faster of which counts. They start from records whose keys and values are bytes already, and end with such; they check no
// CRC when they read. A request's memory is kept for the next one; a batch or frame by itself is in a new buffer each time. Then
// CRC-32C alone, by @platformatic/wasm-utils.

const records = 1_500
const rounds = 9
/** CPU time of one measurement. */
const seconds = 0.4
const schemaId = 7
const schemaHash = new Uint8Array(32).fill(1)

export const run = async (): Promise<readonly BenchRow[]> => {
  const { frame, messages, origin } = input()
  const batch = Buffer.from(writeRecordBatch(frame, { schemaId, compression: "none" }))
  const written = {
    kafkajs: await encodeByKafkajs(messages, origin),
    platformatic: encodeByPlatformatic(messages, origin)
  }
  const size = `${records} bids, ${Math.round(batch.length / records)} B each`
  const unit = "records per CPU-second"
  return [
    await race(`kafka-batch: frame to batch (${size})`, unit, records, isSameBatch(batch, written), {
      ours: () => writeRecordBatch(frame, { schemaId, compression: "none" }),
      kafkajs: () => encodeByKafkajs(messages, origin),
      "@platformatic/kafka": () => encodeByPlatformatic(messages, origin)
    }),
    await race(
      `kafka-batch: frame appended to a request (${size})`,
      unit,
      records,
      isSameBatch(batch, written),
      {
        ours: () => appended(frame),
        kafkajs: () => encodeByKafkajs(messages, origin),
        "@platformatic/kafka": () => encodeByPlatformatic(messages, origin)
      }
    ),
    await race(`kafka-batch: batch to frame (${size})`, unit, records, await isSameFrame(batch, frame), {
      ours: () => readRecordBatches(batch, { from: 0n, schemaHash: () => schemaHash }),
      kafkajs: () => peerRecords(batch),
      "@platformatic/kafka": () => readRecordsBatch(Reader.from(batch))
    }),
    await crcRow(1_000_000)
  ]
}

const request = new ByteSink(1 << 24, 1 << 20)

const appended = (frame: Uint8Array): number => {
  request.length = 0
  appendRecordBatch(request, frame, { schemaId, compression: "none" })
  return request.length
}

interface Message {
  readonly key: Buffer
  readonly value: Buffer
  readonly timestamp: number
}

/** The same records as a frame and as a client's messages; `origin`: the header that a frame's first record gets. */
const input = () => {
  const codec = compileValue(bidType())
  const writer = new BatchWriter()
  writer.begin(schemaHash)
  for (const bid of bids(records)) {
    writer.beginRecord({ timestamp: bid.dateTime, key: keyOfLong(bid.auction) })
    codec.write(bid, writer.sink)
    writer.endRecord()
  }
  const frame = writer.finish()
  const messages: Message[] = []
  const prefix = Buffer.of(0, 0, 0, 0, schemaId)
  const cursor = new BatchCursor(frame)
  while (cursor.next())
    messages.push({
      key: Buffer.from(cursor.key() ?? []),
      value: Buffer.concat([prefix, cursor.value() ?? prefix]),
      timestamp: cursor.timestamp
    })
  const origin = Buffer.alloc(26)
  origin.writeBigInt64BE(-(2n ** 63n), 6)
  origin.writeInt32BE(schemaId, 22)
  return { frame, messages, origin }
}

const encodeByKafkajs = (messages: readonly Message[], origin: Buffer): Promise<Buffer> => {
  const firstTimestamp = messages[0]?.timestamp ?? 0
  const encoded = messages.map(({ key, timestamp, value }, offsetDelta) => {
    const headers = offsetDelta === 0 ? { "millrace.batch": origin } : {}
    return { offsetDelta, timestampDelta: timestamp - firstTimestamp, key, value, headers }
  })
  return peerBatch(encoded, { firstTimestamp })
}

const encodeByPlatformatic = (messages: readonly Message[], origin: Buffer): Buffer => {
  const name = Buffer.from("millrace.batch")
  const encoded = messages.map(({ key, timestamp, value }, index) => {
    const headers = new Map(index === 0 ? [[name, origin]] : [])
    return { topic: "bids", key, value, timestamp: BigInt(timestamp), headers }
  })
  return createRecordsBatch(encoded, { partitionLeaderEpoch: -1, producerId: -1n, producerEpoch: -1 }).buffer
}

/** Both clients' bytes are ours; but for the first sequence number, which @platformatic/kafka has at 0, and so the CRC. */
const isSameBatch = (
  batch: Buffer,
  written: { readonly kafkajs: Buffer; readonly platformatic: Buffer }
): boolean => {
  const head = (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 17), bytes.subarray(21, 53)])
  const isSame = head(batch).equals(head(written.platformatic))
  return (
    batch.equals(written.kafkajs) && isSame && batch.subarray(57).equals(written.platformatic.subarray(57))
  )
}

/** The frame comes back, and the clients read the same records. */
const isSameFrame = async (batch: Buffer, frame: Uint8Array): Promise<boolean> => {
  const [item] = readRecordBatches(batch, { from: 0n, schemaHash: () => schemaHash }).items
  const cursor = new BatchCursor(frame)
  const peers = [await peerRecords(batch), readRecordsBatch(Reader.from(batch)).records]
  let isSame = item?.kind === "frame" && Buffer.from(item.frame).equals(frame)
  for (let i = 0; cursor.next(); i++)
    for (const read of peers) {
      const value = read[i]?.value ?? Buffer.of()
      isSame &&=
        value.subarray(5).equals(cursor.value() ?? value) &&
        read[i]?.key?.equals(cursor.key() ?? value) === true
    }
  return isSame
}

const crcRow = (size: number): Promise<BenchRow> => {
  const bytes = Buffer.from(Array.from({ length: size }, (_, index) => Math.imul(index, 0x9e37_79b1) >>> 21))
  const works = { ours: () => crc32c(bytes), "@platformatic/wasm-utils": () => wasmCrc32c(bytes) }
  const isSame = crc32c(bytes) === wasmCrc32c(bytes)
  return race(
    `kafka-batch: CRC-32C of ${size.toLocaleString("en")} B`,
    "MB per CPU-second",
    size / 1e6,
    isSame,
    works
  )
}

/** Each round runs all of them in turn, beginning with another one; the first one is ours. */
const race = async (
  name: string,
  unit: string,
  amount: number,
  verified: boolean,
  works: { readonly [name: string]: () => unknown }
): Promise<BenchRow> => {
  const contestants = Object.entries(works)
  const results = new Map<string, number[]>(contestants.map(([each]) => [each, []]))
  for (const [, work] of contestants) await rate(work)
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < contestants.length; turn++) {
      const [each, work] = contestants[(round + turn) % contestants.length]!
      results.get(each)?.push(amount * (await rate(work)))
    }
  const [ours, ...peers] = [...results].map(([each, rates]) => ({ name: each, rate: median(rates) }))
  const peer = peers.reduce((best, each) => (each.rate > best.rate ? each : best))
  const mine = ours?.rate ?? 0
  return {
    name,
    ours: mine,
    peer: peer.rate,
    peerName: peer.name,
    ratio: mine / peer.rate,
    unit,
    rounds,
    verified,
    machine: machine()
  }
}

/** Calls per second of CPU time. */
const rate = async (work: () => unknown): Promise<number> => {
  const before = process.cpuUsage()
  let calls = 0
  for (;;) {
    const some = Math.max(1, Math.floor(calls / 4))
    for (let i = 0; i < some; i++) {
      const done = work()
      if (done instanceof Promise) await done
    }
    calls += some
    const { system, user } = process.cpuUsage(before)
    const spent = (system + user) / 1e6
    if (spent > seconds) return calls / spent
  }
}
