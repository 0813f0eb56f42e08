import { JsonWriter } from "../realm/plain-text.ts"
import type { MessageBudget } from "../realm/message-budget.ts"
import { makeList } from "../realm/primordials.ts"
import type { NodeCall } from "./node-call.ts"
import { writeSourceEnd } from "./source-call.ts"

/** What a done call came to: JSON text, and the frames that it names, in order. */
export class CallReport {
  readonly frames: Uint8Array[] = makeList()
  readonly text: string

  /** Throws a FrameFault `TOO_LARGE` when the state's changes are over their limit. */
  constructor(call: NodeCall, messages: MessageBudget) {
    this.text = this.write(call, messages)
  }

  private write(call: NodeCall, messages: MessageBudget): string {
    const report = new JsonWriter().open("{")
    const { tally } = call
    report.name("recordsIn").number(tally.recordsIn).name("recordsOut").number(tally.recordsOut)
    report
      .name("handled")
      .number(tally.handled)
      .name("filtered")
      .number(tally.filtered)
      .name("failed")
      .number(tally.failed)
      .name("late")
      .number(tally.late)
    report.name("frames").open("[")
    this.takeFrames(call, report)
    report.close("]").name("letters").raw(call.failed.lettersJson())
    messages.take(report)
    call.traces.write(report)
    if (call.source !== undefined) writeSourceEnd(report, call.source)
    if (call.sinkToken !== undefined) report.name("tokenJson").string(call.sinkToken)
    if (call.partitions !== undefined) writePartitions(report, call.partitions)
    return report.close("}").toString()
  }

  private takeFrames(call: NodeCall, report: JsonWriter): void {
    const outputs = call.run.outputs
    const store = call.run.scope.store
    for (let i = 0; i < outputs.definitions.length; i++) {
      if (outputs.count(i) > 0) this.hand(report, "output", outputs.definitions[i].name, outputs.finish(i))
    }
    const origins = outputs.takeOrigins()
    if (origins !== undefined) this.hand(report, "origins", "", origins)
    for (let i = 0; i < call.failed.feeds; i++) {
      const frame = call.failed.finish(i)
      if (frame !== undefined) this.hand(report, "dead", "" + i, frame)
    }
    const state = store.changes()
    if (state.length > 0) this.hand(report, "state", "", state)
  }

  private hand(report: JsonWriter, role: string, name: string, bytes: Uint8Array): void {
    report
      .open("{")
      .name("role")
      .string(role)
      .name("name")
      .string(name)
      .name("bytes")
      .number(bytes.length)
      .close("}")
    this.frames[this.frames.length] = bytes
  }
}

function writePartitions(report: JsonWriter, names: readonly string[]): void {
  report.name("partitions").open("[")
  for (let i = 0; i < names.length; i++) report.string(names[i])
  report.close("]")
}
