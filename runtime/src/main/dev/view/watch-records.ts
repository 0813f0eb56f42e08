import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type { Counts, TransportError, TransportShape } from "../../../transport/transport.ts"
import type { DevPipeline } from "../load/dev-pipeline.ts"
import type { Rates, Show } from "./event.ts"
import { fieldDifference } from "./field-difference.ts"
import type { RecordLook } from "./look-at-records.ts"
import { ShowBudget } from "./show-budget.ts"

/** The version whose records are watched. */
export interface Watched {
  readonly pipeline: DevPipeline
  readonly kind: "source" | "processor" | "sink"
  readonly inputs: { readonly [input: string]: string }
}

export interface RecordWatch {
  /** Watches another version, or the same again; `savedAt`: when the edit was seen, ms since 1970. */
  readonly follow: (watched: Watched, savedAt: number | undefined) => Effect.Effect<void, TransportError>
  /** There is something new to see: shows a few records at once. */
  readonly refresh: () => void
}

const shownAtOnce = 3
const shownEveryMs = 5_000
const ratesEveryMs = 1_000
const pollMs = 100

const nothing: Rates = { in: 0, out: 0, filtered: 0, dead: 0 }

/** Shows what the plugin makes of records, as it comes, until its scope closes. */
export const watchRecords = Effect.fn("watchRecords")(function* (
  transport: TransportShape,
  look: RecordLook,
  show: Show
) {
  const budget = new ShowBudget(shownAtOnce, shownEveryMs)
  const seen = new Map<string, bigint>()
  let watched: Watched | undefined
  let savedAt: number | undefined
  let totals = nothing
  let lastTotals = nothing
  let ratesAt = yield* Clock.currentTimeMillis
  const orders = yield* Queue.sliding<"look">(1)
  const pause = Effect.raceFirst(Queue.take(orders), Effect.sleep(pollMs))

  const showOutputs = Effect.fnUntraced(function* (of: Watched) {
    let shown = 0
    for (const [output, stream] of Object.entries(of.pipeline.outputs)) {
      const { next, records } = yield* look.newest(stream, seen.get(stream) ?? 0n, shownAtOnce)
      seen.set(stream, next)
      for (const record of records) {
        const now = yield* Clock.currentTimeMillis
        if (!budget.take(now)) break
        const before = yield* look.origin(record, of.inputs)
        const first = savedAt === undefined ? {} : { afterSaveMs: now - savedAt }
        savedAt = undefined
        const changes = before === undefined ? [] : fieldDifference(before.value, record.value)
        show({
          event: "record",
          output,
          ...(before === undefined ? {} : { before: before.value }),
          after: record.value,
          changes,
          ...first
        })
        shown += 1
      }
    }
    return shown
  })

  /** What left no record: it was filtered, or a sink took it. */
  const showInputs = Effect.fnUntraced(function* (of: Watched, before: Rates) {
    const event = of.kind === "sink" ? "written" : "filtered"
    const count =
      of.kind === "sink"
        ? totals.in - totals.dead - (before.in - before.dead)
        : totals.filtered - before.filtered
    if (count <= 0) return
    const place = (yield* transport.checkpoints(of.pipeline.name))
      .flatMap(({ checkpoint }) => checkpoint.offsets)
      .find(({ next, topic }) => next > 0n && Object.values(of.inputs).includes(topic))
    if (place === undefined || !budget.take(yield* Clock.currentTimeMillis)) return
    const record = yield* look.at(place.topic, place.next - 1n)
    if (record !== undefined) show({ event, record: record.value })
  })

  const showRates = Effect.fnUntraced(function* () {
    const now = yield* Clock.currentTimeMillis
    const seconds = (now - ratesAt) / 1_000
    if (now - ratesAt < ratesEveryMs) return
    const per = (name: keyof Rates): number =>
      Math.max(0, Math.round((totals[name] - lastTotals[name]) / seconds))
    const rates = { in: per("in"), out: per("out"), filtered: per("filtered"), dead: per("dead") }
    show({ event: "rates", ...rates, totals })
    lastTotals = totals
    ratesAt = now
  })

  const round = Effect.gen(function* () {
    if (watched === undefined) return yield* pause
    const of = watched
    const before = totals
    totals = totalsOf(yield* transport.checkpoints(of.pipeline.name), of.pipeline.node)
    const shown = yield* showOutputs(of)
    if (shown === 0) yield* showInputs(of, before)
    yield* showRates()
    const [output] = Object.values(of.pipeline.outputs)
    const more = output === undefined ? Effect.never : transport.waitFor(output, 0, seen.get(output) ?? 0n)
    // A steady stream is looked at in steps; what comes after an edit is waited for.
    return yield* savedAt === undefined ? pause : Effect.raceFirst(more, pause)
  })
  yield* Effect.forkScoped(
    Effect.forever(
      Effect.catch(round, (error) => Effect.andThen(Effect.logWarning(error.message), Effect.sleep(pollMs)))
    )
  )
  const watch: RecordWatch = {
    follow: Effect.fnUntraced(function* (next: Watched, at: number | undefined) {
      // What a processor gave before is the version's before: only what comes from now on is shown. A source may have ended by now.
      for (const stream of Object.values(next.pipeline.outputs))
        if (next.kind !== "source" || !seen.has(stream)) seen.set(stream, yield* endOf(transport, stream))
      watched = next
      savedAt = at
      totals = totalsOf(yield* transport.checkpoints(next.pipeline.name), next.pipeline.node)
      lastTotals = totals
      budget.refill()
      yield* Queue.offer(orders, "look")
    }),
    refresh: () => budget.refill()
  }
  return watch
})

/** 0 for a stream that is not there yet. */
const endOf = (transport: TransportShape, stream: string) =>
  Effect.flatMap(transport.topics, (topics) =>
    topics.some(({ name }) => name === stream) ? transport.end(stream, 0) : Effect.succeed(0n)
  )

const totalsOf = (
  checkpoints: readonly { readonly checkpoint: { readonly counts: { readonly [node: string]: Counts } } }[],
  node: string
): Rates => {
  const sum = { in: 0, out: 0, filtered: 0, dead: 0 }
  for (const { checkpoint } of checkpoints) {
    const counts = checkpoint.counts[node]
    if (counts === undefined) continue
    sum.in += counts.in
    sum.out += counts.out
    sum.filtered += counts.filtered
    sum.dead += counts.dead
  }
  return sum
}
