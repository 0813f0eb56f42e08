import { BatchCursor, timerInput } from "@millrace/sdk/record"
import { codecRuntime } from "@millrace/sdk/codec"
import { failureJson, RunFailure, toFailure } from "../data/failures.ts"
import { Heads, readOrigins } from "../data/heads.ts"
import { isOverflow } from "../data/output-set.ts"
import type { HostRequests } from "../realm/host-requests.ts"
import type { MessageBudget } from "../realm/message-budget.ts"
import { JsonWriter } from "../realm/plain-text.ts"
import {
  isBytes,
  makeList,
  mapGet,
  mapSet,
  parseOwnText,
  ReflectApply,
  TypeErrorOf,
  Uint8ArrayOf
} from "../realm/primordials.ts"
import type { RunClock } from "../realm/run-clock.ts"
import { CallReport } from "./call-report.ts"
import type { Harness } from "./harness-table.ts"
import { inspect } from "./inspect.ts"
import { tagView } from "../data/tag-view.ts"
import { NodeCall } from "./node-call.ts"
import type { CallHead } from "./node-call.ts"
import { CodecShelf } from "./node-definition.ts"
import type { NodeSettings } from "./node-definition.ts"
import { NodeGuest } from "./node-guest.ts"
import type { Feed } from "./run-context.ts"

/** The harness of one realm: one node, one call at a time. */
export class HarnessState {
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
  private status = ""

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
      start: (headJson, seed, state) => (this.status = this.start(headJson, seed, state)),
      poll: (isRepeat) => (isRepeat ? this.status : (this.status = this.poll())),
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
      const view = input === timerInput ? tagView : mapGet(this.shelf.views, input)
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
      guest.store.begin(new Uint8ArrayOf(state), head)
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
      const report = new CallReport(call, this.messages)
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
    this.requests.end()
    this.clear()
  }
}

function callWith(make: unknown, runtime: unknown): unknown {
  if (typeof make !== "function") throw new TypeErrorOf("a codec text is not a function")
  return ReflectApply(make, undefined, [runtime])
}
