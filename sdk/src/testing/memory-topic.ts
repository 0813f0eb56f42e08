import { inflateRawSync } from "node:zlib"
import { type KafkaRecord, packKafkaRecords, unpackKafkaRecords } from "../capability/kafka/packed-records.ts"
import { partitionOf } from "../record/index.ts"
import { HostRefusal } from "./host-refusal.ts"
import type { TestFiles } from "./memory-files.ts"

/** Beside the partitions' files: what was published exactly once. */
const markFile = ".published"
const partitionFile = /^\d{1,5}$/

type Given = { readonly [name: string]: unknown }

/**
 * A topic of Kafka in memory, told as files: one for each partition, named by its number, with a line for each record: JSON of
 * `{ key, value, headers, timestamp, offset }`. Keys, values and headers are text, or `{ base64 }`; a value may be any other JSON,
 * and is then its text; what is left out is null, 0 for a timestamp, and one more than before for an offset. A line that is no such
 * JSON is a record with the line for its value: so a damaged file is a topic with damaged records. Serves the host requests of
 * capability/kafka as the worker does. Without files the topic has one partition.
 */
export class MemoryTopic {
  readonly #partitions: KafkaRecord[][]
  readonly #marks: Map<string, { readonly run: string; readonly sequence: number }>
  #turn = 0

  constructor(files: TestFiles) {
    const names = Object.keys(files).filter((name) => partitionFile.test(name))
    const count = Math.max(0, ...names.map(Number)) + 1
    this.#partitions = Array.from({ length: count }, (_, at) => recordsIn(textOf(files[String(at)] ?? "")))
    this.#marks = new Map(Object.entries(JSON.parse(textOf(files[markFile] ?? "{}"))))
  }

  /** As it may be given to another. */
  get files(): { readonly [path: string]: Uint8Array } {
    const partitions = this.#partitions.map(
      (records, at) => [String(at), new TextEncoder().encode(linesOf(records))] as const
    )
    const marks =
      this.#marks.size === 0
        ? []
        : [[markFile, new TextEncoder().encode(JSON.stringify(Object.fromEntries(this.#marks)))] as const]
    return Object.fromEntries([...partitions, ...marks])
  }

  serve(
    operation: string,
    payload: unknown,
    bytes: Uint8Array | undefined
  ): { readonly result: unknown; readonly bytes?: Uint8Array } {
    const given: Given = { ...Object(payload) }
    switch (operation) {
      case "partitions":
        return { result: { count: this.#partitions.length } }
      case "offset":
        return { result: { offset: String(offsetAt(this.#partition(given), given["at"])) } }
      case "fetch":
        return this.#fetch(given)
      case "published":
        return { result: { sequence: this.#published(given) } }
      case "publish": {
        if (this.#published(given) >= Number(given["sequence"])) return { result: { published: false } }
        const run = String(given["run"])
        const sequence = Number(given["sequence"])
        this.#append(given, bytes, sequence)
        this.#marks.set(String(given["place"]), { run, sequence })
        return { result: { published: true } }
      }
      case "send":
        this.#append(given, bytes, this.#turn++)
        return { result: {} }
      default:
        throw new HostRefusal("PERMISSION_DENIED", `a topic knows no operation ${operation}`)
    }
  }

  #partition(given: Given): KafkaRecord[] {
    const found = this.#partitions[Number(given["partition"])]
    if (found === undefined) throw new HostRefusal("TOPIC_MISSING", "the topic has no such partition")
    return found
  }

  #fetch(given: Given): { readonly result: unknown; readonly bytes?: Uint8Array } {
    const records = this.#partition(given)
    const offset = BigInt(String(given["offset"]))
    if (offset < (records[0]?.offset ?? 0n) && offset > 0n)
      throw new HostRefusal("OFFSET_DROPPED", `the topic begins at ${records[0]?.offset}`)
    if (offset > endOf(records))
      throw new HostRefusal("OFFSET_DROPPED", `the topic ends at ${endOf(records)}`)
    const left = records.filter((record) => record.offset >= offset)
    const some: KafkaRecord[] = []
    let size = 0
    for (const record of left) {
      size += 32 + (record.key?.length ?? 0) + (record.value?.length ?? 0)
      const isFull = some.length >= Number(given["maxRecords"]) || size > Number(given["maxBytes"])
      if (isFull && some.length > 0) break
      some.push(record)
    }
    const next = left[some.length]?.offset ?? endOf(records)
    const result = { next: String(next), more: some.length < left.length }
    return some.length === 0 ? { result } : { result, bytes: packKafkaRecords(some) }
  }

  #published(given: Given): number {
    const mark = this.#marks.get(String(given["place"]))
    return mark?.run === given["run"] ? (mark?.sequence ?? -1) : -1
  }

  #append(given: Given, bytes: Uint8Array | undefined, turn: number): void {
    const packed = bytes ?? new Uint8Array()
    for (const record of unpackKafkaRecords(given["deflated"] === true ? inflateRawSync(packed) : packed)) {
      const count = this.#partitions.length
      const partition =
        this.#partitions[record.key === null ? turn % count : partitionOf(record.key, count)] ?? []
      partition.push({ ...record, offset: endOf(partition) })
    }
  }
}

const endOf = (records: readonly KafkaRecord[]): bigint => (records.at(-1)?.offset ?? -1n) + 1n

const offsetAt = (records: readonly KafkaRecord[], at: unknown): bigint => {
  if (at === "earliest") return records[0]?.offset ?? 0n
  const young = typeof at === "number" ? records.find(({ timestamp }) => timestamp >= at) : undefined
  return young?.offset ?? endOf(records)
}

const textOf = (content: string | Uint8Array): string =>
  typeof content === "string" ? content : new TextDecoder().decode(content)

const recordsIn = (text: string): KafkaRecord[] => {
  const records: KafkaRecord[] = []
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const last = records.at(-1)?.offset ?? -1n
    records.push(recordOf(line, last + 1n))
  }
  return records
}

const recordOf = (line: string, offset: bigint): KafkaRecord => {
  const given = jsonIn(line)
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return { offset, timestamp: 0, key: null, value: bytesOf(line), headers: [] }
  const { headers, key, offset: own, timestamp, value }: Given = { ...given }
  return {
    offset: typeof own === "number" ? BigInt(own) : offset,
    timestamp: typeof timestamp === "number" ? timestamp : 0,
    key: bytesOf(key),
    value: bytesOf(value),
    headers: Object.entries(Object(headers)).map(([name, content]) => [name, bytesOf(content)])
  }
}

const jsonIn = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const bytesOf = (given: unknown): Uint8Array | null => {
  if (given === undefined || given === null) return null
  const { base64 } = Object(given)
  if (typeof base64 === "string") return new Uint8Array(Buffer.from(base64, "base64"))
  return new TextEncoder().encode(typeof given === "string" ? given : JSON.stringify(given))
}

const linesOf = (records: readonly KafkaRecord[]): string =>
  records
    .map(({ headers, key, offset, timestamp, value }) => {
      const named = Object.fromEntries(headers.map(([name, content]) => [name, plain(content)]))
      const line = { offset: Number(offset), timestamp, key: plain(key), value: plain(value), headers: named }
      return `${JSON.stringify(line)}\n`
    })
    .join("")

/** As text where it is some. */
const plain = (bytes: Uint8Array | null): unknown => {
  if (bytes === null) return null
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    return { base64: Buffer.from(bytes).toString("base64") }
  }
}
