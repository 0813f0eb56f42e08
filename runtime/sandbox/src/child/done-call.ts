import { GuestStopped } from "./guest-stopped.ts"

/** A frame of a done call. */
export interface DoneFrame {
  readonly role: "output" | "edits" | "origins" | "dead" | "state"
  readonly bytes: number
  /** Where it stands in the window; -1: it has to be taken. */
  readonly at: number
}

/** What a harness says of a done call (`CallReport` of the guest). */
export interface DoneCall {
  /** The node reads so much text that it is to be given its frames as text too. */
  readonly readsText: boolean
  readonly frames: readonly DoneFrame[]
  /** JSON text. */
  readonly report: string
}

const roles: { readonly [letter: string]: DoneFrame["role"] } = {
  o: "output",
  e: "edits",
  p: "origins",
  d: "dead",
  s: "state"
}

/** Throws a {@link GuestStopped} where it is none, for the guest may have broken its harness. */
export function readDone(text: string, windowBytes: number): DoneCall {
  const end = text.indexOf("|")
  const isShown = text.startsWith("w")
  const readsText = text.charAt(1) === "x"
  const begin = readsText ? 2 : 1
  const frames: DoneFrame[] = []
  let place = 0
  for (const one of end <= begin ? [] : text.slice(begin, end).split(",")) {
    const role = roles[one.charAt(0)]
    const bytes = Number(one.slice(1))
    if (role === undefined || !Number.isSafeInteger(bytes) || bytes < 0) throw broken()
    if (isShown && bytes > windowBytes) throw broken()
    frames.push({ role, bytes, at: isShown ? place : -1 })
    place += (bytes + 7) & ~7
  }
  if (end < begin || (isShown && place > windowBytes)) throw broken()
  return { readsText, frames, report: text.slice(end + 1) }
}

/** What a harness says of the nodes of a pass: of each how many frames it gave that the next one took, and its report. */
export function readPass(text: string): readonly { readonly frames: number; readonly report: string }[] {
  return text.split("\n").map((line) => {
    const first = line.charAt(0)
    if (first !== "0" && first !== "1") throw broken()
    return { frames: Number(first), report: line.slice(1) }
  })
}

function broken(): GuestStopped {
  return new GuestStopped("broken", "the harness said what cannot be")
}
