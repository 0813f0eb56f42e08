import type { Answer, HostAnswer, OpenQuestion, RunQuestion, StageReport } from "../protocol/messages.ts"
import type { BundleParts } from "../protocol/bundle-parts.ts"
import { GuestStopped } from "./guest-stopped.ts"
import type { Deadline, Given, GuestIsolate, GuestRealm } from "./guest-isolate.ts"
import type { FrameWindow } from "./frame-window.ts"
import { readDone, readPass } from "./done-call.ts"
import { LoadedPass } from "./loaded-pass.ts"
import { markStage, SectionWriter } from "./shared-file.ts"
import type { CallSections } from "./shared-file.ts"
import { partsOf } from "./text-parts.ts"

/** Below it a call's frames are never given as text: it takes microseconds to make and to give one, however short. */
const leastTextBytes = 4_096

/** Polls of one question; a guest that comes here with promises and immediates alone is stopped by its deadline before. */
const maxStrays = 1000

/** A call on its way through the segment's nodes. */
interface Passage {
  readonly question: RunQuestion
  stage: number
  readonly stages: StageReport[]
  /** The answer's sections. Written when all is done: a wait's requests take the same room in the shared file. */
  readonly kept: (Uint8Array | ShownFrame)[]
  cpuAtStart: number
  /** Nodes of the pass that has just answered, until that is taken; 0: none. */
  passed: number
}

/** What stands in memory that the worker has as well. */
interface ShownFrame {
  readonly at: number
  readonly length: number
}

/** A segment's nodes, each in a realm of its own within an isolate. */
export class LoadedSegment {
  readonly isolate: GuestIsolate
  private readonly id: number
  private window: FrameWindow
  /** How much of it the node in hand has. */
  private shownBytes = 0
  private readonly nodes: GuestRealm[] = []
  /** By stage: its node reads much of its frames as text. */
  private readonly readsText: boolean[] = []
  private passage: Passage | undefined
  /** By their first nodes. */
  private readonly passes: Map<number, LoadedPass> = new Map()

  constructor(id: number, isolate: GuestIsolate, window: FrameWindow) {
    this.id = id
    this.window = window
    this.isolate = isolate
    isolate.members.add(id)
  }

  /** Answers a failure as the harness wrote it, or "". */
  open(question: OpenQuestion, bundle: BundleParts, deadline: Deadline): string {
    markStage(this.nodes.length)
    const node = this.isolate.realmFor(bundle.library, deadline)
    this.nodes.push(node)
    for (const { kind, name, text } of question.texts) node.define(kind, name, text)
    const thrown = node.runBundle(bundle, deadline, { once: false })
    if (thrown !== undefined) return failureText(thrown.message, thrown.stack)
    const { result, stray } = node.call("open", [JSON.stringify(question.settings)], deadline)
    if (result === "") {
      if (question.closes !== null) this.link(question.closes, deadline)
      return ""
    }
    return typeof result === "string" && result.startsWith("F")
      ? result.slice(1)
      : failureText(stray ?? "it could not be opened")
  }

  /** Gives the pass's first node what the others are to it. Without any of them there is no pass. */
  private link({ first, nodes }: NonNullable<OpenQuestion["closes"]>, deadline: Deadline): void {
    const steps = this.nodes.slice(first, first + nodes).flatMap((node) => node.step(deadline) ?? [])
    const isWhole = steps.length === nodes
    const linked = steps.filter((step) => {
      if (isWhole) return this.at(first).link(step, deadline)
      step.release()
      return false
    })
    if (linked.length === nodes) this.passes.set(first, new LoadedPass(first, nodes))
  }

  table(node: number, handle: string, frames: readonly Uint8Array[], deadline: Deadline): string {
    markStage(node)
    for (const frame of frames) {
      const { result } = this.at(node).call("table", [handle, frame], deadline)
      if (typeof result === "string" && result.startsWith("F")) return result.slice(1)
    }
    return ""
  }

  run(
    question: RunQuestion,
    { frames, state }: CallSections,
    window: FrameWindow,
    deadline: Deadline
  ): Answer {
    this.window = window
    this.passage = { question, stage: 0, stages: [], kept: [], cpuAtStart: 0, passed: 0 }
    const given = [...frames.flat(), ...this.textsOf(0, frames)]
    return this.proceed(this.enter(this.passage, state, given, deadline), deadline)
  }

  /** The frames as text, as the harness takes it, where that is less work for the node than to make its texts of bytes. */
  private textsOf(stage: number, frames: CallSections["frames"]): readonly Given[] {
    const all = frames.reduce((sum, [, bytes]) => sum + bytes, 0)
    if (this.readsText[stage] !== true || all < leastTextBytes || all > this.isolate.mostTextBytes) return []
    return frames.flatMap(([place, bytes]) => {
      const frame = typeof place === "number" ? this.window.bytes.subarray(place, place + bytes) : place
      return partsOf(Buffer.from(frame.buffer, frame.byteOffset, frame.length))
    })
  }

  /** Calls the passage's node; answers its status. */
  private enter(
    passage: Passage,
    state: Uint8Array | undefined,
    given: readonly Given[],
    deadline: Deadline
  ): unknown {
    markStage(passage.stage)
    const node = this.at(passage.stage)
    this.shownBytes = node.show(this.window, deadline)
    passage.cpuAtStart = cpuMicros()
    const passed = this.tryPass(passage, given, deadline)
    if (passed !== undefined) return passed
    const isLast = passage.stage === this.nodes.length - 1
    const kept = state === undefined || state.length === 0 ? undefined : state
    const { result, stray } = node.call(
      "run",
      [passage.question.headJson, !isLast, kept, this.window.number, ...given],
      deadline
    )
    return stray === undefined ? result : this.repeat(passage, deadline)
  }

  /** Makes the call of the pass that begins here; undefined: there is none, or the call has to be made node by node. */
  private tryPass(passage: Passage, given: readonly Given[], deadline: Deadline): unknown {
    const pass = this.passes.get(passage.stage)
    // What is moved into a realm cannot be given twice.
    const isKept = given.every((one) => !(one instanceof Uint8Array))
    if (pass === undefined || !passage.question.mayPass || !isKept || !pass.isTried()) return undefined
    const isLast = pass.first + pass.nodes === this.nodes.length
    const { result, stray } = this.at(pass.first).call(
      "pass",
      [passage.question.headJson, !isLast, this.window.number, ...given],
      deadline
    )
    const status = stray === undefined ? result : this.repeat(passage, deadline)
    if (typeof status === "string" && status.startsWith("P")) {
      passage.passed = pass.nodes
      return status
    }
    pass.missed()
    return undefined
  }

  /** A rejection that nobody took came in place of the status: it is no record's failure. */
  private repeat(passage: Passage, deadline: Deadline): unknown {
    return this.at(passage.stage).call("poll", [true, this.window.number], deadline).result
  }

  /** Polls the guest until it is done or waits, and goes on to the next node where it is done. */
  private proceed(status: unknown, deadline: Deadline): Answer {
    let strays = 0
    let text = status
    for (;;) {
      const passage = this.passage
      if (passage === undefined || typeof text !== "string")
        throw new GuestStopped("broken", "the harness answered nothing")
      const letter = text.charAt(0)
      const rest = text.slice(1)
      if (letter === "W") return this.wait(passage, rest, deadline)
      if (letter === "O") return this.leave({ is: "overflow", stage: passage.stage })
      if (letter === "F") return this.leave({ is: "failed", stage: passage.stage, failure: rest })
      if (letter === "D" || (letter === "P" && passage.passed > 0)) {
        const nodes = letter === "D" ? 1 : passage.passed
        passage.passed = 0
        const next = this.finishStages(passage, rest, nodes, deadline)
        if (next === undefined)
          return this.leave({ is: "done", stages: passage.stages, ...writtenSections(passage.kept) })
        text = next
        continue
      }
      const polled = this.at(passage.stage).call("poll", [false, this.window.number], deadline)
      if (polled.stray !== undefined && ++strays > maxStrays)
        throw new GuestStopped("broken", "the guest rejects without end")
      text = polled.stray === undefined ? polled.result : this.repeat(passage, deadline)
    }
  }

  private wait(passage: Passage, requests: string, deadline: Deadline): Answer {
    const writer = new SectionWriter()
    const count = countBytes(requests)
    for (let i = 0; i < count; i++) writer.add(this.at(passage.stage).take(i, deadline))
    return { is: "wait", stage: passage.stage, requests, sections: writer.lengths }
  }

  /** Takes the frames of a done node, or of a pass of so many; answers the next node's status, or undefined after the last. */
  private finishStages(passage: Passage, text: string, nodes: number, deadline: Deadline): unknown {
    const node = this.at(passage.stage)
    const isLast = passage.stage + nodes === this.nodes.length
    const { frames, readsText, report } = readDone(text, this.shownBytes)
    this.readsText[passage.stage] = readsText
    const places: number[] = []
    const handed: { output?: CallSections["frames"][number]; origins?: CallSections["frames"][number] } = {}
    let taken = 0
    for (const [place, { at, bytes, role }] of frames.entries()) {
      const isHanded = !isLast && (role === "output" || role === "origins")
      const whole = at < 0 ? node.take(place, deadline) : undefined
      taken += whole === undefined ? 0 : whole.length + 8
      if (isHanded) {
        places.push(-1)
        handed[role] ??= whole === undefined ? [at, bytes] : [whole, whole.length]
        continue
      }
      passage.kept.push(whole ?? this.kept(at, bytes, isLast))
      places.push(passage.kept.length - 1)
    }
    passage.stages.push(...this.reportsOf(passage, report, nodes, places))
    this.window.widen(taken)
    if (isLast) return undefined
    passage.stage += nodes
    const name = passage.question.laterInputs[passage.stage - 1] ?? "input"
    if (handed.output === undefined) return this.enter(passage, undefined, [name], deadline)
    const texts = this.textsOf(passage.stage, [handed.output])
    const given = [name, ...handed.output, ...(handed.origins ?? [0, 0]), ...texts]
    return this.enter(passage, undefined, given, deadline)
  }

  private reportsOf(
    passage: Passage,
    text: string,
    nodes: number,
    frames: readonly number[]
  ): readonly StageReport[] {
    const cpu = Math.max(0, cpuMicros() - passage.cpuAtStart)
    if (nodes === 1) {
      this.noteCost(passage, cpu)
      return [{ report: text, cpuMicros: cpu, frames }]
    }
    const shares = this.passes.get(passage.stage)?.shares(cpu) ?? []
    const reports = readPass(text)
    if (reports.length !== nodes) throw new GuestStopped("broken", "the pass did not report of its nodes")
    return reports.map(({ frames: own, report }, place) => ({
      report,
      cpuMicros: shares[place] ?? 0,
      frames: place === nodes - 1 ? frames : Array.from({ length: own }, () => -1)
    }))
  }

  /** Of a node that was called by itself. */
  private noteCost({ stage, stages }: Passage, cpu: number): void {
    for (const pass of this.passes.values()) {
      const isEnd = stage === pass.first + pass.nodes - 1
      if (isEnd) pass.note([...stages.slice(pass.first).map((each) => each.cpuMicros), cpu])
    }
  }

  /** Of a frame in the window what there is of it when the answer is written. */
  private kept(at: number, length: number, isLast: boolean): Uint8Array | ShownFrame {
    if (isLast && this.window.isMapped) return { at, length }
    const shown = this.window.bytes.subarray(at, at + length)
    // The next node will write where this one did.
    return isLast ? shown : shown.slice()
  }

  answers(
    answers: readonly HostAnswer[],
    sections: readonly Uint8Array[],
    window: FrameWindow,
    deadline: Deadline
  ): Answer {
    this.window = window
    const passage = this.passage
    if (passage === undefined) throw new GuestStopped("broken", "no call is in hand")
    markStage(passage.stage)
    const node = this.at(passage.stage)
    this.shownBytes = node.show(window, deadline)
    for (const answer of answers) {
      node.call("answer", [answer.id, answer.errorCode, answer.text, sections[answer.section]], deadline)
    }
    return this.proceed("A", deadline)
  }

  private leave(answer: Answer): Answer {
    this.passage = undefined
    return answer
  }

  /** Forgets the call in hand. */
  drop(deadline: Deadline): void {
    if (this.passage !== undefined) this.at(this.passage.stage).call("drop", [], deadline)
    this.passage = undefined
  }

  get stage(): number {
    return this.passage?.stage ?? Math.max(0, this.nodes.length - 1)
  }

  /** Leaves its isolate, which ends with the last of its segments, unless a library is preloaded there for another. */
  dispose(): void {
    this.isolate.members.delete(this.id)
    if (this.isolate.members.size === 0 && !this.isolate.isPreloaded) this.isolate.dispose()
    else for (const node of this.nodes) node.release()
  }

  private at(stage: number): GuestRealm {
    const node = this.nodes[stage]
    if (node === undefined) throw new GuestStopped("broken", "no such node")
    return node
  }
}

function writtenSections(kept: readonly (Uint8Array | ShownFrame)[]) {
  const writer = new SectionWriter()
  for (const one of kept) {
    if (one instanceof Uint8Array) writer.add(one)
    else writer.show(one.at, one.length)
  }
  return { sections: writer.lengths, places: writer.places }
}

/** CPU time of the process: this thread runs one node at a time. An isolate's own count is of wall time. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** A failure that the harness could not write, in its form. */
export function failureText(message: string, stack: string | null = null): string {
  return JSON.stringify({ code: "PLUGIN_FAILED", tag: null, message, origin: -1, transient: false, stack })
}

function countBytes(requests: string): number {
  const list: readonly { readonly bytes: number }[] = JSON.parse(requests)
  return list.reduce((count, request) => Math.max(count, request.bytes + 1), 0)
}
