import type { KafkaClient } from "../../../transport/kafka/client/kafka-client.ts"
import type { ForeignRecord } from "../../../transport/kafka/record-batch/foreign/foreign-record.ts"
import { foreignBytes } from "../../../transport/kafka/record-batch/foreign/write-foreign.ts"
import { readForeignRecords } from "../../../transport/kafka/record-batch/foreign/read-foreign.ts"

export interface ReadRequest {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly maxRecords: number
  readonly maxBytes: number
  readonly isolation: "committed" | "uncommitted"
}

export interface ReadAnswer {
  readonly records: readonly ForeignRecord[]
  readonly next: bigint
  readonly more: boolean
}

/** What was fetched of a partition and is not read yet. */
interface Ahead {
  readonly isolation: ReadRequest["isolation"]
  readonly records: readonly ForeignRecord[]
  /** It has all that there is from here on, up to `next`. */
  readonly from: bigint
  readonly next: bigint
  /** Where the partition ended for such a reader. */
  readonly end: bigint
}

/** Connections that fetches of one client are spread over: an answer of megabytes holds up whatever is on the same one. */
const lanes = 4
const commitEveryMs = 1_000

/**
 * Reads partitions of a topic for one handle. A batch of Kafka's is often more than a read takes: the rest of it is kept for the
 * next, a batch of each partition at most.
 */
export class TopicReader {
  readonly #ahead = new Map<string, Ahead>()
  readonly #committed = new Map<string, { readonly offset: bigint; readonly at: number }>()

  async read(client: KafkaClient, request: ReadRequest): Promise<ReadAnswer> {
    const name = `${request.topic}/${request.partition}`
    const kept = this.#ahead.get(name)
    this.#ahead.delete(name)
    const isKept =
      kept !== undefined &&
      kept.isolation === request.isolation &&
      kept.from <= request.offset &&
      request.offset < kept.next
    const ahead = isKept ? kept : await fetchAhead(client, request)
    const { answer, isWhole } = taken(ahead, request)
    if (!isWhole) this.#ahead.set(name, { ...ahead, from: answer.next })
    return answer
  }

  /** Tells the group how far reading has come, now and then; nobody waits for it, and it is nobody's loss when it fails. */
  tell(client: KafkaClient, group: string, { offset, partition, topic }: ReadRequest): void {
    const name = `${topic}/${partition}`
    const last = this.#committed.get(name)
    const now = Date.now()
    if (last?.offset === offset || (last !== undefined && now - last.at < commitEveryMs)) return
    this.#committed.set(name, { offset, at: now })
    client.commitOffsets(group, [{ topic, partition, offset }]).catch(() => this.#committed.delete(name))
  }
}

async function fetchAhead(client: KafkaClient, request: ReadRequest): Promise<Ahead> {
  const { isolation, maxBytes, offset, partition, topic } = request
  const [fetched] = await client.fetch({
    partitions: [{ topic, partition, offset }],
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes,
    isolation,
    lane: `plugins-${partition % lanes}`
  })
  if (fetched === undefined) throw new Error("a fetch was answered for no partition")
  if (fetched.error !== undefined) throw fetched.error
  const isCommitted = isolation === "committed"
  const read = readForeignRecords(fetched.records, offset, isCommitted ? fetched.aborted : undefined)
  const end = isCommitted ? fetched.lastStableOffset : fetched.highWatermark
  return { isolation, from: offset, end, ...read }
}

/** As many as the request takes; one at least, where there is one. */
function taken(
  { end, next, records }: Ahead,
  { maxBytes, maxRecords, offset }: ReadRequest
): { readonly answer: ReadAnswer; readonly isWhole: boolean } {
  const first = records.findIndex((record) => record.offset >= offset)
  const some: ForeignRecord[] = []
  let bytes = 0
  for (let at = Math.max(first, 0); first >= 0 && at < records.length; at++) {
    const record = records[at]
    if (record === undefined) break
    const size = foreignBytes(record)
    if (some.length >= maxRecords || (some.length > 0 && bytes + size > maxBytes))
      return { answer: { records: some, next: record.offset, more: true }, isWhole: false }
    some.push(record)
    bytes += size
  }
  return { answer: { records: some, next, more: next > offset && next < end }, isWhole: true }
}
