import { codeOf, readResults } from "./body-results.ts"
import { RunFailure, toFailure } from "../data/failures.ts"
import type { Failure } from "../data/failures.ts"
import { isOverflow, OutputOverflow } from "../data/output-set.ts"
import type { WrittenResult } from "../data/output-set.ts"
import { cancelPending, whenSettled } from "../realm/pending-result.ts"
import { makeList, mapDelete, mapGet, MapOf, mapSet } from "../realm/primordials.ts"
import { RecordInHand } from "../data/record-in-hand.ts"
import { passTombstone } from "./run-plain.ts"
import { countIn, originOf } from "./run-context.ts"
import type { Body, Feed, RunContext } from "./run-context.ts"
import { isTimerFeed } from "./timer-feed.ts"
import { nullKeyId } from "../data/key-id.ts"

/** Bodies of one node that wait at the same time. */
const maxInFlight = 128
/** Records that are begun or wait for their key; bounds what is kept until its turn. */
const maxWindow = 2048
const retryDelayMs = 100

/** One record on its way through a body that may suspend. */
class Flight {
  readonly index: number
  readonly record: RecordInHand
  readonly keyId: string
  readonly start: number
  readonly end: number
  readonly isTombstone: boolean
  /** Next in the order of input. */
  next: Flight | undefined = undefined
  /** Next that has the same key. */
  sameKey: Flight | undefined = undefined
  isDone = false
  attempts = 0
  answer: unknown = undefined
  written: WrittenResult[] = makeList()
  failure: Failure | undefined = undefined

  constructor(feed: Feed, record: RecordInHand, keyId: string) {
    this.index = feed.cursor.index
    this.record = record
    this.keyId = keyId
    this.start = feed.cursor.valueStart
    this.end = feed.cursor.valueEnd
    this.isTombstone = feed.cursor.isTombstone
  }
}

/**
 * Runs a body that may suspend over a frame: concurrently across keys, one at a time within a key, and what comes of it
 * in the order of input.
 */
export class PendingRun {
  private readonly run: RunContext
  private readonly feed: Feed
  private readonly body: Body
  /** Goes over the frame a second time, where results are put in their place. */
  private readonly places: Feed
  private first: Flight | undefined = undefined
  private last: Flight | undefined = undefined
  private window = 0
  private inFlight = 0
  private readonly ready: Flight[] = makeList()
  private readonly tails: Map<string, Flight> = new MapOf()
  private isAtEnd = false
  private isPumping = false
  private readonly ended: (failure: unknown) => void
  private isOver = false
  private lastOrigin = -1
  private ordinal = 0

  constructor(run: RunContext, feed: Feed, places: Feed, body: Body, ended: (failure: unknown) => void) {
    this.run = run
    this.feed = feed
    this.places = places
    this.body = body
    this.ended = ended
  }

  /** Goes on as far as it can; calls `ended` when every record is through, or with what ends the call. */
  pump(): void {
    if (this.isPumping || this.isOver) return
    this.isPumping = true
    try {
      do {
        this.putReady()
      } while (this.startNext())
      this.putReady()
      if (this.first === undefined && this.isAtEnd && this.ready.length === 0) this.end(undefined)
    } catch (error) {
      this.end(error)
    }
    this.isPumping = false
  }

  /** Nothing outstanding can wake these bodies any more. */
  failStuck(): void {
    const message =
      "the body waits for something that cannot happen: no host request and no timer is outstanding"
    for (let flight = this.first; flight !== undefined; flight = flight.next) {
      if (flight.isDone || flight.answer === undefined) continue
      cancelPending(flight.answer)
      this.finish(flight, { code: "DEADLINE_EXCEEDED", tag: undefined, message })
    }
    this.pump()
  }

  cancel(): void {
    this.isOver = true
    for (let flight = this.first; flight !== undefined; flight = flight.next) {
      if (!flight.isDone) cancelPending(flight.answer)
    }
  }

  private end(failure: unknown): void {
    if (this.isOver) return
    if (failure === undefined) this.isOver = true
    else this.cancel()
    this.ended(failure)
  }

  private startNext(): boolean {
    if (this.ready.length > 0) {
      const flight = this.ready[this.ready.length - 1]
      this.ready.length -= 1
      this.launch(flight)
      return true
    }
    if (this.isAtEnd || this.inFlight >= maxInFlight || this.window >= maxWindow) return false
    const cursor = this.feed.cursor
    if (!cursor.next()) {
      this.isAtEnd = true
      return false
    }
    if (!cursor.isControl) this.enqueue()
    return true
  }

  private enqueue(): void {
    const cursor = this.feed.cursor
    const origin = originOf(this.feed, cursor.index)
    this.ordinal = origin === this.lastOrigin ? this.ordinal + 1 : 0
    this.lastOrigin = origin
    const record = new RecordInHand(this.run.scope, this.feed.frame)
    RecordInHand.point(record, RecordInHand.place(record), cursor, origin, this.ordinal)
    RecordInHand.keep(record, cursor)
    if (!isTimerFeed(this.feed)) countIn(this.run, this.feed, cursor)
    const flight = new Flight(this.feed, record, RecordInHand.keyId(record))
    if (this.last === undefined) this.first = flight
    else this.last.next = flight
    this.last = flight
    this.window += 1
    if (!this.hasOrder(flight)) {
      this.launch(flight)
      return
    }
    const tail = mapGet(this.tails, flight.keyId)
    mapSet(this.tails, flight.keyId, flight)
    if (tail === undefined) this.launch(flight)
    else tail.sameKey = flight
  }

  /** Records without a key and without state need not wait for each other. */
  private hasOrder(flight: Flight): boolean {
    return this.run.isKeyed || flight.keyId !== nullKeyId
  }

  private launch(flight: Flight): void {
    this.inFlight += 1
    if (flight.isTombstone) {
      this.finish(flight, undefined)
      return
    }
    const clock = this.run.scope.clock
    let hasValue = false
    try {
      const value = this.feed.view.read(this.feed.frame, flight.start, flight.end)
      hasValue = true
      clock.owner = flight.record
      const answer = this.body.call(value, flight.record)
      flight.answer = answer
      whenSettled(
        answer,
        (result) => this.settle(flight, result),
        (error) => this.retry(flight, error)
      )
    } catch (error) {
      this.finish(flight, toFailure(error, hasValue ? codeOf(error) : "RECORD_INVALID"))
    }
    clock.owner = undefined
  }

  private settle(flight: Flight, answer: unknown): void {
    if (flight.isDone || this.isOver) return
    let bytes = 0
    try {
      const results = readResults(this.body, answer, this.run.outputs, this.run.maxOutputRecordsPerInput)
      if (results.passes) {
        flight.written[0] = { output: 0, key: undefined, value: undefined, stamp: undefined }
      }
      for (let i = 0; i < results.list.length; i++) {
        const one = results.list[i]
        flight.written[i] = this.run.outputs.prepare(
          one.output,
          this.feed.view,
          this.feed.frame,
          flight.start,
          flight.end,
          one.value,
          RecordInHand.stampOf(flight.record, one.value)
        )
        bytes += flight.written[i].value?.length ?? 0
        if (bytes > this.run.outputs.maxBytes) throw new OutputOverflow()
      }
      this.finish(flight, undefined)
    } catch (error) {
      this.finish(flight, toFailure(error, codeOf(error)))
    }
    this.pump()
  }

  private retry(flight: Flight, error: unknown): void {
    if (flight.isDone || this.isOver) return
    if (flight.attempts >= this.run.maxRetries) {
      this.finish(flight, toFailure(error, "PLUGIN_FAILED"))
      this.pump()
      return
    }
    RecordInHand.journal(flight.record).rollback()
    const delayMs = retryDelayMs * 2 ** (flight.attempts < 8 ? flight.attempts : 8)
    flight.attempts += 1
    this.inFlight -= 1
    flight.answer = undefined
    this.run.requests.startTimer(() => {
      this.ready[this.ready.length] = flight
      this.pump()
    }, delayMs)
  }

  private finish(flight: Flight, failure: Failure | undefined): void {
    if (flight.isDone) return
    flight.isDone = true
    flight.failure = failure
    this.inFlight -= 1
    const journal = RecordInHand.journal(flight.record)
    // INVARIANT: a record is atomic; its state changes vanish before the next of its key begins.
    if (failure === undefined) journal.last = undefined
    else journal.rollback()
    if (!this.hasOrder(flight)) return
    if (flight.sameKey === undefined) mapDelete(this.tails, flight.keyId)
    else this.ready[this.ready.length] = flight.sameKey
  }

  /** Puts what is through in its place, in the order of input. */
  private putReady(): void {
    while (this.first !== undefined && this.first.isDone) {
      const flight = this.first
      const cursor = this.places.cursor
      while (cursor.index < flight.index) cursor.next()
      this.put(flight)
      this.first = flight.next
      if (this.first === undefined) this.last = undefined
      this.window -= 1
    }
  }

  private put(flight: Flight): void {
    const { run, places } = this
    const origin = RecordInHand.origin(flight.record)
    const settled = (outcome: "handled" | "filtered" | "failed", out: number): void => {
      if (places.cursor.headerCount > 0) run.traces.settle(places.number, flight.index, outcome, out)
    }
    if (flight.failure !== undefined) {
      settled("failed", 0)
      run.failed.add(places.number, places.cursor, origin, flight.failure)
      return
    }
    if (flight.isTombstone) {
      passTombstone(run, places, this.body, origin)
      return
    }
    run.outputs.mark()
    try {
      for (let i = 0; i < flight.written.length; i++)
        run.outputs.putPrepared(flight.written[i], places.cursor, origin)
      run.outputs.checkBudget()
    } catch (error) {
      run.outputs.rollback()
      if (!isOverflow(error) || !run.isLastResort) throw error
      // State changes of this record stand already: with one record in hand the whole call fails instead.
      throw new RunFailure(toFailure(error, "OUTPUT_TOO_LARGE"), origin, false)
    }
    const written = run.outputs.sinceMark()
    run.tally.recordsOut += written
    if (isTimerFeed(places)) return
    settled(written === 0 ? "filtered" : "handled", written)
    if (written === 0) run.tally.filtered += 1
    else run.tally.handled += 1
  }
}
