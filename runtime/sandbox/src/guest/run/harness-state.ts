import { BatchCursor, timerInput } from "@millrace/sdk/record"
import { codecRuntime, endText } from "@millrace/sdk/codec"
import { failureJson, RunFailure, toFailure } from "../data/failures.ts"
import { Heads, readOrigins } from "../data/heads.ts"
import { isOverflow } from "../data/output-set.ts"
import type { HostRequests } from "../realm/host-requests.ts"
import type { MessageBudget } from "../realm/message-budget.ts"
import { JsonWriter } from "../realm/plain-text.ts"
import {
  isBytes,
  makeList,
  mapForEach,
  mapGet,
  mapSet,
  parseOwnText,
  ReflectApply,
  TypeErrorOf,
  Uint8ArrayOf
} from "../realm/primordials.ts"
import type { RunClock } from "../realm/run-clock.ts"
import { CallReport } from "./call-report.ts"
import type { Given, Harness } from "./harness-table.ts"
import { inspect } from "./inspect.ts"
import { tagView } from "../data/tag-view.ts"
import { KeptBytes } from "../data/kept-bytes.ts"
import { NodeCall } from "./node-call.ts"
import type { CallHead } from "./node-call.ts"
import { CodecShelf, hashOf } from "./node-definition.ts"
import type { NodeSettings } from "./node-definition.ts"
import { NodeGuest } from "./node-guest.ts"
import { PassRun } from "./pass-run.ts"
import { linkedStep } from "./pass-step.ts"
import type { LinkedStep } from "./pass-step.ts"
import type { Body, Feed } from "./run-context.ts"

const nothing = new Uint8ArrayOf(0)

/** The harness of one realm: one node, one call at a time. */
export class HarnessState {
  private readonly shelf = new CodecShelf()
  private readonly clock: RunClock
  private readonly requests: HostRequests
  private readonly messages: MessageBudget
  private guest: NodeGuest | undefined = undefined
  private call: NodeCall | undefined = undefined
  /** By number. */
  private readonly windows: Uint8Array[] = makeList()
  /** Of the call in hand. */
  private window: Uint8Array | undefined = undefined
  /** By number of the call's input. */
  private readonly frames: KeptBytes[] = makeList()
  private readonly origins = new KeptBytes()
  private taken: Uint8Array[] = makeList()
  private status = ""
  /** Of the pass that the node is the first of. */
  private readonly steps: LinkedStep[] = makeList()
  private passRun: PassRun | undefined = undefined

  constructor(clock: RunClock, requests: HostRequests, messages: MessageBudget) {
    this.clock = clock
    this.requests = requests
    this.messages = messages
  }

  table(): Harness {
    return {
      define: (kind, name, make) => this.define(kind, name, make),
      open: (settingsJson) => this.open(settingsJson),
      table: (handle, frame) => this.applyTable(handle, frame),
      window: (number, buffer) => {
        this.windows[number] = new Uint8ArrayOf(buffer)
      },
      run: (headJson, wantsOrigins, state, window, ...given) => {
        // Whatever keeps it from answering, the answer is none of before.
        this.status = "A"
        this.window = this.windows[window]
        return (this.status = this.run(headJson, wantsOrigins, state, given))
      },
      step: () => this.linkedStep(),
      link: (step) => {
        this.steps[this.steps.length] = step
      },
      pass: (headJson, wantsOrigins, window, ...given) => {
        this.status = "M"
        this.window = this.windows[window]
        return (this.status = this.runPass(headJson, wantsOrigins, given))
      },
      poll: (isRepeat, window) => {
        if (isRepeat) return this.status
        this.window = this.windows[window]
        return (this.status = this.poll())
      },
      answer: (id, errorCode, text, bytes) => this.answer(id, errorCode, text, bytes),
      take: (index) => this.take(index),
      drop: () => this.drop(),
      inspect: (plugin, requestJson, isDerive) => inspect(plugin, requestJson, isDerive)
    }
  }

  private define(kind: string, name: string, make: unknown): void {
    const made = kind === "expressions" ? make : callWith(make, codecRuntime)
    mapSet(this.shelf.byKind(kind), name, made)
  }

  private open(settingsJson: string): string {
    try {
      const settings = parseOwnText<NodeSettings>(settingsJson)
      this.guest = new NodeGuest(settings, this.shelf, {
        clock: this.clock,
        requests: this.requests,
        messages: this.messages
      })
      return ""
    } catch (error) {
      return failureJson(toFailure(error, "PLUGIN_FAILED"), -1, false)
    }
  }

  private applyTable(handle: string, frame: ArrayBuffer): string {
    try {
      const table = this.guest === undefined ? undefined : mapGet(this.guest.tables, handle)
      if (table === undefined) throw new TypeErrorOf("no such table")
      table.apply(new Uint8ArrayOf(frame))
      return ""
    } catch (error) {
      return failureJson(toFailure(error, "RECORD_INVALID"), -1, false)
    }
  }

  private run(
    headJson: string,
    wantsOrigins: boolean,
    state: ArrayBuffer | undefined,
    given: readonly Given[]
  ): string {
    const guest = this.guest
    if (guest === undefined)
      return failureJson(
        { code: "PLUGIN_FAILED", tag: undefined, message: "the node is not open" },
        -1,
        false
      )
    // What came to nothing, a pass or a call that was too large, is done again, and says it again: the microtasks of its bodies too.
    this.messages.untry()
    this.messages.try()
    const head = parseOwnText<CallHead>(headJson)
    const feeds: Feed[] = makeList()
    const heads = new Heads()
    this.taken = makeList()
    try {
      this.feed(head, given, feeds, heads)
      this.clock.begin(head.now, head.seed)
      guest.store.begin(state === undefined ? nothing : new Uint8ArrayOf(state), head)
    } catch (error) {
      return failureJson(toFailure(error, "RECORD_INVALID"), -1, false)
    }
    const call = new NodeCall(guest, head, wantsOrigins, feeds, heads)
    this.call = call
    call.start()
    return call.isOver ? this.poll() : "A"
  }

  private linkedStep(): LinkedStep | undefined {
    const { guest, shelf } = this
    const step = mapGet(shelf.steps, "")
    if (guest === undefined || step === undefined) return undefined
    let body: Body | undefined
    mapForEach(guest.bodies, (each, input) => {
      if (mapGet(shelf.views, input) !== undefined) body = each
    })
    return body === undefined ? undefined : linkedStep(guest, step, body)
  }

  private runPass(headJson: string, wantsOrigins: boolean, given: readonly Given[]): string {
    const pass = mapGet(this.shelf.passes, "")
    const settings = this.guest?.settings
    if (pass === undefined || settings === undefined || settings.pass === null) return "M"
    const { name, schemaHash } = settings.pass
    const feeds: Feed[] = makeList()
    try {
      const output = { name, schemaHash: hashOf(schemaHash), writer: undefined, key: undefined }
      this.passRun ??= new PassRun(pass, this.steps, output, settings.maxOutputBytes)
      this.feed(parseOwnText<CallHead>(headJson), given, feeds, new Heads())
    } catch {
      return "M"
    }
    const text = this.passRun.run(headJson, feeds, wantsOrigins, this.window)
    this.taken = this.passRun.frames
    return text === undefined ? "M" : "P" + text
  }

  private feed(head: CallHead, given: readonly Given[], feeds: Feed[], heads: Heads): void {
    const { inputs } = head
    const isLater = typeof given[0] === "string"
    let textAt = isLater ? 5 : 2 * inputs.length
    for (let i = 0; i < inputs.length; i++) {
      const { input } = inputs[i]
      if (!isLater) {
        const frame = this.frameOf(i, given[2 * i], given[2 * i + 1])
        const text = textOf(given, textAt)
        textAt += 1 + text.length
        this.addFeed(feeds, input, frame, text, undefined, heads.count)
      }
      heads.add(inputs[i])
    }
    if (!isLater || given.length < 5) return
    const origins = readOrigins(this.bytesOf(given[3], given[4], this.origins))
    this.addFeed(feeds, given[0], this.frameOf(0, given[1], given[2]), textOf(given, textAt), origins, 0)
  }

  private addFeed(
    feeds: Feed[],
    input: Given,
    frame: Uint8Array,
    text: readonly string[],
    origins: Uint32Array | undefined,
    firstOrigin: number
  ): void {
    if (typeof input !== "string") throw new TypeErrorOf("an input without a name")
    const view = input === timerInput ? tagView : mapGet(this.shelf.views, input)
    if (view === undefined) throw new TypeErrorOf("the node has no view for the input " + input)
    const cursor = new BatchCursor(frame)
    feeds[feeds.length] = { number: feeds.length, input, frame, text, cursor, view, origins, firstOrigin }
  }

  private frameOf(number: number, place: Given, bytes: Given): Uint8Array {
    const kept = this.frames[number] ?? new KeptBytes()
    this.frames[number] = kept
    return this.bytesOf(place, bytes, kept)
  }

  /** What was moved here, or a copy of what stands in the window, where others write too. */
  private bytesOf(place: Given, bytes: Given, kept: KeptBytes): Uint8Array {
    if (typeof place === "string") throw new TypeErrorOf("bytes without a place")
    if (typeof place !== "number") return new Uint8ArrayOf(place)
    if (typeof bytes !== "number" || this.window === undefined) throw new TypeErrorOf("no window")
    return kept.copy(this.window, place, place + bytes)
  }

  private poll(): string {
    const call = this.call
    if (call === undefined)
      return failureJson({ code: "PLUGIN_FAILED", tag: undefined, message: "no call is in hand" }, -1, false)
    if (call.isOver) return this.finish(call)
    if (this.requests.hasDue) {
      this.requests.runDue((message) =>
        this.messages.log("warn", "a timer's callback failed: " + message, "{}")
      )
      return "A"
    }
    const report = new JsonWriter()
    const bytes = this.requests.takeOutgoing(report)
    const text = report.toString()
    if (text !== "[]" || this.requests.outstanding > 0) {
      this.taken = bytes
      return "W" + text
    }
    call.failStuck()
    return "A"
  }

  private answer(id: number, errorCode: string, text: string, bytes: ArrayBuffer | undefined): void {
    const error = errorCode === "" ? undefined : { code: errorCode, message: text }
    const result = errorCode === "" ? text : "null"
    const given = bytes === undefined ? undefined : new Uint8ArrayOf(bytes)
    this.requests.answer(id, error, result, given, (message) =>
      this.messages.log("warn", "the answer to a host request could not be taken: " + message, "{}")
    )
  }

  private finish(call: NodeCall): string {
    this.call = undefined
    if (isOverflow(call.fault)) return "O"
    if (call.fault instanceof RunFailure)
      return failureJson(call.fault.failure, call.fault.origin, call.fault.isTransient)
    if (call.fault !== undefined) return failureJson(toFailure(call.fault, "PLUGIN_FAILED"), -1, false)
    try {
      const report = new CallReport(call, this.messages, this.window)
      this.taken = report.frames
      return "D" + report.text
    } catch (error) {
      return isOverflow(error) ? "O" : failureJson(toFailure(error, "PLUGIN_FAILED"), -1, false)
    }
  }

  private take(index: number): ArrayBuffer | undefined {
    const bytes = this.taken[index]
    if (!isBytes(bytes)) return undefined
    const buffer = bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer
    return buffer instanceof ArrayBuffer ? buffer : undefined
  }

  private drop(): void {
    this.call = undefined
    endText()
    this.requests.end()
    this.taken = makeList()
  }
}

/** A frame's text, of which `given[at]` is the number of its parts. */
function textOf(given: readonly Given[], at: number): readonly string[] {
  const parts = makeList<string>()
  const count = given[at]
  for (let i = 0; typeof count === "number" && i < count; i++) {
    const part = given[at + 1 + i]
    if (typeof part !== "string") throw new TypeErrorOf("a part of a text that is none")
    parts[i] = part
  }
  return parts
}

function callWith(make: unknown, runtime: unknown): unknown {
  if (typeof make !== "function") throw new TypeErrorOf("a codec text is not a function")
  return ReflectApply(make, undefined, [runtime])
}
