import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { makeRecordViewer } from "../../controller/record-view.ts"
import type { CatalogueTopic } from "../../plan/dependencies.ts"
import { Transport } from "../../transport/transport.ts"
import type { FailedBatch } from "../../worker/worker-environment.ts"
import { startPlatform } from "../platform.ts"
import type { DevOptions } from "./dev-options.ts"
import type { SourcePlaces } from "./load/source-places.ts"
import type { Show } from "./view/event.ts"
import { lookAtRecords } from "./view/look-at-records.ts"
import { openTroubles, type Troubles } from "./view/troubles.ts"
import { watchRecords } from "./view/watch-records.ts"

/** A platform in this process for one plugin at work, with what looks at it. */
export const openWorkshop = Effect.fn("openWorkshop")(function* (options: DevOptions, show: Show) {
  const streams = new Map<string, CatalogueTopic>()
  const places = new Map<string, SourcePlaces>()
  const listeners: Troubles[] = []
  const onDeadLetters = (batch: FailedBatch) =>
    Effect.forEach(listeners, (each) => each.add(batch), { discard: true })
  const platform = yield* startPlatform({
    folder: options.data,
    host: "127.0.0.1",
    port: options.port,
    workshop: { streams, onDeadLetters }
  })
  const transport = Context.get(platform.services, Transport)
  const look = lookAtRecords(transport, makeRecordViewer())
  const troubles = yield* openTroubles({ show, places, recordAt: look.at })
  listeners.push(troubles)
  const watch = yield* watchRecords(transport, look, show)
  return { platform, transport, streams, places, look, troubles, watch }
})

export type Workshop = Effect.Success<ReturnType<typeof openWorkshop>>
