import type { HostRequestError } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { Hop } from "./hops.ts"
import type { HttpDriver } from "./http-driver.ts"
import { driverFailure, httpFailure } from "./http-failure.ts"

/** A reply with its whole body. */
export interface Reply {
  readonly status: number
  /** By lower-case name, several values joined by `, `. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Uint8Array
}

class TooLarge extends Error {}

/**
 * Sends one request and reads its reply to the last byte, counting while it comes: at most `maxBytes`. Interrupted, it
 * breaks the connection off.
 */
export function exchange(
  driver: HttpDriver,
  hop: Hop,
  maxBytes: number
): Effect.Effect<Reply, HostRequestError> {
  return Effect.tryPromise({
    try: async (signal) => {
      const { statusCode, headers, body } = await driver.request({
        origin: hop.url.origin,
        path: hop.url.pathname + hop.url.search,
        method: hop.method,
        headers: { ...hop.headers },
        body: hop.body ?? null,
        signal
      })
      try {
        return { status: statusCode, headers: headersOf(headers), body: await readAll(body, maxBytes) }
      } catch (error) {
        body.destroy()
        throw error
      }
    },
    catch: (error) =>
      error instanceof TooLarge
        ? httpFailure("TOO_LARGE", `the reply has more than ${maxBytes} bytes`)
        : driverFailure(error)
  })
}

async function readAll(body: AsyncIterable<unknown>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue
    size += chunk.length
    if (size > maxBytes) throw new TooLarge()
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

function headersOf(headers: {
  readonly [name: string]: string | readonly string[] | undefined
}): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [[name.toLowerCase(), typeof value === "string" ? value : value.join(", ")] as const]
    )
  )
}
