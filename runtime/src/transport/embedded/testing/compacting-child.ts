import * as Effect from "effect/Effect"
import { appendKeyed } from "../../acceptance-compaction.ts"
import { Transport } from "../../transport.ts"
import { embeddedTransport } from "../layer.ts"
import { historyAt, topic, writer } from "./compacted.ts"

// Commits a known history for ever while the log compacts what it can; prints the number of each commit that was acknowledged.
// The parent kills this process and looks at what is left.
const [folder = "", durability = "fsync"] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const transport = yield* Transport
  yield* transport.ensureTopic(topic)
  const log = yield* transport.openTask(writer)
  const last = yield* log.checkpoint
  for (let n = last?.sequence ?? 0; ; n++) {
    yield* appendKeyed(log, historyAt(n))
    process.stdout.write(`${n}\n`)
  }
})

await Effect.runPromise(
  Effect.provide(
    program,
    embeddedTransport({
      folder,
      durability: durability === "async" ? "async" : "fsync",
      // Many rounds, of which each takes many steps.
      compaction: { leastDirtyBytes: 20_000, mostKeys: 40, quietAfterMs: 1, stepBytes: 2_000 }
    })
  )
)
