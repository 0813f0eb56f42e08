import { BatchCursor } from "@millrace/sdk/record"
import { codecRuntime } from "@millrace/sdk/codec"
import { closeRealm } from "./close-realm.ts"
import { RunFailure, toFailure } from "./failures.ts"
import type { Failure } from "./failures.ts"
import { Heads, readOrigins } from "./heads.ts"
import { HostRequests } from "./host-requests.ts"
import { MessageBudget } from "./message-budget.ts"
import { NodeCall } from "./node-call.ts"
import type { CallHead } from "./node-call.ts"
import { CodecShelf } from "./node-definition.ts"
import type { NodeSettings } from "./node-definition.ts"
import { NodeGuest, openBundle } from "./node-guest.ts"
import { isOverflow } from "./output-set.ts"
import { JsonWriter } from "./plain-text.ts"
import {
  isBytes,
  makeList,
  mapGet,
  mapSet,
  parseOwnText,
  ReflectApply,
  TypeErrorOf,
  Uint8ArrayOf
} from "./primordials.ts"
import type { Feed } from "./run-context.ts"
import { RunClock } from "./run-clock.ts"
import { writeSourceEnd } from "./source-call.ts"
import { installSurface } from "./surface/install.ts"

/**
 * The harness: our code in the guest's realm. {@link openHarness} runs before the bundle does; what it answers is held by the
 * sandbox process alone and never by the guest. Between the two, only strings, numbers and ArrayBuffers pass.
 */
export interface Harness {
  /** Takes what a codec text evaluated to. */
  readonly define: (kind: string, name: string, make: unknown) => void
  /** Answers "" or a failure as JSON text. */
  readonly open: (settingsJson: string) => string
  readonly table: (handle: string, frame: ArrayBuffer) => string
  readonly feed: (
    input: string,
    topic: string,
    partition: number,
    baseOffset: string,
    frame: ArrayBuffer,
    origins: ArrayBuffer | undefined
  ) => string
  readonly heads: (topic: string, partition: number, baseOffset: string, count: number) => void
  /** Status text: its first character says which (see {@link Harness.poll}). */
  readonly start: (headJson: string, seed: ArrayBuffer, state: ArrayBuffer) => string
  /** `A` poll again · `W` waits for the worker: requests follow · `D` done: a report follows · `O` over budget · `F` a failure follows. */
  readonly poll: () => string
  readonly answer: (id: number, errorCode: string, text: string, bytes: ArrayBuffer | undefined) => void
  /** A frame or bytes that the last status spoke of. */
  readonly take: (index: number) => ArrayBuffer | undefined
  readonly drop: () => void
  /** `manifest()` or `derive()` of the bundle: "=" and the text, or a failure as JSON text. */
  readonly inspect: (plugin: string, requestJson: string, isDerive: boolean) => string
}

/** `disabled`: names of guards that a test of the guards switches off. */
export function openHarness(disabled: readonly string[]): Harness {
  const clock = new RunClock()
  const requests = new HostRequests(clock)
  const messages = new MessageBudget(!contains(disabled, "log-budget"))
  installSurface({ clock, requests, messages })
  if (!contains(disabled, "prelude")) closeRealm()
  return new HarnessState(clock, requests, messages).table()
}

function contains(list: readonly string[], text: string): boolean {
  for (let i = 0; i < list.length; i++) if (list[i] === text) return true
  return false
}

class HarnessState {
  private readonly shelf = new CodecShelf()
  private readonly clock: RunClock
  private readonly requests: HostRequests
  private readonly messages: MessageBudget
  private guest: NodeGuest | undefined = undefined
  private call: NodeCall | undefined = undefined
  private feeds: Feed[] = makeList()
  private heads = new Heads()
  private headCount = 0
  private taken: Uint8Array[] = makeList()

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
      feed: (input, topic, partition, baseOffset, frame, origins) =>
        this.feed(input, topic, partition, baseOffset, frame, origins),
      heads: (topic, partition, baseOffset, count) => this.addHead(topic, partition, baseOffset, count),
      start: (headJson, seed, state) => this.start(headJson, seed, state),
      poll: () => this.poll(),
      answer: (id, errorCode, text, bytes) => this.answer(id, errorCode, text, bytes),
      take: (index) => this.take(index),
      drop: () => this.drop(),
      inspect: (plugin, requestJson, isDerive) => inspect(plugin, requestJson, isDerive)
    }
  }

  private define(kind: string, name: string, make: unknown): void {
    const shelf: { readonly [name: string]: Map<string, unknown> } = { ...this.shelf }
    const made = kind === "expressions" ? make : callWith(make, codecRuntime)
    mapSet(shelf[kind], name, made)
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

  private addHead(topic: string, partition: number, baseOffset: string, count: number): void {
    this.heads.add(topic, partition, baseOffset, count)
  }

  private feed(
    input: string,
    topic: string,
    partition: number,
    baseOffset: string,
    buffer: ArrayBuffer,
    origins: ArrayBuffer | undefined
  ): string {
    try {
      const frame = new Uint8ArrayOf(buffer)
      const view = mapGet(this.shelf.views, input)
      if (view === undefined) throw new TypeErrorOf("the node has no view for the input " + input)
      const cursor = new BatchCursor(frame)
      const given = origins === undefined ? undefined : readOrigins(new Uint8ArrayOf(origins))
      this.feeds[this.feeds.length] = {
        number: this.feeds.length,
        input,
        frame,
        cursor,
        view,
        origins: given,
        firstOrigin: this.headCount
      }
      if (given === undefined) {
        this.headCount += cursor.header.count
        this.heads.add(topic, partition, baseOffset, cursor.header.count)
      }
      return ""
    } catch (error) {
      return failureJson(toFailure(error, "RECORD_INVALID"), -1, false)
    }
  }

  private start(headJson: string, seed: ArrayBuffer, state: ArrayBuffer): string {
    const guest = this.guest
    if (guest === undefined)
      return failureJson(
        { code: "PLUGIN_FAILED", tag: undefined, message: "the node is not open" },
        -1,
        false
      )
    const head = parseOwnText<CallHead>(headJson)
    const feeds = this.feeds
    const heads = this.heads
    this.clear()
    this.clock.begin(head.now, new Uint8ArrayOf(seed))
    try {
      guest.store.load(new Uint8ArrayOf(state), head.now)
    } catch (error) {
      return failureJson(toFailure(error, "RECORD_INVALID"), -1, false)
    }
    const call = new NodeCall(guest, head, feeds, heads)
    this.call = call
    call.start()
    return call.isOver ? this.poll() : "A"
  }

  private clear(): void {
    this.feeds = makeList()
    this.heads = new Heads()
    this.headCount = 0
    this.taken = makeList()
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
      return "D" + this.report(call)
    } catch (error) {
      return isOverflow(error) ? "O" : failureJson(toFailure(error, "PLUGIN_FAILED"), -1, false)
    }
  }

  private report(call: NodeCall): string {
    this.taken = makeList()
    const report = new JsonWriter().open("{")
    const { tally } = call
    report.name("recordsIn").number(tally.recordsIn).name("recordsOut").number(tally.recordsOut)
    report
      .name("filtered")
      .number(tally.filtered)
      .name("failed")
      .number(tally.failed)
      .name("late")
      .number(tally.late)
    report.name("frames").open("[")
    this.takeFrames(call, report)
    report.close("]").name("letters").raw(call.failed.lettersJson())
    this.messages.take(report)
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
    this.taken[this.taken.length] = bytes
  }

  private take(index: number): ArrayBuffer | undefined {
    const bytes = this.taken[index]
    if (!isBytes(bytes)) return undefined
    const buffer = bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer
    return buffer instanceof ArrayBuffer ? buffer : undefined
  }

  private drop(): void {
    this.call = undefined
    this.requests.end()
    this.clear()
  }
}

function callWith(make: unknown, runtime: unknown): unknown {
  if (typeof make !== "function") throw new TypeErrorOf("a codec text is not a function")
  return ReflectApply(make, undefined, [runtime])
}

function writePartitions(report: JsonWriter, names: readonly string[]): void {
  report.name("partitions").open("[")
  for (let i = 0; i < names.length; i++) report.string(names[i])
  report.close("]")
}

/** What `F` is followed by. */
function failureJson(failure: Failure, origin: number, isTransient: boolean): string {
  const text = new JsonWriter().open("{").name("code").string(failure.code).name("tag").string(failure.tag)
  text
    .name("message")
    .string(failure.message)
    .name("origin")
    .number(origin)
    .name("transient")
    .boolean(isTransient)
  return "F" + text.close("}").toString()
}

function inspect(plugin: string, requestJson: string, isDerive: boolean): string {
  try {
    const bundle = openBundle()
    const text = isDerive
      ? ReflectApply(bundle.derive, bundle.self, [plugin, requestJson])
      : ReflectApply(bundle.manifest, bundle.self, [])
    if (typeof text !== "string") throw new TypeErrorOf("the bundle did not answer text")
    return "=" + text
  } catch (error) {
    return failureJson(toFailure(error, "PLUGIN_FAILED"), -1, false)
  }
}
