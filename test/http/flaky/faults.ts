import type { ServerResponse } from "node:http"

/** A repeatable stream of numbers in [0, 1): mulberry32. */
export const randomOf = (start: number): (() => number) => {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** What becomes of one request. Those that end in `taken` have their effect before the reply is lost. */
export type Fault =
  | "none"
  | "error"
  | "busy"
  | "busy for a second"
  | "hang"
  | "hang, taken"
  | "cut"
  | "cut, taken"
  | "cut in the body, taken"

const faults: readonly Fault[] = [
  "error",
  "error",
  "busy",
  "busy",
  "hang",
  "hang, taken",
  "cut",
  "cut, taken",
  "cut in the body, taken"
]

/** So often at most a request of one name is not answered well: whoever tries long enough gets through. */
const mostOfOneName = 6

/** Draws what becomes of requests; `share` of them fail. A name is what stays when a request is made again. */
export const faultsOf = (seed: number, share: number): ((name: string) => Fault) => {
  const random = randomOf(seed)
  const had = new Map<string, number>()
  let isFirstPause = true
  return (name) => {
    const before = had.get(name) ?? 0
    if (random() >= share || before >= mostOfOneName) return "none"
    had.set(name, before + 1)
    const fault = faults[Math.floor(random() * faults.length)] ?? "none"
    if (fault !== "busy" || !isFirstPause) return fault
    // One pause that is really waited for: more of them only take time.
    isFirstPause = false
    return "busy for a second"
  }
}

export const isTaken = (fault: Fault): boolean => fault === "none" || fault.endsWith("taken")

/** Answers as the fault says, and `reply` where there is none. */
export const answer = (
  response: ServerResponse,
  fault: Fault,
  reply: { readonly status: number; readonly body: unknown }
): void => {
  const body = JSON.stringify(reply.body)
  switch (fault) {
    case "none":
      response.writeHead(reply.status, { "content-type": "application/json" }).end(body)
      return
    case "error":
      response.writeHead(500).end("out of order")
      return
    case "busy":
      response.writeHead(429, { "retry-after": "0" }).end()
      return
    case "busy for a second":
      response.writeHead(429, { "retry-after": "1" }).end()
      return
    case "cut in the body, taken":
      response.writeHead(reply.status, { "content-length": Buffer.byteLength(body) + 10 })
      response.write(body, () => response.destroy())
      return
    case "cut":
    case "cut, taken":
      response.destroy()
      return
    case "hang":
    case "hang, taken":
      return
  }
}
