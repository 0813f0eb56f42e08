import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type { TransportError, TransportShape } from "../../../transport/transport.ts"
import { type FeedPosition, openAppender } from "./append-records.ts"
import type { InputType } from "./input-type.ts"
import type { RecordSupply } from "./record-supply.ts"

export interface FeedOptions {
  readonly transport: TransportShape
  readonly topic: string
  readonly input: InputType
  readonly supply: RecordSupply
  /** Records per second; undefined: as fast as they are taken. */
  readonly rate: number | undefined
  /** Records that are appended and not yet read. */
  readonly backlog: Effect.Effect<number>
}

/** Appends records to the stream of one input until its scope closes. */
export interface Feed {
  /** Appends the next record at once, or begins anew where all were appended: somebody waits to see one. */
  readonly nudge: Effect.Effect<void>
  /** Begins anew from the first record. */
  readonly replay: Effect.Effect<void>
  /** There may be more records than before. */
  readonly wake: Effect.Effect<void>
  /** The last record was appended. */
  readonly hasEnded: () => boolean
}

const tickMs = 50
const maxBatch = 2_000
/** A reader that does not keep up is waited for: the stream lies on the author's disk. */
const maxBacklog = 20_000

/**
 * Starts a feed where the last one of this stream stopped; one that had ended begins a new run. Records and position are one
 * commit, so that a kill neither loses nor repeats one.
 */
export const startFeed = Effect.fn("startFeed")(function* (options: FeedOptions) {
  const appender = yield* openAppender(options.transport, options.topic, options.input)
  const orders = yield* Queue.sliding<"nudge" | "replay" | "wake">(2)
  const hasEnded = ({ next }: FeedPosition): boolean =>
    options.supply.count !== undefined && next >= options.supply.count
  let position = appender.position
  const beginAnew = () => {
    position = { run: position.run + 1, next: options.supply.replayFrom?.() ?? 0 }
  }
  // Records that came from elsewhere are not numbered as they were on another day.
  if (options.supply.replayFrom !== undefined) position = { run: position.run + 1, next: 0 }
  else if (hasEnded(position)) beginAnew()

  const append = (wanted: number): Effect.Effect<void, TransportError> =>
    Effect.suspend(() => {
      const values = options.supply.take(position.next, Math.min(wanted, maxBatch))
      if (values.length === 0) return Effect.void
      const after = { ...position, next: position.next + values.length }
      return Effect.tap(appender.append(values, after), () => Effect.sync(() => (position = after)))
    })

  const perTick = options.rate === undefined ? maxBatch : (options.rate * tickMs) / 1_000
  const run = Effect.gen(function* () {
    let due = 1
    let last = yield* Clock.currentTimeMillis
    for (;;) {
      const waitMs = hasEnded(position)
        ? undefined
        : Math.max(tickMs, (tickMs * Math.min(1, 1 - due)) / perTick)
      const order = yield* orderWithin(orders, waitMs)
      if (order === "replay" || (order === "nudge" && hasEnded(position))) beginAnew()
      const now = yield* Clock.currentTimeMillis
      due = Math.min(due + ((now - last) * perTick) / tickMs, Math.max(1, perTick * 20))
      last = now
      if (order !== undefined) due = Math.max(due, 1)
      if (due < 1 || (yield* options.backlog) > maxBacklog) continue
      const wanted = Math.floor(due)
      yield* append(wanted)
      due -= wanted
    }
  })
  yield* Effect.forkScoped(
    Effect.catch(run, (error) =>
      Effect.logError(`the feed of ${options.input.name} stopped: ${error.message}`)
    )
  )
  const feed: Feed = {
    nudge: Effect.asVoid(Queue.offer(orders, "nudge")),
    wake: Effect.asVoid(Queue.offer(orders, "wake")),
    replay: Effect.asVoid(Queue.offer(orders, "replay")),
    hasEnded: () => hasEnded(position)
  }
  return feed
})

/** The next order; undefined when none came within the time. Without a time it waits for ever. */
const orderWithin = <A>(orders: Queue.Dequeue<A>, waitMs: number | undefined): Effect.Effect<A | undefined> =>
  waitMs === undefined
    ? Queue.take(orders)
    : Effect.raceFirst(Queue.take(orders), Effect.as(Effect.sleep(waitMs), undefined))
