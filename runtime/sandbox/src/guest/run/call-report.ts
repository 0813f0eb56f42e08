import { JsonWriter } from "../realm/plain-text.ts"
import type { MessageBudget } from "../realm/message-budget.ts"
import { makeList } from "../realm/primordials.ts"
import type { NodeCall } from "./node-call.ts"
import { writeSourceEnd } from "./source-call.ts"

/**
 * What a done call came to: the frames that it gives, and a text, which begins with `w` where they stand in the window, one after
 * the other, each at a multiple of 8, and with `t` where they have to be taken; then of each frame the letter of its role (`o`utput, `p`laces
 * where its records come from, `d`ead letters, `s`tate) and its bytes, separated by commas, `|`, and the report as JSON, which names the same frames.
 */
export class CallReport {
  readonly frames: Uint8Array[] = makeList()
  readonly text: string
  private places = ""

  /** Throws a FrameFault `TOO_LARGE` when the state's changes are over their limit. */
  constructor(call: NodeCall, messages: MessageBudget, window: Uint8Array | undefined) {
    const report = this.write(call, messages)
    const isShown = window !== undefined && show(this.frames, window)
    this.text = (isShown ? "w" : "t") + this.places + "|" + report
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
      if (outputs.count(i) > 0)
        this.hand(report, "o", "output", outputs.definitions[i].name, outputs.finish(i))
    }
    const origins = outputs.takeOrigins()
    if (origins !== undefined) this.hand(report, "p", "origins", "", origins)
    for (let i = 0; i < call.failed.feeds; i++) {
      const frame = call.failed.finish(i)
      if (frame !== undefined) this.hand(report, "d", "dead", "" + i, frame)
    }
    const state = store.changes()
    if (state.length > 0) this.hand(report, "s", "state", "", state)
  }

  private hand(report: JsonWriter, letter: string, role: string, name: string, bytes: Uint8Array): void {
    report
      .open("{")
      .name("role")
      .string(role)
      .name("name")
      .string(name)
      .name("bytes")
      .number(bytes.length)
      .close("}")
    this.places += (this.places === "" ? "" : ",") + letter + bytes.length
    this.frames[this.frames.length] = bytes
  }
}

/** Puts frames into the window; false where they do not fit. */
function show(frames: readonly Uint8Array[], window: Uint8Array): boolean {
  let end = 0
  for (let i = 0; i < frames.length; i++) end += roundUp(frames[i].length)
  if (end > window.length) return false
  let at = 0
  for (let i = 0; i < frames.length; i++) {
    window.set(frames[i], at)
    at += roundUp(frames[i].length)
  }
  return true
}

function roundUp(bytes: number): number {
  return (bytes + 7) & ~7
}

function writePartitions(report: JsonWriter, names: readonly string[]): void {
  report.name("partitions").open("[")
  for (let i = 0; i < names.length; i++) report.string(names[i])
  report.close("]")
}
