import { createGunzip } from "node:zlib"
import * as Effect from "effect/Effect"
import type { ArchiveProblem } from "./tar.ts"

/** Bytes out per byte in, at most; a bundle's text reaches about 10. Small archives are free of it: their padding alone is more. */
const maxRatio = 100
const ratioFreeBytes = 262_144

/** Inflates chunk by chunk and stops at the first limit, so that a bomb costs no more than `maxBytes`. */
const inflate = async (input: Uint8Array, maxBytes: number): Promise<Uint8Array | ArchiveProblem> => {
  const engine = createGunzip()
  engine.end(input)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of engine) {
    const bytes: Uint8Array = chunk
    size += bytes.length
    if (size > maxBytes) return { problem: `it holds more than ${maxBytes} bytes` }
    if (size > ratioFreeBytes && size > maxRatio * input.length)
      return { problem: `it is packed more than ${maxRatio} to 1` }
    chunks.push(bytes)
  }
  // Zeros after the end of gzip are passed over in silence; two archives that differ in them would unpack alike.
  return engine.bytesWritten === input.length
    ? Buffer.concat(chunks, size)
    : { problem: "something follows its end" }
}

/** Unpacks gzip within limits. */
export const gunzipWithin = (
  input: Uint8Array,
  maxBytes: number
): Effect.Effect<Uint8Array, ArchiveProblem> =>
  Effect.tryPromise({
    try: () => inflate(input, maxBytes),
    catch: (): ArchiveProblem => ({ problem: "it is not whole gzip data" })
  }).pipe(
    Effect.flatMap((result) => (result instanceof Uint8Array ? Effect.succeed(result) : Effect.fail(result)))
  )
