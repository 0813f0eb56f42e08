import type { SinkRecord } from "@millrace/sdk/guest"
import { toFailure } from "../data/failures.ts"
import {
  ArrayIsArray,
  isObject,
  makeList,
  MapOf,
  mapGet,
  mapSet,
  NumberIsSafeInteger,
  TypeErrorOf
} from "../realm/primordials.ts"
import { RecordInHand } from "../data/record-in-hand.ts"
import { countIn, originOf } from "./run-context.ts"
import type { Feed, RunContext } from "./run-context.ts"

/** Where a sink's record came from, by its place in the written batch. */
interface Place {
  readonly feed: Feed
  readonly index: number
}

export class SinkBatchInHand {
  readonly records: SinkRecord[] = []
  private readonly places: Place[] = makeList()

  /** Decodes a frame's records for the sink; what does not fit its contract fails alone. `feed` is at its beginning. */
  add(run: RunContext, feed: Feed): void {
    const cursor = feed.cursor
    const record = new RecordInHand(run.scope, feed.frame)
    while (cursor.next()) {
      if (cursor.isControl) continue
      countIn(run, cursor)
      RecordInHand.point(record, cursor, originOf(feed, cursor.index), 0)
      try {
        const value = cursor.isTombstone
          ? null
          : feed.view.read(feed.frame, cursor.valueStart, cursor.valueEnd)
        const place = this.records.length
        this.places[place] = { feed, index: cursor.index }
        this.records[place] = { value, key: record.key, timestamp: record.timestamp, headers: record.headers }
      } catch (error) {
        run.failed.add(feed.number, cursor, originOf(feed, cursor.index), toFailure(error, "RECORD_INVALID"))
      }
    }
  }

  /** Takes what `write` answered; the token is that of a transactional sink. `again` gives a feed from its beginning. */
  finish(run: RunContext, answer: unknown, again: (feed: Feed) => Feed): string | undefined {
    if (!isObject(answer) || !ArrayIsArray(answer["failed"]))
      throw new TypeErrorOf("a sink's write must answer { failed }")
    const failed = answer["failed"]
    const reasons: Map<number, string> = new MapOf()
    for (let i = 0; i < failed.length; i++) {
      const one: unknown = failed[i]
      const index = isObject(one) ? one["index"] : undefined
      if (!isObject(one) || !NumberIsSafeInteger(index) || index < 0 || index >= this.records.length) {
        throw new TypeErrorOf("a sink's failed record must be named by its index")
      }
      const reason = one["reason"]
      mapSet(reasons, index, typeof reason === "string" ? reason : "refused by the sink")
    }
    this.reject(run, reasons, again)
    const token = answer["tokenJson"]
    return typeof token === "string" ? token : undefined
  }

  private reject(run: RunContext, reasons: Map<number, string>, again: (feed: Feed) => Feed): void {
    let from: Feed | undefined
    let feed: Feed | undefined
    for (let i = 0; i < this.places.length; i++) {
      const reason = mapGet(reasons, i)
      if (reason === undefined) {
        run.tally.recordsOut += 1
        continue
      }
      const place = this.places[i]
      if (feed === undefined || from !== place.feed) feed = again(place.feed)
      from = place.feed
      while (feed.cursor.index < place.index) feed.cursor.next()
      run.failed.add(
        feed.number,
        feed.cursor,
        originOf(feed, place.index),
        toFailure(reason, "PLUGIN_FAILED")
      )
    }
  }
}
