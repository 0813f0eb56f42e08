import { type ApiError, apiError, type LedgerView } from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Run, RunningPipelines } from "../../controller/running-pipelines.ts"
import { logFailed } from "../../controller/topics.ts"
import { Transport } from "../../transport/transport.ts"
import type { Imbalances } from "../../worker/ledger/ledger.ts"
import { RunningTotals } from "../collect/running-totals.ts"
import { ledgerOf, logImbalances, type PartitionRecords, topicsOf } from "./balance.ts"

/** Holds pipelines' ledgers against the log: on request, and by itself every minute, for the alerts. */
export class Auditor extends Context.Service<
  Auditor,
  {
    /** Fails with PIPELINE_UNKNOWN. */
    readonly ledger: (pipeline: string) => Effect.Effect<LedgerView, ApiError>
    /** What the log lost or has twice, as the last look found it. */
    readonly logImbalances: (pipeline: string) => Imbalances
  }
>()("millrace/observe/Auditor") {
  /** `scale`: of the minute between looks; infinite: it looks when it is asked. */
  static readonly layer = (scale: number) =>
    Layer.effect(
      Auditor,
      Effect.gen(function* () {
        const transport = yield* Transport
        const running = yield* RunningPipelines
        const totals = new RunningTotals(transport)
        let found: ReadonlyMap<string, Imbalances> = new Map()

        /** Partitions by topic. */
        const partitionCounts = Effect.map(
          transport.topics,
          (topics): ReadonlyMap<string, number> =>
            new Map(topics.map(({ name, partitions }) => [name, partitions]))
        )

        const partitionsOf = Effect.fnUntraced(function* (run: Run, counts: ReadonlyMap<string, number>) {
          const all: PartitionRecords[] = []
          for (const topic of topicsOf(run))
            for (let partition = 0; partition < (counts.get(topic) ?? 0); partition++) {
              const { given, kept } = yield* transport.appended(topic, partition)
              all.push({ topic, partition, given: Number(given), kept: Number(kept) })
            }
          return all
        })

        const committed = Effect.fnUntraced(function* (run: Run) {
          return { run, checkpoints: yield* totals.checkpoints(run) }
        })

        const ledger = Effect.fnUntraced(function* (pipeline: string) {
          const runs = yield* running.all
          const own = runs.find(({ stored }) => stored.pipeline === pipeline)
          if (own === undefined) return yield* apiError("PIPELINE_UNKNOWN", { pipeline })
          return yield* Effect.gen(function* () {
            const all = yield* Effect.forEach(runs, committed)
            return ledgerOf(
              yield* committed(own),
              all,
              yield* partitionsOf(own, yield* partitionCounts),
              yield* Clock.currentTimeMillis
            )
          }).pipe(Effect.mapError(logFailed))
        })

        const look = Effect.gen(function* () {
          const next = new Map<string, Imbalances>()
          const counts = yield* partitionCounts
          for (const run of yield* running.all)
            next.set(run.stored.pipeline, logImbalances(yield* partitionsOf(run, counts)))
          found = next
        }).pipe(
          Effect.catch((error) => Effect.logWarning("the log could not be audited", error.message)),
          Effect.andThen(Effect.sleep(Duration.times(Duration.minutes(1), scale)))
        )
        if (Number.isFinite(scale)) yield* Effect.forkScoped(Effect.forever(look))
        return Auditor.of({ ledger, logImbalances: (pipeline) => found.get(pipeline) ?? {} })
      })
    )
}
