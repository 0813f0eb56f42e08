import {
  attributeHeaders,
  attributeNullKey,
  attributeWatermark,
  frameHeaderBytes
} from "@millrace/sdk/record"
import type { BatchCursor } from "@millrace/sdk/record"
import type { GuestPass } from "../data/codec-shape.ts"
import type { RecordTeller } from "../data/far-cursor.ts"
import { OutputSet } from "../data/output-set.ts"
import type { OutputDefinition } from "../data/output-set.ts"
import { JsonWriter } from "../realm/plain-text.ts"
import { makeList, Uint32ArrayOf } from "../realm/primordials.ts"
import { DoneFrames, nameFrame } from "./done-frames.ts"
import type { LinkedStep } from "./pass-step.ts"
import { isMuchText, originOf, sourcesOf } from "./run-context.ts"
import type { Feed } from "./run-context.ts"

/** What a record of a pass may have. */
const passed = attributeNullKey | attributeWatermark | attributeHeaders
/** Counts of a call, by how many steps let a record pass. */
interface Counts {
  readonly records: Uint32Array
  readonly late: Uint32Array
  /** Bytes of the records beside their values. */
  readonly heads: Uint32Array
}

/**
 * Neighbouring nodes run record by record: each reads from the bytes of the record that the first was given, and what the last one gives
 * is written alone. It takes what nearly all calls are: records with a value, whose bodies answer. Whatever else
 * there is, a call is made node by node instead, as if nothing had been tried.
 */
export class PassRun {
  private readonly pass: GuestPass
  private readonly steps: readonly LinkedStep[]
  private readonly outputs: OutputSet
  private readonly tell: RecordTeller
  /** Of the record in hand. */
  private cursor: BatchCursor | undefined = undefined
  /** Of the call that was made last. */
  private done = new DoneFrames()

  constructor(pass: GuestPass, steps: readonly LinkedStep[], output: OutputDefinition, maxBytes: number) {
    this.pass = pass
    this.steps = steps
    const definitions = makeList<OutputDefinition>()
    definitions[0] = output
    this.outputs = new OutputSet(definitions, maxBytes)
    const parts = makeList<GuestPassStep>()
    for (let i = 0; i < steps.length; i++) parts[i] = steps[i].step
    pass.link(parts)
    this.tell = {
      index: () => this.cursor?.index ?? 0,
      timestamp: () => this.cursor?.timestamp ?? 0,
      watermark: () => this.cursor?.watermark ?? 0,
      keyStart: () => this.cursor?.keyStart ?? -1,
      keyEnd: () => this.cursor?.keyEnd ?? -1,
      headersStart: () => this.cursor?.headersStart ?? 0,
      headersEnd: () => this.cursor?.headersEnd ?? 0,
      headerCount: () => this.cursor?.headerCount ?? 0
    }
  }

  get frames(): Uint8Array[] {
    return this.done.frames
  }

  /** Answers what a done call's text is, with a report for each node, one a line; undefined: the call has to be made node by node. */
  run(
    headJson: string,
    feeds: readonly Feed[],
    wantsOrigins: boolean,
    window: Uint8Array | undefined
  ): string | undefined {
    const { steps } = this
    this.done = new DoneFrames()
    try {
      for (let i = 0; i < steps.length; i++) steps[i].begin(headJson, this.tell)
      const counts = countsFor(steps.length)
      const isDone = this.runFeeds(feeds, wantsOrigins, counts)
      const readsText = isMuchText(this.endText(), feeds)
      if (isDone) return this.conclude(counts, readsText, window)
    } catch {
      // Whoever makes the call node by node comes to the same, and tells it.
    }
    this.cursor = undefined
    this.endText()
    for (let i = 0; i < steps.length; i++) steps[i].leave()
    return undefined
  }

  private runFeeds(feeds: readonly Feed[], wantsOrigins: boolean, counts: Counts): boolean {
    const { outputs, pass, steps } = this
    const base = feeds.length > 0 ? feeds[0].cursor.header.baseTimestamp : undefined
    outputs.begin(base, wantsOrigins, wantsOrigins ? undefined : sourcesOf(feeds))
    pass.begin()
    for (let i = 0; i < feeds.length; i++) {
      const feed = feeds[i]
      for (let j = 0; j < steps.length; j++) steps[j].enter(feed.frame, feed.text, j === 0)
      if (!this.runFeed(feed, counts)) return false
    }
    return true
  }

  private runFeed(feed: Feed, counts: Counts): boolean {
    const { outputs, pass } = this
    const { cursor, frame } = feed
    const { heads, late, records } = counts
    const all = this.steps.length
    this.cursor = cursor
    let lastOrigin = -1
    while (cursor.next()) {
      const origin = originOf(feed, cursor.index)
      // What several come of counts its own: node by node each node counts what comes to it.
      if ((cursor.attributes & ~passed) !== 0 || origin === lastOrigin) return false
      lastOrigin = origin
      const reached = pass.run(frame, cursor.valueStart, cursor.valueEnd, origin)
      if (reached < 0) return false
      records[reached] += 1
      heads[reached] += cursor.valueStart - cursor.start
      if (cursor.timestamp < cursor.watermark) late[reached] += 1
      if (cursor.headerCount > 0) this.trace(feed.number, reached)
      if (reached === all && !outputs.putPassed(pass, cursor, origin)) return false
    }
    return true
  }

  /** Bytes that the nodes read as text. */
  private endText(): number {
    let bytes = 0
    for (let i = 0; i < this.steps.length; i++) bytes += this.steps[i].endText()
    return bytes
  }

  private trace(feed: number, reached: number): void {
    const { steps } = this
    for (let i = 0; i < steps.length && i <= reached; i++) steps[i].trace(feed, i < reached)
  }

  private conclude(counts: Counts, readsText: boolean, window: Uint8Array | undefined): string {
    const { steps } = this
    this.cursor = undefined
    // Before any node is asked for its report: this may throw, and what a node has reported it says no more.
    const last = new JsonWriter().open("[")
    this.done.handOutputs(last, this.outputs)
    let reports = ""
    for (let i = 0; i < steps.length; i++) {
      const recordsIn = sum(counts.records, i)
      const recordsOut = sum(counts.records, i + 1)
      const isHidden = i < steps.length - 1 && recordsOut > 0
      const frames = i < steps.length - 1 ? new JsonWriter().open("[") : last
      if (isHidden) {
        // What its frame would have: a record's length may take a byte more or less there.
        const bytes = frameHeaderBytes + sum(counts.heads, i + 1) + this.pass.size(i)
        nameFrame(frames, "output", steps[i].output, bytes)
      }
      const late = sum(counts.late, i)
      const text = frames.close("]").toString()
      // How many frames it gave that nobody gets to see, and what it reports.
      reports +=
        (i === 0 ? "" : "\n") +
        (isHidden ? "1" : "0") +
        steps[i].finish(recordsIn, recordsOut, recordsIn - recordsOut, late, text)
    }
    return this.done.tell(readsText, window) + reports
  }
}

type GuestPassStep = LinkedStep["step"]

function countsFor(steps: number): Counts {
  return {
    records: new Uint32ArrayOf(steps + 1),
    late: new Uint32ArrayOf(steps + 1),
    heads: new Uint32ArrayOf(steps + 1)
  }
}

function sum(counts: Uint32Array, from: number): number {
  let all = 0
  for (let i = from; i < counts.length; i++) all += counts[i]
  return all
}
