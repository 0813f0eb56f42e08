import { JsonWriter } from "../realm/plain-text.ts"
import type { MessageBudget } from "../realm/message-budget.ts"
import { makeList } from "../realm/primordials.ts"
import type { NodeCall } from "./node-call.ts"
import { writeSourceEnd } from "./source-call.ts"
import type { Tally } from "../data/tally.ts"

/**
 * What a done call came to: the frames that it gives, and a text, which begins with `w` where they stand in the window, one after
 * the other, each at a multiple of 8, and with `t` where they have to be taken; `x` follows where the node is to be given its frames as text too; then of each frame the letter of its role (`o`utput, `e`dits that make an output of the call's frames,
 * `p`laces where its records come from, `d`ead letters, `s`tate) and its bytes, separated by commas, `|`, and the report as JSON, which names the same frames.
 */
export class CallReport {
  readonly frames: Uint8Array[] = makeList()
  readonly text: string
  private places = ""

  /** Throws a FrameFault `TOO_LARGE` when the state's changes are over their limit. */
  constructor(call: NodeCall, messages: MessageBudget, window: Uint8Array | undefined) {
    const report = this.write(call, messages)
    const isShown = window !== undefined && showFrames(this.frames, window)
    this.text = (isShown ? "w" : "t") + (call.readsText ? "x" : "") + this.places + "|" + report
  }

  private write(call: NodeCall, messages: MessageBudget): string {
    const report = new JsonWriter().open("{")
    writeTally(report, call.tally)
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
      const output = outputs.frame(i)
      if (output.count === 0) continue
      const { byteLength, isEdits } = output
      const letter = isEdits ? "e" : "o"
      this.hand(letter, output.finish())
      nameFrame(report, isEdits ? "edits" : "output", outputs.definitions[i].name, byteLength)
    }
    const origins = outputs.takeOrigins()
    if (origins !== undefined) {
      this.hand("p", origins)
      nameFrame(report, "origins", "", origins.length)
    }
    for (let i = 0; i < call.failed.feeds; i++) {
      const frame = call.failed.finish(i)
      if (frame === undefined) continue
      this.hand("d", frame)
      nameFrame(report, "dead", "" + i, frame.length)
    }
    const state = store.changes()
    if (state.length === 0) return
    this.hand("s", state)
    nameFrame(report, "state", "", state.length)
  }

  private hand(letter: string, bytes: Uint8Array): void {
    this.places += (this.places === "" ? "" : ",") + letter + bytes.length
    this.frames[this.frames.length] = bytes
  }
}

/** `bytes`: of a frame that is given as edits, its own. */
export function nameFrame(report: JsonWriter, role: string, of: string, bytes: number): void {
  report.open("{").name("role").string(role).name("name").string(of).name("bytes").number(bytes).close("}")
}

/** Puts frames into the window; false where they do not fit. */
export function showFrames(frames: readonly Uint8Array[], window: Uint8Array): boolean {
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
