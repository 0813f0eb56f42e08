import { type KafkaCompression, type KafkaWriter, Schema } from "@millrace/sdk"
import { fromBase64, type PackedRecords, packKafkaRecords, type KafkaRecord, toBase64 } from "@millrace/sdk"
import { deflateSync } from "fflate"

const Pending = Schema.Struct({
  sequence: Schema.Int,
  deflated: Schema.Boolean,
  /** Packed records in base64. */
  data: Schema.String
})

/**
 * What the commit holds and the topic may not have yet: the records themselves, so that nothing of them depends on how long a broker
 * keeps an open transaction.
 */
export const Token = Schema.Struct({
  /** Names the row of publications that began when nothing was committed. */
  run: Schema.String,
  /** Number of the next publication. */
  next: Schema.Int,
  pending: Schema.Array(Pending)
})
export type Token = typeof Token.Type

/** A commit should not grow with what packs well. */
const deflateFromBytes = 64 * 1024

export const pack = (records: readonly KafkaRecord[]): PackedRecords => {
  const bytes = packKafkaRecords(records)
  return bytes.length < deflateFromBytes
    ? { bytes, deflated: false }
    : { bytes: deflateSync(bytes, { level: 1 }), deflated: true }
}

/** The token with one more publication. `published`: what need not be kept any more. */
export const withPublication = (
  token: Token,
  published: number,
  { bytes, deflated }: PackedRecords
): Token => ({
  ...token,
  next: token.next + 1,
  pending: [
    ...token.pending.filter(({ sequence }) => sequence > published),
    { sequence: token.next, deflated, data: toBase64(bytes) }
  ]
})

/** Publishes what the token holds; what was published before is passed over. */
export function* publishPending(
  topic: KafkaWriter,
  place: number,
  compression: KafkaCompression,
  { pending, run }: Token
) {
  for (const { data, deflated, sequence } of pending) {
    const bytes = fromBase64(data)
    if (!(bytes instanceof Uint8Array)) throw new Error("the token holds no bytes")
    yield* topic.publish({ place, run, sequence, compression }, { bytes, deflated })
  }
}
