import { endText, giveText } from "@millrace/sdk/codec"
import type { GuestStep } from "../data/codec-shape.ts"
import { FarCursor } from "../data/far-cursor.ts"
import type { RecordTeller } from "../data/far-cursor.ts"
import { Heads } from "../data/heads.ts"
import { RecordInHand } from "../data/record-in-hand.ts"
import type { RecordPlace, RecordScope } from "../data/record-in-hand.ts"
import { Tally } from "../data/tally.ts"
import { Traces } from "../data/traces.ts"
import { JsonWriter } from "../realm/plain-text.ts"
import { ErrorOf, parseOwnText, Uint8ArrayOf } from "../realm/primordials.ts"
import { writeTally } from "./call-report.ts"
import type { CallHead } from "./node-call.ts"
import type { NodeGuest } from "./node-guest.ts"
import type { Body } from "./run-context.ts"

/**
 * A node of a pass, as the realm of the pass's first node has it: functions of the node's own harness, which stay with harnesses. What a
 * node's body is given and what it answers stay in its realm.
 */
export interface LinkedStep {
  readonly step: GuestStep
  /** Of its one output. */
  readonly output: string
  /** A call begins. */
  readonly begin: (headJson: string, tell: RecordTeller) => void
  /** The records of a frame follow, which is also given as text, or not (`giveText`); `isOwn`: it is of the node's own realm. */
  readonly enter: (frame: Uint8Array, text: readonly string[], isOwn: boolean) => void
  readonly endText: () => number
  /** The record in hand, which came to the node, has headers: it may be of a trace. `isOut`: the node gave it on. */
  readonly trace: (feed: number, isOut: boolean) => void
  /** The call is over: its report as JSON text, over frames that are given as JSON text. */
  readonly finish: (
    recordsIn: number,
    recordsOut: number,
    filtered: number,
    late: number,
    framesJson: string
  ) => string
  /** The call is to be made node by node: what the bodies have said is forgotten when that begins. */
  readonly leave: () => void
}

/** A node as a step; undefined where its plugin turns out to be none: one that waits, or gives more than one record for one. */
export function linkedStep(guest: NodeGuest, step: GuestStep, body: Body): LinkedStep | undefined {
  const { definitions } = guest.outputs
  const isOne = body.form === "map" || (body.form === "filter" && step.isSame)
  if (!isOne || body.suspends || definitions.length !== 1 || definitions[0].key !== undefined)
    return undefined
  const passing = new PassingNode(guest, step, body)
  return {
    step,
    output: definitions[0].name,
    begin: (headJson, tell) => passing.begin(headJson, tell),
    enter: (frame, text, isOwn) => passing.enter(frame, text, isOwn),
    endText,
    trace: (feed, isOut) => passing.trace(feed, isOut),
    finish: (recordsIn, recordsOut, filtered, late, framesJson) =>
      passing.finish(recordsIn, recordsOut, filtered, late, framesJson),
    leave: () => passing.end()
  }
}

/** Of the record that is traced: nothing before it, then what became of it. */
const oneTally = new Tally()
const noBytes = new Uint8ArrayOf(0)

/** A node within a pass: one record after the other is in its hand, wherever the pass's cursor stands. */
class PassingNode {
  private readonly guest: NodeGuest
  private readonly step: GuestStep
  private readonly source = new FarCursor()
  private heads = new Heads()
  private record: RecordInHand
  private place: RecordPlace
  private traces = new Traces()

  constructor(guest: NodeGuest, step: GuestStep, body: Body) {
    this.guest = guest
    this.step = step
    this.record = new RecordInHand(this.scope, noBytes)
    this.place = RecordInHand.place(this.record)
    step.open(this.caller(body), body.form === "map")
  }

  private get scope(): RecordScope {
    const { clock, settings, store } = this.guest
    return { node: settings.node, clock, heads: this.heads, store }
  }

  /** Throws where what the body did cannot be done in a pass. */
  private caller({ call }: Body): (value: unknown, origin: number) => unknown {
    return (value, origin) => {
      const { place, record } = this
      if (place.isUsed) RecordInHand.point(record, place, this.source, origin, 0)
      else place.origin = origin
      const answer = call(value, record)
      if (place.stamps !== undefined) throw new ErrorOf("a result has a time of its own")
      return answer
    }
  }

  begin(headJson: string, tell: RecordTeller): void {
    const { clock, messages, requests } = this.guest
    const { inputs, now, seed } = parseOwnText<CallHead>(headJson)
    this.heads = new Heads()
    for (let i = 0; i < inputs.length; i++) this.heads.add(inputs[i])
    this.source.tell = tell
    this.traces = new Traces()
    clock.begin(now, seed)
    requests.begin()
    messages.untry()
    messages.try()
  }

  enter(frame: Uint8Array, text: readonly string[], isOwn: boolean): void {
    // What is copied out of it is to be of this realm.
    const bytes = isOwn ? frame : new Uint8ArrayOf(frame.buffer, frame.byteOffset, frame.length)
    giveText(bytes, text)
    this.source.frame = bytes
    this.record = new RecordInHand(this.scope, bytes)
    this.place = RecordInHand.place(this.record)
    this.place.cursor = this.source
    this.guest.clock.owner = this.record
    this.step.begin(bytes)
  }

  trace(feed: number, isOut: boolean): void {
    const { source, traces } = this
    traces.look(feed, source, oneTally)
    oneTally.recordsOut = isOut ? 1 : 0
    oneTally.filtered = isOut ? 0 : 1
    traces.settleBy(feed, source.index, oneTally)
    oneTally.recordsOut = 0
    oneTally.filtered = 0
  }

  finish(recordsIn: number, recordsOut: number, filtered: number, late: number, framesJson: string): string {
    this.end()
    const tally = new Tally()
    tally.recordsIn = recordsIn
    tally.recordsOut = recordsOut
    tally.handled = recordsOut
    tally.filtered = filtered
    tally.late = late
    const report = new JsonWriter().open("{")
    writeTally(report, tally)
    report.name("frames").raw(framesJson).name("letters").raw("[]")
    this.guest.messages.take(report)
    this.traces.write(report)
    return report.close("}").toString()
  }

  end(): void {
    this.guest.clock.owner = undefined
    this.guest.requests.end()
    this.source.frame = noBytes
    this.step.begin(noBytes)
  }
}
