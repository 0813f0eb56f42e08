import { BatchCursor, noWatermark } from "@millrace/sdk/record"
import { endText, giveText } from "@millrace/sdk/codec"
import { FailedRecords, RunFailure } from "../data/failures.ts"
import type { Heads } from "../data/heads.ts"
import type { NodeGuest } from "./node-guest.ts"
import { cancelPending, whenSettled } from "../realm/pending-result.ts"
import { mapGet, ReflectApply, TypeErrorOf } from "../realm/primordials.ts"
import { isMuchText, sourcesOf } from "./run-context.ts"
import type { Feed, RunContext } from "./run-context.ts"
import { PendingRun } from "./run-pending.ts"
import { runPlain } from "./run-plain.ts"
import { runChained } from "./chained-timers.ts"
import { isTimerFeed } from "./timer-feed.ts"
import { SinkBatchInHand } from "./sink-call.ts"
import { asRunFailure, readPartitions, takeSourceRead } from "./source-call.ts"
import type { SourceClock, SourceEnd } from "./source-call.ts"
import { Tally } from "../data/tally.ts"
import { Traces } from "../data/traces.ts"

/** What the worker says of one call. Every field is always there; `null` for what the call has not. */
export interface CallHead {
  readonly kind: "records" | "source" | "partitions" | "commit" | "recover"
  readonly now: number
  /** Of the batch's randomness: hexadecimal digits. */
  readonly seed: string
  readonly isLastResort: boolean
  readonly end: boolean
  readonly partition: number
  /** Of the keyed state that earlier calls left: what still holds. */
  readonly kept: "all" | "others" | "none"
  /** With a batch of event timers: up to when those that they set are due as well, ms since 1970. */
  readonly timersUntil: number | null
  readonly source: {
    readonly partition: string
    readonly positionJson: string | null
    readonly maxRecords: number
    readonly maxBytes: number
    /** Of the trace that the first record begins; null: none does. */
    readonly traceparent: string | null
    readonly watermark: { readonly newest: number | null; readonly outOfOrdernessMs: number } | null
  } | null
  readonly sink: {
    readonly id: string
    readonly firstOffset: string
    readonly lastOffset: string
    readonly tokenJson: string | null
    readonly recordPrefix: string
  } | null
  readonly tokenJson: string | null
  /** The frames that the segment is called with, and where they stand in the log. */
  readonly inputs: readonly {
    readonly input: string
    readonly topic: string
    readonly partition: number
    readonly baseOffset: string
    readonly count: number
    /** As in `InputFrame`; absent: none. */
    readonly leaps?: readonly number[]
  }[]
}

/** One call of one node, from its frames to its report. */
export class NodeCall {
  readonly tally = new Tally()
  readonly traces = new Traces()
  readonly failed: FailedRecords
  readonly run: RunContext
  source: SourceEnd | undefined = undefined
  partitions: string[] | undefined = undefined
  sinkToken: string | undefined = undefined
  isOver = false
  /** So much of the frames is read as text that they should be given as text too. */
  readsText = false
  /** What ended the call, where it was not its end. */
  fault: unknown = undefined
  private readonly guest: NodeGuest
  private readonly head: CallHead
  private readonly wantsOrigins: boolean
  private readonly feeds: readonly Feed[]
  private pending: PendingRun | undefined = undefined
  private single: unknown = undefined

  constructor(guest: NodeGuest, head: CallHead, wantsOrigins: boolean, feeds: readonly Feed[], heads: Heads) {
    this.guest = guest
    this.head = head
    this.wantsOrigins = wantsOrigins
    this.feeds = feeds
    this.failed = new FailedRecords(guest.settings.onError, this.tally)
    this.run = {
      scope: { node: guest.settings.node, clock: guest.clock, heads, store: guest.store },
      outputs: guest.outputs,
      failed: this.failed,
      tally: this.tally,
      traces: this.traces,
      heads,
      requests: guest.requests,
      isKeyed: guest.settings.state.length > 0 || guest.settings.timers,
      maxOutputRecordsPerInput: guest.settings.maxOutputRecordsPerInput,
      isLastResort: head.isLastResort,
      maxRetries: guest.settings.maxRetries
    }
  }

  /** Begins; afterwards the call {@link isOver}, or waits for the guest's own or the worker's answers. */
  start(): void {
    // Edits are for the worker: where it does not get the outputs, they are given whole.
    const sources = this.wantsOrigins ? undefined : sourcesOf(this.feeds)
    this.guest.outputs.begin(this.baseTimestamp(), this.wantsOrigins, sources)
    this.guest.requests.begin()
    try {
      if (this.guest.kind === "processor") this.runFeeds(0)
      else if (this.guest.kind === "source") this.runSource()
      else this.runSink()
    } catch (error) {
      this.end(this.guest.kind === "processor" ? error : asRunFailure(error))
    }
  }

  /** Nothing can wake the bodies any more. */
  failStuck(): void {
    if (this.pending !== undefined) this.pending.failStuck()
    else {
      cancelPending(this.single)
      const message = "it waits for something that cannot happen: no host request and no timer is outstanding"
      this.end(new RunFailure({ code: "DEADLINE_EXCEEDED", tag: undefined, message }, -1, false))
    }
  }

  private baseTimestamp(): number | undefined {
    return this.feeds.length > 0 ? this.feeds[0].cursor.header.baseTimestamp : undefined
  }

  private runFeeds(from: number): void {
    for (let i = from; i < this.feeds.length; i++) {
      const feed = this.feeds[i]
      const body = mapGet(this.guest.bodies, feed.input)
      if (body === undefined) throw new TypeErrorOf("the node has no input " + feed.input)
      giveText(feed.frame, feed.text)
      if (!body.suspends) {
        runPlain(this.run, feed, body)
        if (this.head.timersUntil !== null && isTimerFeed(feed))
          runChained(this.run, feed, body, this.head.timersUntil)
        continue
      }
      const pending = new PendingRun(this.run, feed, again(feed), body, (failure) => {
        if (failure !== undefined) this.end(failure)
        else this.runRest(i + 1)
      })
      this.pending = pending
      pending.pump()
      return
    }
    this.end(undefined)
  }

  private runRest(from: number): void {
    this.pending = undefined
    try {
      this.runFeeds(from)
    } catch (error) {
      this.end(error)
    }
  }

  private runSource(): void {
    const { instance } = this.guest
    if (this.head.kind === "partitions") {
      this.settle(this.invoke("partitions", []), (answer) => {
        this.partitions = readPartitions(answer)
      })
      return
    }
    const source = this.head.source
    if (source === null || this.head.kind !== "source" || instance === undefined)
      throw new TypeErrorOf("a source is called by its position")
    const budget = { maxRecords: source.maxRecords, maxBytes: source.maxBytes, now: this.head.now }
    const answer = this.invoke("read", [source.partition, source.positionJson ?? undefined, budget])
    this.settle(answer, (read) => {
      this.source = takeSourceRead(read, {
        outputs: this.guest.outputs,
        failed: this.failed,
        tally: this.tally,
        now: this.head.now,
        maxRecords: source.maxRecords,
        traceparent: source.traceparent,
        traces: this.traces,
        clock: clockOf(source.watermark)
      })
    })
  }

  private runSink(): void {
    const info = this.sinkInfo()
    if (this.head.kind === "commit" || this.head.kind === "recover") {
      this.settle(this.invoke(this.head.kind, [this.head.tokenJson ?? undefined, info]), () => undefined)
      return
    }
    const batch = new SinkBatchInHand(this.head.sink?.recordPrefix ?? "")
    for (let i = 0; i < this.feeds.length; i++) {
      giveText(this.feeds[i].frame, this.feeds[i].text)
      batch.add(this.run, this.feeds[i])
    }
    if (batch.records.length === 0 && !this.head.end) {
      this.end(undefined)
      return
    }
    this.settle(this.invoke("write", [batch.records, info]), (answer) => {
      this.sinkToken = batch.finish(this.run, answer, again)
    })
  }

  private sinkInfo(): unknown {
    const sink = this.head.sink
    return {
      id: sink?.id ?? "",
      partition: this.head.partition,
      firstOffset: sink?.firstOffset ?? "0",
      lastOffset: sink?.lastOffset ?? "0",
      tokenJson: sink?.tokenJson ?? undefined,
      end: this.head.end,
      now: this.head.now
    }
  }

  private invoke(name: string, given: readonly unknown[]): unknown {
    const method = this.guest.methods[name]
    if (method === undefined) throw new TypeErrorOf("the plugin does not offer " + name)
    return ReflectApply(method, this.guest.instance, given)
  }

  private settle(answer: unknown, take: (value: unknown) => void): void {
    this.single = answer
    whenSettled(
      answer,
      (value) => {
        try {
          take(value)
          this.end(undefined)
        } catch (error) {
          this.end(asRunFailure(error))
        }
      },
      (error) => this.end(asRunFailure(error))
    )
  }

  private end(fault: unknown): void {
    if (this.isOver) return
    this.isOver = true
    this.fault = fault
    this.readsText = isMuchText(endText(), this.feeds)
    this.guest.requests.end()
  }
}

function again(feed: Feed): Feed {
  return { ...feed, cursor: new BatchCursor(feed.frame) }
}

function clockOf(
  given: { readonly newest: number | null; readonly outOfOrdernessMs: number } | null
): SourceClock | undefined {
  if (given === null) return undefined
  return { newest: given.newest ?? noWatermark, outOfOrdernessMs: given.outOfOrdernessMs }
}
