import type { LiveStatus } from "@millrace/sdk/api"
import { callHeaders } from "../api/call.ts"
import { linesOf } from "../api/lines.ts"
import { refusalOf, wantsToken } from "../api/refusal.ts"
import { onToken } from "../api/token.ts"
import { liveStore } from "./live-store.ts"

/** First and longest wait before it is tried again, in ms. */
const firstWait = 500
const longestWait = 8_000

/**
 * Keeps the one event stream open. `fetch`, not `EventSource`, which can carry no token: a platform on another machine
 * asks for one. Answers how to end it.
 */
export const openLiveStream = (): (() => void) => {
  const end = new AbortController()
  void keepOpen(end.signal)
  return () => end.abort()
}

const keepOpen = async (signal: AbortSignal): Promise<void> => {
  let wait = firstWait
  while (!signal.aborted) {
    const outcome = await listen(signal, () => {
      wait = firstWait
    })
    if (signal.aborted) return
    liveStore.lose()
    await (outcome === "token" ? nextToken(signal) : pause(wait, signal))
    wait = Math.min(longestWait, wait * 2)
  }
}

/** Takes events in until the stream ends. */
const listen = async (signal: AbortSignal, received: () => void): Promise<"ended" | "token"> => {
  try {
    const response = await fetch("/api/live", { headers: callHeaders(), signal })
    if (!response.ok || response.body === null)
      return wantsToken(await refusalOf(response)) ? "token" : "ended"
    for await (const line of linesOf(response.body)) {
      // Each event is one line of data; names and comments say nothing more.
      if (!line.startsWith("data:")) continue
      const status: LiveStatus = JSON.parse(line.slice("data:".length))
      liveStore.receive(status)
      received()
    }
  } catch {
    // Cut off: the platform ended, or the way to it.
  }
  return "ended"
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(done, ms)
    signal.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true })
  })

const nextToken = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    const stop = onToken(() => (stop(), done()))
    signal.addEventListener("abort", () => (stop(), done()), { once: true })
  })
