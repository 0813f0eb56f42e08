import { JsonWriter } from "../realm/plain-text.ts"
import type { MessageBudget } from "../realm/message-budget.ts"
import { DoneFrames } from "./done-frames.ts"
import type { NodeCall } from "./node-call.ts"
import { writeSourceEnd } from "./source-call.ts"
import type { Tally } from "../data/tally.ts"

/**
 * What a done call came to: the frames that it gives (`o`utput, `e`dits that make an output of the call's frames, `p`laces where its
 * records come from, `d`ead letters, `s`tate), and a text, which tells them as of `DoneFrames`; the report as JSON, which names the
 * same frames, follows.
 */
export class CallReport {
  readonly text: string
  private readonly done = new DoneFrames()

  /** Throws a FrameFault `TOO_LARGE` when the state's changes are over their limit. */
  constructor(call: NodeCall, messages: MessageBudget, window: Uint8Array | undefined) {
    const report = this.write(call, messages)
    this.text = this.done.tell(call.readsText, window) + report
  }

  get frames(): Uint8Array[] {
    return this.done.frames
  }

  private write(call: NodeCall, messages: MessageBudget): string {
    const report = new JsonWriter().open("{")
    writeTally(report, call.tally)
    report.name("frames").open("[")
    this.handFrames(call, report)
    report.close("]").name("letters").raw(call.failed.lettersJson())
    messages.take(report)
    call.traces.write(report)
    if (call.source !== undefined) writeSourceEnd(report, call.source)
    if (call.sinkToken !== undefined) report.name("tokenJson").string(call.sinkToken)
    if (call.partitions !== undefined) writePartitions(report, call.partitions)
    return report.close("}").toString()
  }

  private handFrames(call: NodeCall, report: JsonWriter): void {
    this.done.handOutputs(report, call.run.outputs)
    for (let i = 0; i < call.failed.feeds; i++) {
      const frame = call.failed.finish(i)
      if (frame !== undefined) this.done.hand(report, "dead", "" + i, frame)
    }
    const state = call.run.scope.store.changes()
    if (state.length > 0) this.done.hand(report, "state", "", state)
  }
}

export function writeTally(report: JsonWriter, tally: Tally): void {
  report.name("recordsIn").number(tally.recordsIn).name("recordsOut").number(tally.recordsOut)
  report.name("handled").number(tally.handled).name("filtered").number(tally.filtered)
  report.name("failed").number(tally.failed).name("late").number(tally.late)
}

function writePartitions(report: JsonWriter, names: readonly string[]): void {
  report.name("partitions").open("[")
  for (let i = 0; i < names.length; i++) report.string(names[i])
  report.close("]")
}
