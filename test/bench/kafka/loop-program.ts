import { writeSync } from "node:fs"
import avsc from "avsc"
import { Kafka, logLevel } from "kafkajs"
import type { EachBatchPayload, Transaction } from "kafkajs"
import { bidSchema } from "../bid.ts"

// `node loop-program.ts BROKER INPUT OUTPUT GROUP SCHEMA_ID COMMIT_MS`: what one writes with kafkajs and avsc: consume, change a field,
// produce, exactly once. One transaction holds all batches of COMMIT_MS, its offsets included; no batch is copied that need not be.

const [broker = "", input = "", output = "", groupId = "", id = "0", commitMs = "0"] = process.argv.slice(2)
const prefixBytes = 5
const mostRecordBytes = 4_096
const slabBytes = 1 << 20

const type = avsc.Type.forSchema(JSON.parse(JSON.stringify(bidSchema)))
const kafka = new Kafka({ brokers: [broker], clientId: groupId, logLevel: logLevel.ERROR })
const consumer = kafka.consumer({
  groupId,
  maxBytesPerPartition: 1 << 20,
  maxWaitTimeInMs: 100,
  readUncommitted: false
})
const producer = kafka.producer({ transactionalId: groupId, idempotent: true, maxInFlightRequests: 1 })

let slab = Buffer.alloc(0)
let slabAt = slabBytes

/** One allocation for many values. */
const encoded = (value: unknown): Buffer => {
  if (slabAt + mostRecordBytes > slab.length) {
    slab = Buffer.allocUnsafeSlow(slabBytes)
    slabAt = 0
  }
  const from = slabAt
  slab[from] = 0
  slab.writeInt32BE(Number(id), from + 1)
  slabAt = type.encode(value, slab, from + prefixBytes)
  return slab.subarray(from, slabAt)
}

let open: Transaction | undefined
let began = 0
const offsets = new Map<number, string>()

const commitWhenDue = async (): Promise<void> => {
  if (open === undefined || performance.now() - began < Number(commitMs)) return
  const partitions = [...offsets].map(([partition, offset]) => ({ partition, offset }))
  await open.sendOffsets({ consumerGroupId: groupId, topics: [{ topic: input, partitions }] })
  await open.commit()
  open = undefined
  offsets.clear()
}

const take = async ({ batch, ...progress }: EachBatchPayload): Promise<void> => {
  if (open === undefined) {
    open = await producer.transaction()
    began = performance.now()
  }
  const messages = batch.messages.flatMap(({ key, timestamp, value }) => {
    // What tells the end of a stream has no value.
    if (value === null) return []
    const { value: bid } = type.decode(value, prefixBytes)
    bid.price = Math.round(bid.price * 0.908)
    return [{ key, timestamp, value: encoded(bid) }]
  })
  if (messages.length > 0) await open.send({ topic: output, messages })
  offsets.set(batch.partition, String(BigInt(batch.lastOffset()) + 1n))
  progress.resolveOffset(batch.lastOffset())
  await commitWhenDue()
  await progress.heartbeat()
}

/** A transaction is one thing after the other, also where the clock ends it because nothing more comes. */
let turn = Promise.resolve()
const inTurn = (work: () => Promise<void>): Promise<void> => (turn = turn.then(work))

const fail = (cause: unknown): never => {
  writeSync(2, `${String(cause)}\n`)
  process.exit(1)
}

try {
  await Promise.all([consumer.connect(), producer.connect()])
  await consumer.subscribe({ topic: input, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    eachBatch: (batch) => inTurn(() => take(batch))
  })
  setInterval(() => void inTurn(commitWhenDue).catch(fail), Number(commitMs))
} catch (cause) {
  fail(cause)
}
