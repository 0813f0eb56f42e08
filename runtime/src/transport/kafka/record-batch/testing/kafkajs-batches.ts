import { createRequire } from "node:module"

/** A record as kafkajs's own encoder takes it. */
export interface PeerRecord {
  readonly offsetDelta: number
  readonly timestampDelta: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers?: { readonly [name: string]: Buffer | readonly Buffer[] }
}

/** A record as its decoder answers it. */
export interface PeerRead {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: { readonly [name: string]: Buffer | readonly Buffer[] }
  readonly isControlRecord: boolean
}

interface Encoder {
  readonly buffer: Buffer
}

interface PeerBatch {
  readonly firstOffset?: bigint
  readonly partitionLeaderEpoch?: number
  readonly compression?: number
  readonly firstTimestamp: number
  readonly maxTimestamp: number
  readonly lastOffsetDelta: number
  readonly transactional?: boolean
  readonly producerId?: bigint
  readonly producerEpoch?: number
  readonly firstSequence?: number
  readonly records: readonly Encoder[]
}

const require = createRequire(import.meta.url)
const protocol = "kafkajs/src/protocol"
const encodeBatch: (batch: PeerBatch) => Promise<Encoder> = require(`${protocol}/recordBatch/v0`).RecordBatch
const encodeRecord: (record: PeerRecord) => Encoder = require(`${protocol}/recordBatch/record/v0`)
const Decoder: new (bytes: Buffer) => object = require(`${protocol}/decoder`)
const decodeBatch: (decoder: object) => Promise<{ readonly records: readonly PeerRead[] }> = require(
  `${protocol}/recordBatch/v0/decoder`
)

/** One batch by kafkajs's encoder; without a producer unless one is given. */
export async function peerBatch(
  records: readonly PeerRecord[],
  batch: Partial<PeerBatch> = {}
): Promise<Buffer> {
  const deltas = records.map((record) => record.timestampDelta)
  const firstTimestamp = batch.firstTimestamp ?? 1_700_000_000_000
  const { buffer } = await encodeBatch({
    partitionLeaderEpoch: -1,
    producerId: -1n,
    producerEpoch: -1,
    firstSequence: -1,
    firstOffset: 0n,
    firstTimestamp,
    maxTimestamp: firstTimestamp + Math.max(...deltas),
    lastOffsetDelta: records.at(-1)?.offsetDelta ?? 0,
    records: records.map((record) => encodeRecord(record)),
    ...batch
  })
  return buffer
}

/** The records of one batch by kafkajs's decoder, which knows no compression but gzip. */
export const peerRecords = async (batch: Uint8Array): Promise<readonly PeerRead[]> =>
  (await decodeBatch(new Decoder(Buffer.from(batch)))).records
