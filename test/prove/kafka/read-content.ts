import { StateEntryCursor } from "@millrace/sdk/record"
import * as Schema from "effect/Schema"
import type { Content, Output } from "./check.ts"
import type { Sum } from "./expected.ts"
import { inputTopic, partitions } from "./input-writer.ts"
import type { Fold } from "./load/events.ts"
import { typeOfText } from "./schemas.ts"
import type { Values } from "./schemas.ts"
import { placeOf, readToEnd } from "./topic-reader.ts"
import type { ReadRecord } from "./topic-reader.ts"

export const outputTopic = "proof.summed"
export const deadTopic = "millrace.proof.dead-letters"
const changelogOf = (node: string): string => `millrace.proof_2f.${node}-changelog`

const OutputValue = Schema.Struct({
  key: Schema.String,
  group: Schema.String,
  seq: Schema.Number,
  count: Schema.Number,
  trail: Schema.Number,
  n: Schema.Number,
  sum: Schema.Number
})
const DeadLetter = Schema.Struct({ node: Schema.String, message: Schema.String })
const FoldValue = Schema.Struct({ count: Schema.Number, trail: Schema.Number })
const SumValue = Schema.Struct({ n: Schema.Number, sum: Schema.Number })
const isOutput = Schema.is(OutputValue)
const isLetter = Schema.is(DeadLetter)
const isFold = Schema.is(FoldValue)
const isSum = Schema.is(SumValue)

export interface ContentSource {
  readonly brokers: readonly string[]
  readonly values: Values
  /** For names of groups that nobody had. */
  readonly name: string
}

export interface ReadContent extends Content {
  /** The output's values as bytes, by `PARTITION@OFFSET`. */
  readonly places: ReadonlyMap<string, string>
}

/** Reads all that a run left, as another client that reads committed records. No worker may be up: it puts marks behind all topics. */
export const readContent = async (source: ContentSource): Promise<ReadContent> => {
  const outputs: Output[] = []
  const places = new Map<string, string>()
  await read(source, outputTopic, partitions, (record, value) => {
    outputs.push({ ...sure(value, isOutput), partition: record.partition })
    places.set(placeOf(record), Buffer.from(record.value ?? []).toString("latin1"))
  })
  const dead: string[] = []
  await read(source, deadTopic, 1, (_, value) => {
    const { message, node } = sure(value, isLetter)
    dead.push(`${node} ${message}`)
  })
  let events = 0
  await read(source, inputTopic, partitions, () => (events += 1))
  return {
    events,
    outputs,
    places,
    dead,
    folds: await stateOf<Fold>(source, "fold", foldType, isFold),
    sums: await stateOf<Sum>(source, "sum", sumType, isSum)
  }
}

const read = (
  { brokers, name, values }: ContentSource,
  topic: string,
  count: number,
  take: (record: ReadRecord, value: unknown) => void
): Promise<void> =>
  readToEnd({
    brokers,
    topic,
    group: `${name}-${topic}`,
    partitions: count,
    take: (record) => {
      if (record.value !== null) take(record, values.decode(record.value))
    }
  })

const longs = (...names: readonly string[]): string =>
  JSON.stringify({ type: "record", name: "State", fields: names.map((name) => ({ name, type: "long" })) })
const foldType = typeOfText(longs("count", "trail"))
const sumType = typeOfText(longs("n", "sum"))
/** Before a changelog's entry: a byte 0, no schema's id, and what the layout of the node's states may have of its own. */
const leastPrefixBytes = 5
const mostPrefixBytes = 16

/** The entry in a changelog's value. The record's key tells where it begins: behind its own first byte it has the entry's bytes from the second on. */
export const entryOf = (key: Uint8Array, value: Uint8Array): Uint8Array => {
  const subject = key.subarray(1)
  for (let start = leastPrefixBytes; start <= mostPrefixBytes; start++)
    if (Buffer.compare(value.subarray(start + 1, start + 1 + subject.length), subject) === 0)
      return value.subarray(start)
  throw new Error(`a changelog has no entry at the key ${Buffer.from(key).toString("hex")}`)
}

/** State by key, as whoever restores it gets it: all entries of the changelog, in the order of each partition. */
const stateOf = async <Value>(
  { brokers, name }: ContentSource,
  node: string,
  type: typeof foldType,
  isValue: (value: unknown) => value is Value
): Promise<ReadonlyMap<string, Value>> => {
  const found = new Map<string, Value>()
  const topic = changelogOf(node)
  await readToEnd({
    brokers,
    topic,
    group: `${name}-${topic}`,
    partitions,
    take: ({ key: subject, value }) => {
      if (subject === null || value === null) return
      const cursor = new StateEntryCursor(entryOf(subject, value))
      while (cursor.next()) {
        const key = Buffer.from(cursor.key() ?? []).toString("utf8")
        if (cursor.operation === "put")
          found.set(key, sure(type.fromBuffer(Buffer.from(cursor.value() ?? [])), isValue))
        else found.delete(key)
      }
    }
  })
  return found
}

const sure = <Value>(value: unknown, isValue: (value: unknown) => value is Value): Value => {
  if (!isValue(value)) throw new Error(`this is not what stands there: ${JSON.stringify(value)}`)
  return value
}
