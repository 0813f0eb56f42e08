import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { assert, describe } from "vitest"
import { LogBuffer } from "./log-buffer.ts"

const line = (node: string, message: string) =>
  ({ time: 1, level: "info", pipeline: "movies", node, message, fields: {} }) as const

describe("the log of plugins", () => {
  it.effect("answers the newest lines of a pipeline's node, oldest first", () =>
    Effect.gen(function* () {
      const logs = yield* LogBuffer
      for (let i = 0; i < 5; i++) logs.append(line("rated", `m${i}`))
      logs.append(line("other", "x"))
      logs.append({ ...line("rated", "y"), pipeline: "flights" })
      const recent = logs.recent({ pipeline: "movies", node: "rated", limit: 2 })
      assert.deepStrictEqual(
        recent.map(({ message }) => message),
        ["m3", "m4"]
      )
    }).pipe(Effect.provide(LogBuffer.layer))
  )

  it.effect("keeps a bounded number of lines", () =>
    Effect.gen(function* () {
      const logs = yield* LogBuffer
      for (let i = 0; i < 20_000; i++) logs.append(line("rated", `m${i}`))
      const kept = logs.recent({ pipeline: "movies", node: undefined, limit: 1_000_000 })
      assert.strictEqual(kept.length, 5_000)
      assert.strictEqual(kept.at(-1)?.message, "m19999")
    }).pipe(Effect.provide(LogBuffer.layer))
  )

  it.effect("follows what comes after", () =>
    Effect.gen(function* () {
      const logs = yield* LogBuffer
      const following = yield* logs
        .following({ pipeline: "movies", node: "rated", limit: 1 })
        .pipe(Stream.take(1), Stream.runCollect, Effect.forkChild({ startImmediately: true }))
      logs.append(line("other", "not this"))
      logs.append(line("rated", "this"))
      const lines = yield* Fiber.join(following)
      assert.deepStrictEqual(
        lines.map(({ message }) => message),
        ["this"]
      )
    }).pipe(Effect.provide(LogBuffer.layer))
  )
})
