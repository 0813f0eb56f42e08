import type { OutputSet } from "../data/output-set.ts"
import type { JsonWriter } from "../realm/plain-text.ts"
import { makeList } from "../realm/primordials.ts"

/**
 * The frames that a done call gives, and how they are told: with `w` where they stand in the window, one after the other, each at a
 * multiple of 8, and with `t` where they have to be taken; `x` where the node is to be given its frames as text too; then of each
 * frame the letter of its role and its bytes, separated by commas, and `|`.
 */
export class DoneFrames {
  readonly frames: Uint8Array[] = makeList()
  private places = ""

  /** `length`: of a frame that is given as edits, its own. */
  hand(
    report: JsonWriter,
    role: FrameRole,
    of: string,
    bytes: Uint8Array,
    length: number = bytes.length
  ): void {
    this.places += (this.places === "" ? "" : ",") + letterOf[role] + bytes.length
    this.frames[this.frames.length] = bytes
    nameFrame(report, role, of, length)
  }

  /** What nodes gave, and where its records come from. Throws a FrameFault `TOO_LARGE`. */
  handOutputs(report: JsonWriter, outputs: OutputSet): void {
    for (let i = 0; i < outputs.definitions.length; i++) {
      const output = outputs.frame(i)
      if (output.count === 0) continue
      const { byteLength, isEdits } = output
      const role = isEdits ? "edits" : "output"
      this.hand(report, role, outputs.definitions[i].name, output.finish(), byteLength)
    }
    const origins = outputs.takeOrigins()
    if (origins !== undefined) this.hand(report, "origins", "", origins)
  }

  /** Puts them into the window, where they fit, and answers what is told of them. */
  tell(readsText: boolean, window: Uint8Array | undefined): string {
    const isShown = window !== undefined && show(this.frames, window)
    return (isShown ? "w" : "t") + (readsText ? "x" : "") + this.places + "|"
  }
}

type FrameRole = keyof typeof letterOf

const letterOf = { output: "o", edits: "e", origins: "p", dead: "d", state: "s" }

/** Names a frame in a report. */
export function nameFrame(report: JsonWriter, role: FrameRole, of: string, bytes: number): void {
  report.open("{").name("role").string(role).name("name").string(of).name("bytes").number(bytes).close("}")
}

/** False where they do not fit. */
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
