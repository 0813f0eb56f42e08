import { StateEntryWriter } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { emptyCommit } from "../../empty-commit.ts"
import { textFrame } from "../../acceptance.ts"
import { Transport } from "../../transport.ts"
import { embeddedTransport } from "../layer.ts"

// Commits for ever on four tasks, each commit one record, one state entry, one offset, all of them the commit's number;
// prints a task's number when it was acknowledged. The parent kills this process and looks at what is left. `placed`: all frames lie in files.
const [folder = "", durability = "fsync", placed] = process.argv.slice(2)
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
// Large enough for a fold every 40 commits of a task.
const padding = "x".repeat(10_000)
const keysPerCommit = 10
const spread = 1_000

const program = Effect.gen(function* () {
  const transport = yield* Transport
  yield* transport.ensureTopic({ name: "numbers", partitions: 4, internal: false })
  const write = (partition: number) =>
    Effect.gen(function* () {
      const log = yield* transport.openTask({ pipeline: "p", node: "writer", partition }, { node: "writer" })
      const last = yield* log.checkpoint
      for (let n = (last?.sequence ?? 0) + 1; ; n++) {
        const state = new StateEntryWriter()
        state.put(0, bytes("n"), undefined, 0, bytes(String(n)))
        for (let i = 0; i < keysPerCommit; i++)
          state.put(0, bytes(`k${(n * keysPerCommit + i) % spread}`), undefined, 0, bytes(`${n} ${padding}`))
        yield* log.commit({
          ...emptyCommit,
          outputs: [{ topic: "numbers", partition, frame: textFrame([String(n)]) }],
          state: state.finish(),
          offsets: [{ topic: "in", partition, next: BigInt(n) }]
        })
        process.stdout.write(`${partition} ${n}\n`)
      }
    })
  yield* Effect.forEach([0, 1, 2, 3], write, { concurrency: "unbounded" })
})

await Effect.runPromise(
  Effect.provide(
    program,
    embeddedTransport({
      folder,
      durability: durability === "async" ? "async" : "fsync",
      frames: placed === undefined ? {} : { leastBytes: 1, fileBytes: 100_000 }
    })
  )
)
