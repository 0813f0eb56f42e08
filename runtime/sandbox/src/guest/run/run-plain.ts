import { codeOf, readResults } from "./body-results.ts"
import { toFailure } from "../data/failures.ts"
import { isOverflow } from "../data/output-set.ts"
import type { OutputSet } from "../data/output-set.ts"
import { RecordInHand } from "../data/record-in-hand.ts"
import type { RecordPlace } from "../data/record-in-hand.ts"
import { mapGet } from "../realm/primordials.ts"
import { countIn, originOf } from "./run-context.ts"
import type { Body, Feed, RunContext } from "./run-context.ts"
import { isTimerFeed } from "./timer-feed.ts"

/** Runs a body that never suspends over a frame, record after record. Throws on overflow and under the policy `fail`. */
export function runPlain(run: RunContext, feed: Feed, body: Body): void {
  const cursor = feed.cursor
  const record = new RecordInHand(run.scope, feed.frame)
  const place = RecordInHand.place(record)
  const clock = run.scope.clock
  clock.owner = record
  const isTimers = isTimerFeed(feed)
  let lastOrigin = -1
  let ordinal = 0
  while (cursor.next()) {
    if (cursor.isControl) continue
    const origin = originOf(feed, cursor.index)
    ordinal = origin === lastOrigin ? ordinal + 1 : 0
    lastOrigin = origin
    RecordInHand.point(record, place, cursor, origin, ordinal)
    if (!isTimers) countIn(run, feed, cursor)
    if (!cursor.isTombstone || body.onDelete !== undefined) runOne(run, feed, body, record, place)
    else passTombstone(run, feed, body, origin)
    if (cursor.headerCount > 0) run.traces.settleBy(feed.number, cursor.index, run.tally)
  }
  clock.owner = undefined
}

/** A delete has no value for a body: filters and maps let it pass, `process` without `onDelete` drops it. */
export function passTombstone(run: RunContext, feed: Feed, body: Body, origin: number): void {
  if (body.form === "process") {
    run.tally.filtered += 1
    return
  }
  run.outputs.pass(feed.cursor, origin)
  run.tally.recordsOut += 1
  run.tally.handled += 1
}

function runOne(run: RunContext, feed: Feed, body: Body, record: RecordInHand, place: RecordPlace): void {
  const { cursor } = feed
  const { journal } = place
  const { outputs } = run
  let hasValue = false
  let isMarked = false
  try {
    const isDelete = cursor.isTombstone
    const value = isDelete ? undefined : feed.view.read(cursor.frame, cursor.valueStart, cursor.valueEnd)
    hasValue = true
    const answer = isDelete && body.onDelete !== undefined ? body.onDelete(record) : body.call(value, record)
    if (answer === false && body.form === "filter") run.tally.filtered += 1
    else {
      outputs.mark()
      isMarked = true
      put(run, feed, body, answer, place)
    }
    journal.last = undefined
  } catch (error) {
    if (isMarked) outputs.rollback()
    // INVARIANT: a record is atomic; its state changes vanish with its outputs.
    journal.rollback()
    if (isOverflow(error) && !run.isLastResort) throw error
    run.failed.add(
      feed.number,
      cursor,
      place.origin,
      toFailure(error, hasValue ? codeOf(error) : "RECORD_INVALID")
    )
  }
}

/** Writes a body's answer for the record in hand. */
function put(run: RunContext, feed: Feed, body: Body, answer: unknown, place: RecordPlace): void {
  const { outputs } = run
  if (answer === true && body.form === "filter") outputs.pass(feed.cursor, place.origin)
  else if (body.form === "map") putOne(outputs, 0, feed, answer, place)
  else {
    const { list } = readResults(body, answer, outputs, run.maxOutputRecordsPerInput)
    for (let i = 0; i < list.length; i++) putOne(outputs, list[i].output, feed, list[i].value, place)
  }
  outputs.checkBudget()
  const written = outputs.sinceMark()
  run.tally.recordsOut += written
  if (isTimerFeed(feed)) return
  if (written === 0) run.tally.filtered += 1
  else run.tally.handled += 1
}

function putOne(
  outputs: OutputSet,
  index: number,
  feed: Feed,
  value: unknown,
  { origin, stamps }: RecordPlace
): void {
  const stamp = stamps === undefined ? undefined : mapGet(stamps, value)
  if (value === null && feed.cursor.isTombstone) outputs.putDelete(index, feed.cursor, origin)
  else if (stamp === undefined) outputs.put(index, feed.view, feed.cursor, value, origin)
  else outputs.putStamped(index, feed.view, feed.cursor, value, origin, stamp)
}
