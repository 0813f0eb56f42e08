import type { PlatformStatus } from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { Hono } from "hono"
import { streamSSE } from "hono/streaming"
import { platformStatus } from "../../controller/status.ts"
import { Collector } from "../../observe/collector.ts"
import { type AlertCounts, type LiveBefore, liveStatus } from "../../observe/live/live-status.ts"
import type { ControlServices } from "./app.ts"
import { reading } from "./reading.ts"

const everyMs = 1_000

export interface LiveOptions {
  readonly facts: Effect.Effect<Omit<PlatformStatus, "pipelines" | "sandboxes">>
  /** How many alerts a pipeline has now. */
  readonly alerts: Effect.Effect<(pipeline: string) => AlertCounts, never, ControlServices>
  readonly run: <A, E>(effect: Effect.Effect<A, E, ControlServices>) => Promise<A>
}

/**
 * `GET /api/live`: server-sent events, each second what runs (`LiveStatus` of the SDK's API). All listeners share one
 * measurement; nothing is measured while nobody listens.
 */
export const mountLive = (app: Hono, { alerts, facts, run }: LiveOptions): void => {
  let last: LiveBefore | undefined
  const one = Semaphore.makeUnsafe(1)
  /** At most half a period old. */
  const measured = one.withPermit(
    Effect.gen(function* () {
      const at = yield* Clock.currentTimeMillis
      if (last !== undefined && at - last.at < everyMs / 2) return last
      const status = yield* platformStatus(yield* facts)
      const families = yield* Effect.flatMap(Collector, (collector) => collector.families)
      last = liveStatus(status, families, { at, before: last, alerts: yield* alerts })
      return last
    })
  )
  app.get("/api/live", (context) =>
    reading(
      context,
      () =>
        streamSSE(context, async (stream) => {
          for (let id = 0; !stream.aborted && !stream.closed; id++) {
            const { status } = await run(measured)
            await stream.writeSSE({ event: "status", id: String(id), data: JSON.stringify(status) })
            await stream.sleep(everyMs)
          }
        }),
      run
    )
  )
}
