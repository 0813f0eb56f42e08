import { send } from "./call.ts"
import { refusalIn } from "./refusal.ts"
import type { ReplyOf, RequestOf, Route } from "./routes.ts"

/** Pieces of a body, cut at line ends; the last one may lack its own. */
export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ""
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      const parts = (rest + decoder.decode(value, { stream: true })).split("\n")
      rest = parts.pop() ?? ""
      yield* parts
    }
    if (rest !== "") yield rest
  } finally {
    // Whoever stops listening ends the request, not just the loop.
    await reader.cancel().catch(() => undefined)
  }
}

/** Calls what answers line by line (NDJSON), as it comes, until the signal is given. Rejects with a refusal, also with one that comes as the last line. */
export async function* callLines<R extends Route>(
  route: R,
  request: RequestOf<R>,
  signal: AbortSignal
): AsyncGenerator<ReplyOf<R>> {
  const response = await send(route, request, signal)
  if (response.body === null) return
  for await (const line of linesOf(response.body)) {
    if (line === "") continue
    const read: unknown = JSON.parse(line)
    if (typeof read === "object" && read !== null && "error" in read && Object.keys(read).length === 1)
      throw refusalIn(read.error, response.status)
    yield JSON.parse(line)
  }
}
