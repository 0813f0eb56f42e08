import { join } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { schemaText } from "@millrace/sdk/avro"
import { compileValue } from "@millrace/sdk/codec"
import { recordTypeOf } from "@millrace/sdk/testing"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { Controller, type ControllerShape } from "../../../runtime/src/controller/controller.ts"
import { countBatchesAsHeap } from "../../../runtime/src/main/heap-limits.ts"
import { startPlatform } from "../../../runtime/src/main/platform.ts"
import { Transport } from "../../../runtime/src/transport/transport.ts"
import { bundled, planRequest } from "../../input/pipelines.ts"
import { Event } from "../plugins/events.ts"
import { consume, feed } from "./paced.ts"

// A platform as `millrace up` starts it, with who feeds it and who reads from it in the same process, as its own sources and
// sinks are. Prints what came of it, JSON.

const [folder = "", durability = "fsync", perSecond = "20000", seconds = "20", warmSeconds = "5"] =
  process.argv.slice(2)

const [given, raised] = ["bench.given", "bench.raised"]
const plugins = "raised.ts"

const text = `pipeline: latency
owner: bench
nodes:
  given: { source: "./${plugins}#silent", stream: ${given}, partitions: 1 }
  raised: { use: "./${plugins}#raised", from: given, stream: ${raised}, partitions: 1 }
`

const apply = Effect.fn("apply")(function* (controller: ControllerShape) {
  const module = yield* Effect.promise(() => bundled(join(import.meta.dirname, "../plugins", plugins)))
  const request = planRequest(text, { [`./${plugins}`]: module })
  const planned = yield* controller.plan(request)
  if (!("plan" in planned)) throw new Error(JSON.stringify(planned.problems))
  yield* controller.apply({ ...request, hash: planned.plan.hash, grant: true }, "bench")
})

const program = Effect.gen(function* () {
  const { services } = yield* startPlatform({
    folder,
    host: "127.0.0.1",
    port: 0,
    durability: durability === "async" ? "async" : "fsync"
  })
  const transport = Context.get(services, Transport)
  yield* apply(Context.get(services, Controller))
  const type = recordTypeOf(Event)
  const hash = yield* transport.putSchema(schemaText(type))
  const pace = {
    perSecond: Number(perSecond),
    seconds: Number(seconds),
    warmSeconds: Number(warmSeconds)
  }
  const [, latencies] = yield* Effect.all(
    [
      feed(transport, { hash, topic: given, type }, pace),
      consume(transport, { codec: compileValue(type), topic: raised }, pace)
    ],
    { concurrency: "unbounded" }
  )
  return latencies
})

countBatchesAsHeap()
const { micros, verified } = await Effect.runPromise(
  program.pipe(Effect.scoped, Effect.provide(NodeServices.layer))
)
const at = (share: number): number => micros[Math.floor((micros.length - 1) * share)] ?? Number.NaN
process.stdout.write(
  `${JSON.stringify({ p50: at(0.5), p99: at(0.99), p999: at(0.999), most: at(1), verified })}\n`
)
