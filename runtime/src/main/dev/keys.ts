import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"

/** Keys that are pressed, while the scope is open; none where standard input is no terminal. */
export const openKeys = Effect.gen(function* () {
  const keys = yield* Queue.sliding<string>(16)
  const input = process.stdin
  if (!input.isTTY) return { isTerminal: false, next: Effect.never }
  const onData = (data: Buffer): void => {
    for (const key of data.toString("utf8")) Queue.offerUnsafe(keys, key)
  }
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      input.setRawMode(true)
      input.on("data", onData)
      input.resume()
    }),
    () =>
      Effect.sync(() => {
        input.off("data", onData)
        input.setRawMode(false)
        input.pause()
      })
  )
  return { isTerminal: true, next: Queue.take(keys) }
})

export interface Keys {
  readonly isTerminal: boolean
  readonly next: Effect.Effect<string>
}
