import { createHash } from "node:crypto"
import {
  decodeUtf8,
  encodeUtf8,
  processingTimers,
  StateEntryCursor,
  StateEntryWriter,
  timerTimeKey
} from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import type { TaskLog, TransportError } from "../../transport/transport.ts"

/** Batches whose ids are swept with one commit: more than one comes, so the ledger shrinks while events come. */
const sweptAtOnce = 4
/** A timer's map key with its name in the value (docs/formats/state.md, "Timers"). */
const namedByHash = 1

/** Ids whose time is over, and what is deleted with them. */
export interface Sweep {
  readonly ids: readonly Uint8Array[]
  readonly timers: readonly Uint8Array[]
  /** The inbox needs to keep nothing before it for these ids' sake. */
  readonly before: bigint | undefined
}

/**
 * The ids that an inbox knows: state by id with an expiry, and for each batch a timer at that expiry which names its ids, by
 * which they are deleted. An id whose time is over is unknown at once, swept or not.
 */
export class IdLedger {
  private readonly log: TaskLog
  private readonly state: number

  /** `state`: index of the state of ids, whose values are Avro's null. */
  constructor(log: TaskLog, state: number) {
    this.log = log
    this.state = state
  }

  /** Which of these are known, by their text. */
  known(ids: readonly Uint8Array[]): Effect.Effect<ReadonlySet<string>, TransportError> {
    return Effect.map(this.log.readState(ids, [{ index: this.state, kind: "value" }]), (entries) => {
      const found = new Set<string>()
      const cursor = new StateEntryCursor(entries)
      while (cursor.next())
        if (cursor.operation === "put" && cursor.keyStart >= 0)
          found.add(decodeUtf8(entries, cursor.keyStart, cursor.keyEnd) ?? "")
      return found
    })
  }

  /** What is over at `now`. An id that was taken in anew since its time was over stays. */
  readonly sweep = Effect.fnUntraced(
    { self: this },
    function* (this: IdLedger, now: number): Effect.fn.Return<Sweep, TransportError> {
      const due = yield* this.log.dueTimers(processingTimers, now, sweptAtOnce)
      const batches = due.map(({ tag }) => readBatch(tag))
      const ids = batches.flatMap((batch) => batch.ids)
      const alive = ids.length === 0 ? new Set<string>() : yield* this.known(ids)
      return {
        ids: ids.filter((id) => !alive.has(decodeUtf8(id, 0, id.length) ?? "")),
        timers: due.map(({ mapKey }) => mapKey),
        before: batches.at(-1)?.end
      }
    }
  )

  /** State entries of a commit: what is swept goes first, so that an id which comes anew with it stays. */
  entries(
    sweep: Sweep,
    fresh: { readonly ids: readonly Uint8Array[]; readonly end: bigint },
    expiry: number
  ): Uint8Array {
    const writer = new StateEntryWriter()
    for (const id of sweep.ids) writer.delete(this.state, id, undefined)
    for (const mapKey of sweep.timers) writer.delete(processingTimers, null, mapKey)
    const empty = new Uint8Array(0)
    for (const id of fresh.ids) writer.put(this.state, id, undefined, expiry, empty)
    const name = batchName(fresh.ids, fresh.end)
    writer.put(processingTimers, null, nameKey(expiry, name), 0, name)
    return writer.finish()
  }
}

const nameKey = (time: number, name: Uint8Array): Uint8Array => {
  const hash = createHash("sha256").update(name).digest()
  const mapKey = new Uint8Array(9 + hash.length)
  mapKey.set(timerTimeKey(time), 0)
  mapKey[8] = namedByHash
  mapKey.set(hash, 9)
  return mapKey
}

/** A timer's name without a key: a zero, and the tag: the place after the batch and its ids, as JSON. */
const batchName = (ids: readonly Uint8Array[], end: bigint): Uint8Array => {
  const texts = ids.map((id) => decodeUtf8(id, 0, id.length) ?? "")
  const tag = encodeUtf8(JSON.stringify([String(end), ...texts])) ?? new Uint8Array(0)
  const name = new Uint8Array(1 + tag.length)
  name.set(tag, 1)
  return name
}

const readBatch = (tag: Uint8Array): { readonly ids: readonly Uint8Array[]; readonly end: bigint } => {
  const read: unknown = JSON.parse(decodeUtf8(tag, 0, tag.length) ?? "[]")
  const [end, ...ids]: readonly unknown[] = Array.isArray(read) ? read : []
  return {
    end: typeof end === "string" ? BigInt(end) : 0n,
    ids: ids.flatMap((id) => (typeof id === "string" ? (encodeUtf8(id) ?? []) : []))
  }
}
