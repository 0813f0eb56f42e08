import * as Effect from "effect/Effect"

/**
 * A line on standard error that is written over while long work goes on, on a terminal; elsewhere a line whenever its
 * text has changed. The line is ended when the scope closes.
 */
export const progress = Effect.gen(function* () {
  const stream = process.stderr
  let last = ""
  yield* Effect.addFinalizer(() => Effect.sync(() => last !== "" && stream.isTTY && stream.write("\n")))
  return (text: string): Effect.Effect<void> =>
    Effect.sync(() => {
      if (text === last) return
      last = text
      stream.write(stream.isTTY ? `\r\u001b[2K${text.slice(0, (stream.columns || 80) - 1)}` : `${text}\n`)
    })
})
