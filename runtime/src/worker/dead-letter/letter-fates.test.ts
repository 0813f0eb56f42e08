import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { forgetAll } from "../../controller/start/begin-anew.ts"
import { noChange } from "../../controller/run-marks.ts"
import { embeddedTransport } from "../../transport/embedded/index.ts"
import { Transport } from "../../transport/transport.ts"
import { deadLetterFrames, deadLetterSchemaText } from "./dead-letter.ts"
import { countOpenLetters, discardDeadLetters, letterFates } from "./letter-fates.ts"

const pipeline = "p"
const topic = "p.dead-letters"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-fates-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const withTransport = <A, E>(program: Effect.Effect<A, E, Transport>): Promise<A> =>
  Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(embeddedTransport({ folder }))))

const letterAt = (offset: number) => ({
  node: "a",
  input: "in",
  code: "PLUGIN_FAILED" as const,
  tag: undefined,
  message: "no",
  topic: "t",
  partition: 0,
  offset: BigInt(offset),
  frame: undefined,
  raw: "x"
})

/** Sets so many records aside. */
const setAside = Effect.fnUntraced(function* (count: number) {
  const transport = yield* Transport
  yield* transport.putSchema(deadLetterSchemaText)
  yield* transport.ensureTopic({ name: topic, partitions: 1, internal: false })
  const log = yield* transport.openTask({ pipeline, node: "a", partition: 0 })
  const letters = Array.from({ length: count }, (_, offset) => letterAt(offset))
  const outputs = deadLetterFrames(letters, 0, 1).map((frame) => ({ topic, partition: 0, frame }))
  yield* log.commit({ ...noChange, outputs, completed: false, now: 1 })
  return transport
})

const openNow = Effect.gen(function* () {
  const transport = yield* Transport
  return yield* countOpenLetters(transport, topic, yield* transport.checkpoints(pipeline))
})

describe("open dead letters", () => {
  it("are those that were neither replayed nor discarded, each once", async () => {
    const counts = await withTransport(
      Effect.gen(function* () {
        const transport = yield* setAside(5)
        const before = yield* openNow
        yield* discardDeadLetters(transport, pipeline, ["0/1", "0/3", "0/1"], 2)
        yield* discardDeadLetters(transport, pipeline, ["0/3"], 3)
        return [before, yield* openNow]
      })
    )
    assert.deepEqual(counts, [5, 3])
  })

  it("are none where a pipeline has set nothing aside yet", async () => {
    assert.equal(await withTransport(openNow), 0)
  })

  it("are no others when the pipeline runs again from the start", async () => {
    const found = await withTransport(
      Effect.gen(function* () {
        const transport = yield* setAside(2)
        yield* discardDeadLetters(transport, pipeline, ["0/0"], 2)
        yield* forgetAll(pipeline, { nodes: [] })
        const tasks = (yield* transport.checkpoints(pipeline)).map(({ task }) => task.node)
        return { tasks, open: yield* openNow, fates: [...(yield* letterFates(transport, pipeline))] }
      })
    )
    assert.deepEqual(found, { tasks: ["~replay"], open: 1, fates: [["0/0", "discarded"]] })
  })
})
