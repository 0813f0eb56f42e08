import * as Schema from "effect/Schema"
import { addCounts, wholeCounts } from "./counts.ts"
import type { Checkpoint, Commit, Counts } from "./transport.ts"

const CountsText = Schema.Struct({
  in: Schema.Number,
  out: Schema.Number,
  /** Commits of before it was counted have none. */
  handled: Schema.optionalKey(Schema.Number),
  filtered: Schema.Number,
  dead: Schema.Number,
  late: Schema.Number
})
const CheckpointText = Schema.fromJsonString(
  Schema.Struct({
    sequence: Schema.Number,
    offsets: Schema.Array(
      Schema.Struct({
        topic: Schema.String,
        partition: Schema.Number,
        next: Schema.String,
        topicId: Schema.optionalKey(Schema.String)
      })
    ),
    positions: Schema.Record(Schema.String, Schema.String),
    tokens: Schema.Record(Schema.String, Schema.String),
    watermarks: Schema.Record(Schema.String, Schema.Number),
    counts: Schema.Record(Schema.String, CountsText),
    completed: Schema.Boolean,
    now: Schema.Number,
    /** Left out while all balances. */
    ledger: Schema.optionalKey(Schema.Record(Schema.String, Schema.Number))
  })
)
const decode = Schema.decodeUnknownSync(CheckpointText)

/** A checkpoint as the store keeps it. */
export function checkpointText(checkpoint: Checkpoint): Buffer {
  const offsets = checkpoint.offsets.map(({ next, ...place }) => ({ ...place, next: next.toString() }))
  const { ledger, ...rest } = checkpoint
  const unbalanced = Object.keys(ledger).length > 0 ? { ledger } : {}
  return Buffer.from(JSON.stringify({ ...rest, offsets, ...unbalanced }))
}

/** Throws a SchemaError when the text is none of ours. */
export function readCheckpoint(text: Buffer): Checkpoint {
  const { offsets, counts, ledger, ...rest } = decode(text.toString("utf8"))
  return {
    ...rest,
    counts: wholeCounts(counts),
    ledger: ledger ?? {},
    offsets: offsets.map(({ next, ...place }) => ({ ...place, next: BigInt(next) }))
  }
}

/** The checkpoint after a commit on top of the one before: changes replace, counts add up. */
export function nextCheckpoint(last: Checkpoint | undefined, commit: Commit): Checkpoint {
  const named = new Map(
    (last?.offsets ?? []).map((offset) => [`${offset.partition} ${offset.topic}`, offset] as const)
  )
  for (const offset of commit.offsets) named.set(`${offset.partition} ${offset.topic}`, offset)
  return {
    sequence: (last?.sequence ?? 0) + 1,
    offsets: [...named.values()],
    positions: merged(last?.positions, commit.positions),
    tokens: merged(last?.tokens, commit.tokens),
    watermarks: merged(last?.watermarks, commit.watermarks),
    counts: addedCounts(last?.counts, commit.counts),
    completed: commit.completed,
    now: commit.now,
    ledger: addedLedger(last?.ledger ?? {}, commit.ledger ?? {})
  }
}

/** Without a prototype: names come from outside, and `__proto__` is one like any other. */
function merged<A>(
  last: { readonly [name: string]: A } | undefined,
  changes: { readonly [name: string]: A }
) {
  const result: { [name: string]: A } = Object.create(null)
  for (const [name, value] of Object.entries(last ?? {})) result[name] = value
  for (const [name, value] of Object.entries(changes)) result[name] = value
  return result
}

function addedLedger(last: Checkpoint["ledger"], changes: Checkpoint["ledger"]): Checkpoint["ledger"] {
  if (Object.keys(changes).length === 0) return last
  const sums: { [place: string]: number } = merged(last, {})
  for (const [place, records] of Object.entries(changes)) sums[place] = (sums[place] ?? 0) + records
  return sums
}

function addedCounts(
  last: { readonly [node: string]: Counts } | undefined,
  changes: { readonly [node: string]: Counts }
): { readonly [node: string]: Counts } {
  const result = merged(last, {})
  for (const [node, add] of Object.entries(changes)) {
    const sum = result[node]
    result[node] = sum === undefined ? add : addCounts(sum, add)
  }
  return result
}
