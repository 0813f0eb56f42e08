import { parseAvroOrThrow } from "@millrace/sdk/avro"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { Failpoint } from "../../telemetry/failpoint.ts"
import type { Commit, TaskLog, TransportError, TransportShape } from "../../transport/transport.ts"
import { controlSchemaText } from "../input/frames.ts"
import { EventCheck, type InboxEntry } from "./event-check.ts"
import { IdLedger } from "./id-ledger.ts"
import { eventFrames, type Taken, takenFrom } from "./inbox-frames.ts"
import { inboxNode, type InboxSettings, inboxTopic, readPosition } from "./inbox-settings.ts"

/** Events that wait for the log, in bytes as they will stand there; more are refused. */
const maxWaitingBytes = 8 * 1024 * 1024
/** What one commit takes at most, but for a larger request. */
const maxGroupEvents = 10_000

/**
 * `closed`: the pipeline stops · `full`: the backlog is reached · `busy`: more waits for the log than may · `failed`: the log
 * could not be written; whether the events are there is not known, and they may be sent again.
 */
export class InboxRefusal extends Schema.TaggedError<InboxRefusal>()("InboxRefusal", {
  reason: Schema.Literals(["closed", "full", "busy", "failed"]),
  /** Events that wait to be read. */
  waiting: Schema.Int
}) {}

export type EventStatus = "accepted" | "duplicate" | "rejected"

/** Where events are posted, and a source reads them. */
export interface Inbox {
  readonly settings: InboxSettings
  /** Text of the contract. */
  readonly schema: string
  readonly check: EventCheck
  /**
   * Makes events durable and answers which of them were new; the others' ids were known, or stood before in the same list.
   * INVARIANT: an id becomes known in the commit that holds its event, and commits of one inbox follow each other.
   */
  readonly accept: (entries: readonly InboxEntry[]) => Effect.Effect<readonly boolean[], InboxRefusal>
  /** Events from a place on; reading there says that all before it are committed by the reader. */
  readonly take: (after: bigint, maxRecords: number, maxBytes: number) => Effect.Effect<Taken, TransportError>
  /** Waits until there is something that was not taken. */
  readonly arrival: Effect.Effect<void, TransportError>
  /** Notes what senders were told of their events. */
  readonly counted: (told: readonly EventStatus[]) => void
  /** Events by what their senders were told, since the worker began. */
  readonly counts: () => Readonly<Record<EventStatus, number>>
}

interface Waiting {
  readonly entries: readonly InboxEntry[]
  readonly bytes: number
  readonly answer: Deferred.Deferred<readonly boolean[], InboxRefusal>
}

/** Opens the inbox of a node for as long as the scope is open; an earlier one of the node is fenced. Makes its topic. */
export const openInbox = Effect.fn("openInbox")(function* (
  transport: TransportShape,
  settings: InboxSettings,
  schema: string
): Effect.fn.Return<Inbox, TransportError, Scope.Scope> {
  const { node, pipeline } = settings
  const topic = inboxTopic(pipeline, node)
  yield* transport.ensureTopic({ name: topic, partitions: 1, internal: true })
  const owner = inboxNode(node)
  const nothing = yield* transport.putSchema(controlSchemaText)
  const [ids = 0] = yield* transport.openState(pipeline, owner, {
    key: "event id",
    states: [{ name: "ids", kind: "value", schema: nothing }]
  })
  const log = yield* transport.openTask({ pipeline, node: owner, partition: 0 }, { node: owner })
  const type = parseAvroOrThrow(schema)
  if (type.kind !== "record") return yield* Effect.die(new Error("the contract of a source is a record"))
  const read = (yield* log.checkpoint)?.positions[readPosition]
  const writer = new InboxWriter({ transport, settings, log, ids, topic, read: BigInt(read ?? 0) })
  yield* Effect.addFinalizer(() => writer.close)
  yield* Effect.forkScoped(writer.run)
  const counts = { accepted: 0, duplicate: 0, rejected: 0 }
  return {
    settings,
    schema,
    check: new EventCheck(type, settings),
    accept: (entries) => writer.accept(entries),
    take: (after, maxRecords, maxBytes) => writer.take(after, maxRecords, maxBytes),
    arrival: Effect.suspend(() => transport.waitFor(topic, 0, writer.taken)),
    counted: (told) => told.forEach((status) => (counts[status] += 1)),
    counts: () => counts
  }
})

interface WriterParts {
  readonly transport: TransportShape
  readonly settings: InboxSettings
  readonly log: TaskLog
  /** Index of the state of ids. */
  readonly ids: number
  readonly topic: string
  readonly read: bigint
}

/** Puts requests one after another, several into one commit. */
class InboxWriter {
  /** The place after what was taken last. */
  taken: bigint
  /** All before it is committed by the source. */
  private read: bigint
  private readonly parts: WriterParts
  private readonly ledger: IdLedger
  private readonly wake = Latch.makeUnsafe(false)
  private waiting: Waiting[] = []
  private waitingBytes = 0
  private isClosed = false

  constructor(parts: WriterParts) {
    this.parts = parts
    this.ledger = new IdLedger(parts.log, parts.ids)
    this.read = parts.read
    this.taken = parts.read
  }

  readonly accept = Effect.fnUntraced(
    { self: this },
    function* (
      this: InboxWriter,
      entries: readonly InboxEntry[]
    ): Effect.fn.Return<readonly boolean[], InboxRefusal> {
      const { settings, topic, transport } = this.parts
      const end = yield* transport.end(topic, 0).pipe(Effect.mapError(() => refusal("failed")))
      const backlog = Number(end - this.read)
      if (this.isClosed) return yield* refusal("closed")
      if (backlog >= settings.backlog) return yield* refusal("full", backlog)
      const bytes = entries.reduce((sum, { key, value }) => sum + key.length + value.length, 0)
      if (this.waitingBytes > 0 && this.waitingBytes + bytes > maxWaitingBytes)
        return yield* refusal("busy", backlog)
      const answer = yield* Deferred.make<readonly boolean[], InboxRefusal>()
      this.waiting.push({ entries, bytes, answer })
      this.waitingBytes += bytes
      yield* this.wake.open
      return yield* Deferred.await(answer)
    }
  )

  readonly take = Effect.fnUntraced(
    { self: this },
    function* (
      this: InboxWriter,
      after: bigint,
      maxRecords: number,
      maxBytes: number
    ): Effect.fn.Return<Taken, TransportError> {
      const { topic, transport } = this.parts
      this.read = after > this.read ? after : this.read
      const batches = yield* transport.read(topic, 0, after, maxBytes)
      const end = yield* transport.end(topic, 0)
      const taken = takenFrom(batches, { after, end, maxRecords, maxBytes })
      this.taken = taken.next
      return taken
    }
  )

  get run(): Effect.Effect<never> {
    return Effect.gen({ self: this }, function* () {
      for (;;) {
        yield* this.wake.await
        yield* this.wake.close
        while (this.waiting.length > 0) yield* this.commitGroup(this.nextGroup())
      }
    })
  }

  /** Whoever still waits is told to send again. How far the source had read is kept, for who asks whether all is read. */
  readonly close: Effect.Effect<void> = Effect.gen({ self: this }, function* () {
    this.isClosed = true
    yield* this.answer(this.waiting.splice(0), () => Effect.fail(refusal("closed")))
    if (this.read === this.parts.read) return
    yield* Effect.ignore(this.parts.log.commit(this.moved(yield* Clock.currentTimeMillis)))
  })

  private moved(now: number): Commit {
    return {
      outputs: [],
      state: new Uint8Array(0),
      offsets: [],
      positions: { [readPosition]: String(this.read) },
      tokens: {},
      watermarks: {},
      counts: {},
      completed: false,
      now
    }
  }

  private nextGroup(): readonly Waiting[] {
    let events = 0
    const upTo = this.waiting.findIndex(({ entries }, index) => {
      events += entries.length
      return index > 0 && events > maxGroupEvents
    })
    return this.waiting.splice(0, upTo < 0 ? this.waiting.length : upTo)
  }

  private commitGroup(group: readonly Waiting[]): Effect.Effect<void> {
    return this.commit(group).pipe(
      // INVARIANT: who is told that an event was taken need not send it again, not after a power cut either.
      Effect.tap(() => this.parts.transport.flushed),
      Effect.flatMap((isNew) =>
        this.answer(group, (one) => Effect.succeed(one.entries.map((entry) => isNew.has(entry))))
      ),
      Effect.catch((error) =>
        Effect.logError("events could not be made durable", error.message).pipe(
          Effect.annotateLogs({ pipeline: this.parts.settings.pipeline, node: this.parts.settings.node }),
          Effect.andThen(this.answer(group, () => Effect.fail(refusal("failed"))))
        )
      ),
      Effect.onInterrupt(() => this.answer(group, () => Effect.fail(refusal("closed"))))
    )
  }

  private answer(
    group: readonly Waiting[],
    outcome: (one: Waiting) => Effect.Effect<readonly boolean[], InboxRefusal>
  ): Effect.Effect<void> {
    return Effect.forEach(
      group,
      (one) => {
        this.waitingBytes -= one.bytes
        return Deferred.completeWith(one.answer, outcome(one))
      },
      { discard: true }
    )
  }

  /** One commit of what is new in these requests; nothing is written when nothing is. */
  private readonly commit = Effect.fnUntraced(
    { self: this },
    function* (
      this: InboxWriter,
      group: readonly Waiting[]
    ): Effect.fn.Return<ReadonlySet<InboxEntry>, TransportError> {
      const { log, settings, topic, transport } = this.parts
      const failpoint = yield* Failpoint
      const known = new Set(yield* this.ledger.known(uniqueKeys(group)))
      const fresh: InboxEntry[] = []
      for (const entry of group.flatMap(({ entries }) => entries)) {
        if (known.has(entry.id)) continue
        known.add(entry.id)
        fresh.push(entry)
      }
      if (fresh.length === 0) return new Set(fresh)
      const now = yield* Clock.currentTimeMillis
      const sweep = yield* this.ledger.sweep(now)
      const end = (yield* transport.end(topic, 0)) + BigInt(fresh.length)
      const ids = fresh.map(({ key }) => key)
      failpoint("before-commit")
      yield* log.commit({
        ...this.moved(now),
        outputs: eventFrames(fresh, settings.schemaHash, now).map((frame) => ({
          topic,
          partition: 0,
          frame
        })),
        state: this.ledger.entries(sweep, { ids, end }, now + settings.retentionMs)
      })
      failpoint("after-commit")
      return new Set(fresh)
    }
  )
}

const refusal = (reason: InboxRefusal["reason"], waiting = 0): InboxRefusal =>
  new InboxRefusal({ reason, waiting })

const uniqueKeys = (group: readonly Waiting[]): readonly Uint8Array[] => [
  ...new Map(group.flatMap(({ entries }) => entries.map(({ id, key }) => [id, key] as const))).values()
]
