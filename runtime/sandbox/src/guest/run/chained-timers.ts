import { BatchCursor, BatchWriter, maxFrameBytes } from "@millrace/sdk/record"
import { Uint32ArrayOf } from "../realm/primordials.ts"
import type { Body, Feed, RunContext } from "./run-context.ts"
import { runPlain } from "./run-plain.ts"

/** So many are fired in one call: what is left fires in the next. */
const maxChained = 4_096

/**
 * Fires the timers that timers have set in this call and that are due as well, and those that these set: round by round, one of
 * each key, in the order of time, as calls of their own would have. `until`: ms since 1970; up to it, nothing else of these
 * keys is due.
 */
export function runChained(run: RunContext, feed: Feed, body: Body, until: number): void {
  const { store } = run.scope
  for (let fired = 0; fired < maxChained && !run.outputs.isFilling();) {
    const due = store.takeDue(until)
    if (due.length === 0) return
    const writer = new BatchWriter(maxFrameBytes, 1_024)
    writer.begin(feed.cursor.header.schemaHash)
    const origins = new Uint32ArrayOf(due.length)
    for (let i = 0; i < due.length; i++) {
      const { origin, timer } = due[i]
      // That of the timer that set it: it has no place of its own.
      origins[i] = origin
      writer.append({ timestamp: timer.time, key: timer.key }, timer.tag)
    }
    const frame = writer.finish()
    runPlain(run, { ...feed, frame, cursor: new BatchCursor(frame), origins }, body)
    fired += due.length
  }
}
