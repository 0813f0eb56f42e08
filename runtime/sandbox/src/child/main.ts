import type { Answer, OpenQuestion, Question, RunQuestion } from "../protocol/messages.ts"
import { answerText } from "./answer-text.ts"
import { partsOfBundle } from "../protocol/bundle-parts.ts"
import type { BundleParts } from "../protocol/bundle-parts.ts"
import { CodeCache } from "./code-cache.ts"
import { readControl, writeControl } from "./control-pipe.ts"
import { OwnWindow } from "./frame-window.ts"
import type { FrameWindow, MappedWindow } from "./frame-window.ts"
import { GiveBack } from "./give-back.ts"
import { GuestIsolate } from "./guest-isolate.ts"
import { GuestStopped } from "./guest-stopped.ts"
import type { CompiledCode, Deadline } from "./guest-isolate.ts"
import { failureText, LoadedSegment } from "./loaded-segment.ts"
import { leastMappedBytes } from "../protocol/shared-layout.ts"
import { loadNative } from "../protocol/native-module.ts"
import type { NativeModule } from "../protocol/native-module.ts"
import { SharedIsolate } from "./shared-isolate.ts"
import { mapWindows, markStage, readCall, readSections, takeTurn, windowInHand } from "./shared-file.ts"

/**
 * The sandbox process: one question, one answer, on the main thread, for ever. It holds isolates and nothing else; all
 * I/O is the worker's. It ends when its pipe does, and is otherwise ended by SIGKILL.
 */
const segments = new Map<number, LoadedSegment>()
const code: CompiledCode = new CodeCache()
const own = new OwnWindow()
/** By turn. */
let mapped: readonly MappedWindow[] = []
let native: NativeModule | undefined
const giveBack = new GiveBack()
/** With the library of the bundle to be inspected next. */
let preloaded: GuestIsolate | undefined
/** The library of the bundle that was opened last, and where: it is to be preloaded there for the next one. */
let opened: { readonly isolate: SharedIsolate; readonly library: string } | undefined
/** Without segments, kept for the library that is preloaded there. */
let idle: SharedIsolate | undefined
let harness = ""
let disabled: readonly string[] = []

/** isolated-vm's timer thread wakes for each deadline ever set, met or not: those of so many milliseconds end together. */
const togetherMs = 64

function makeDeadline(timeoutMs: number): Deadline {
  const end = performance.now() + timeoutMs
  const endTogether = Math.ceil(end / togetherMs) * togetherMs
  return {
    leftMs: () => Math.max(1, Math.ceil(endTogether - performance.now())),
    isPast: () => performance.now() >= end
  }
}

function answerTo(question: Question, lengths: readonly number[]): Answer {
  switch (question.ask) {
    case "hello":
      harness = textOf(lengths)
      disabled = question.disabled
      warmUp()
      return { is: "ok" }
    case "close":
      closeSegment(question.segment)
      return { is: "ok" }
    case "preload":
      preloaded = newIsolate(question.memoryMiB)
      preloaded.preload(textOf(lengths), makeDeadline(question.timeoutMs))
      return { is: "ok" }
    case "inspect":
      return inspect(question, partsOfBundle(textOf(lengths)))
    case "rest":
      return rest()
    default:
      return answerForSegment(question, lengths)
  }
}

/** What collections free, malloc keeps: it goes back when there is nothing more to collect. */
function rest(): Answer {
  const isMore = giveBack.next(isolates())
  if (!isMore) native?.trim()
  return { is: "rested", isMore }
}

const warmUpMiB = 16
const warmUpMs = 4_000
const preloadMs = 1_000

/** Compiles the harness and opens a realm of it before anybody waits: the first isolate of a process takes three times as long. */
function warmUp(): void {
  const isolate = newIsolate(warmUpMiB)
  try {
    isolate.openRealm(makeDeadline(warmUpMs))
  } finally {
    isolate.dispose()
  }
}

function newIsolate(memoryMiB: number): GuestIsolate {
  return new GuestIsolate(memoryMiB, harness, disabled, code)
}

/** The isolate in which the library is preloaded, if there is one; one with another library is ended. */
function takePreloaded(library: string): GuestIsolate | undefined {
  const known = preloaded
  preloaded = undefined
  if (known === undefined || known.isPreloadedWith(library)) return known
  known.dispose()
  return undefined
}

type SegmentQuestion = Extract<Question, { readonly segment: number }>

function answerForSegment(question: SegmentQuestion, lengths: readonly number[]): Answer {
  const known = segments.get(question.segment)
  if (question.ask === "open") {
    takePreloaded("")
    const bundle = partsOfBundle(textOf(lengths))
    const segment = known ?? newSegment(question)
    segments.set(question.segment, segment)
    const failure = segment.open(question, bundle, makeDeadline(question.timeoutMs))
    noteOpened(segment.isolate, bundle.library)
    return failure === "" ? { is: "ok" } : { is: "failed", stage: 0, failure }
  }
  if (known === undefined) return { is: "evicted", lost: [], alone: -1 }
  if (question.ask === "run" || question.ask === "answers") {
    const { isolate } = known
    const alone = isolate instanceof SharedIsolate ? isolate.enter(question.segment) : undefined
    if (alone !== undefined) return { is: "evicted", lost: loseIsolate(question.segment), alone }
  }
  if (question.ask === "run") return runSegment(known, question, lengths)
  if (question.ask === "answers")
    return known.answers(
      question.answers,
      readSections(lengths),
      windowFor(known.isolate, 0),
      makeDeadline(question.timeoutMs)
    )
  if (question.ask === "table") {
    const failure = known.table(
      question.node,
      question.handle,
      readSections(lengths),
      makeDeadline(question.timeoutMs)
    )
    return failure === "" ? { is: "ok" } : { is: "failed", stage: question.node, failure }
  }
  known.drop(makeDeadline(1000))
  return { is: "ok" }
}

function runSegment(segment: LoadedSegment, question: RunQuestion, lengths: readonly number[]): Answer {
  const window = windowFor(
    segment.isolate,
    lengths.reduce((sum, length) => sum + length, 0)
  )
  return segment.run(question, readCall(lengths, window), window, makeDeadline(question.timeoutMs))
}

/** What is mapped for an isolate counts as its own, and has pages: it is for calls that are worth it, and then for all of its calls. */
function windowFor(isolate: GuestIsolate, needed: number): FrameWindow {
  const window = windowInHand(mapped)
  if (window === undefined || needed > isolate.mostWindowBytes) return own
  if (needed < leastMappedBytes && isolate.given(window) === undefined) return own
  window.widen(needed)
  return window
}

function newSegment(question: OpenQuestion): LoadedSegment {
  const { isShared, memoryMiB, segment } = question
  const waiting = idle
  idle = undefined
  const rooms = isShared ? [...(waiting === undefined ? [] : [waiting]), ...sharedIsolates()] : []
  const isolate = rooms.find((each) => each.hasRoom(memoryMiB))
  // The process has room for the isolates that its segments need, and no more.
  if (waiting !== isolate) waiting?.dispose()
  if (!isShared) return new LoadedSegment(segment, newIsolate(memoryMiB), own)
  const made = isolate ?? new SharedIsolate(memoryMiB, harness, disabled, code)
  return new LoadedSegment(segment, made, own)
}

/** Who changes a plugin opens it again and again, beside the one that runs. */
function noteOpened(isolate: GuestIsolate, library: string): void {
  opened = library !== "" && isolate instanceof SharedIsolate ? { isolate, library } : undefined
}

/** Preloads the library of the bundle opened last for the next one, when that bundle has answered its first call: nobody waits now. */
function preloadOpened(): void {
  const known = opened
  opened = undefined
  if (known === undefined || known.isolate.isolate.isDisposed) return
  try {
    known.isolate.preload(known.library, makeDeadline(preloadMs))
  } catch (error) {
    // The library is then run with its bundle, which says what went wrong.
    if (!(error instanceof GuestStopped)) throw error
  }
}

function sharedIsolates(): readonly SharedIsolate[] {
  return [...isolates()].filter((isolate) => isolate instanceof SharedIsolate)
}

/** Those that segments have. */
function isolates(): ReadonlySet<GuestIsolate> {
  const found = new Set<GuestIsolate>()
  for (const { isolate } of segments.values()) found.add(isolate)
  return found
}

function inspect(question: Extract<Question, { readonly ask: "inspect" }>, bundle: BundleParts): Answer {
  const deadline = makeDeadline(question.timeoutMs)
  const isolate = takePreloaded(bundle.library) ?? newIsolate(question.memoryMiB)
  markStage(0)
  try {
    const guest = isolate.realmFor(bundle.library, deadline)
    const thrown = guest.runBundle(bundle, deadline, { once: true })
    if (thrown !== undefined)
      return { is: "failed", stage: 0, failure: failureText(thrown.message, thrown.stack) }
    const { result } = guest.call(
      "inspect",
      [question.plugin, question.requestJson, question.isDerive],
      deadline
    )
    if (typeof result !== "string") throw new GuestStopped("broken", "the bundle answered nothing")
    return result.startsWith("=")
      ? { is: "text", text: result.slice(1) }
      : { is: "failed", stage: 0, failure: result.slice(1) }
  } finally {
    isolate.dispose()
  }
}

function closeSegment(id: number): void {
  const known = segments.get(id)
  segments.delete(id)
  known?.dispose()
  const { isolate } = known ?? {}
  if (!(isolate instanceof SharedIsolate) || isolate.members.size > 0 || !isolate.isPreloaded) return
  idle?.dispose()
  idle = isolate
}

/** Ends a segment's isolate, and with it all segments that have realms there; answers which. */
function loseIsolate(id: number): readonly number[] {
  const isolate = segments.get(id)?.isolate
  if (isolate === undefined) return []
  const lost = [...isolate.members]
  for (const member of lost) segments.delete(member)
  isolate.dispose()
  return lost
}

/** The one section, as text. */
function textOf(lengths: readonly number[]): string {
  const [bytes = new Uint8Array(0)] = readSections(lengths)
  return Buffer.from(bytes.buffer).toString("utf8")
}

function serve(json: string, lengths: readonly number[]): Answer {
  const question: Question = JSON.parse(json)
  try {
    return answerTo(question, lengths)
  } catch (error) {
    const segment = "segment" in question ? question.segment : -1
    const stage = segments.get(segment)?.stage ?? 0
    const lost = loseIsolate(segment)
    const reason = error instanceof GuestStopped ? error.reason : "broken"
    const message = error instanceof Error ? error.message : "unknown"
    return { is: "stopped", reason, stage, message, lost }
  } finally {
    markStage(-1)
  }
}

/** What nobody has any more is unmapped when this thread comes back to its event loop: now and then, and when an isolate may have ended. */
const questionsToTurn = 64

/** Serves until the worker closes the pipe. `nativePath`: what maps memory; none: all goes through the file. */
export async function main(nativePath = ""): Promise<void> {
  native = nativePath === "" ? undefined : loadNative(nativePath)
  if (native !== undefined) mapped = mapWindows(native)
  writeControl('{"is":"ok"}')
  let untilTurn = questionsToTurn
  for (let frame = readControl(); frame !== undefined; frame = readControl()) {
    takeTurn(frame.turn)
    const answer = serve(frame.json, frame.sections)
    writeControl(answerText(answer))
    if (answer.is === "done") preloadOpened()
    const isCall = answer.is === "done" || answer.is === "wait"
    if (mapped.length === 0 || (isCall && --untilTurn > 0)) continue
    untilTurn = questionsToTurn
    await new Promise(setImmediate)
  }
  // Leaving by exit() while isolates are being disposed of has crashed; nothing is lost by this.
  process.kill(process.pid, "SIGKILL")
}
