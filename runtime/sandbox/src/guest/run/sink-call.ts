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
  private readonly recordPrefix: string

  constructor(recordPrefix: string) {
    this.recordPrefix = recordPrefix
  }

  /** Decodes a frame's records for the sink; what does not fit its contract fails alone. `feed` is at its beginning. */
  add(run: RunContext, feed: Feed): void {
    const cursor = feed.cursor
    const record = new RecordInHand(run.scope, feed.frame)
    let lastOrigin = -1
    let ordinal = 0
    while (cursor.next()) {
      if (cursor.isControl) continue
      countIn(run, feed, cursor)
      const origin = originOf(feed, cursor.index)
      ordinal = origin === lastOrigin ? ordinal + 1 : 0
      lastOrigin = origin
      RecordInHand.point(record, RecordInHand.place(record), cursor, origin, 0)
      try {
        const value = cursor.isTombstone
          ? null
          : feed.view.read(feed.frame, cursor.valueStart, cursor.valueEnd)
        const place = this.records.length
        this.places[place] = { feed, index: cursor.index }
        const id = this.idOf(record, ordinal)
        const { key, timestamp, headers } = record
        this.records[place] = { id, value, key, timestamp, headers }
      } catch (error) {
        run.failed.add(feed.number, cursor, origin, toFailure(error, "RECORD_INVALID"))
      }
    }
  }

  /** By where the record comes from, not by where it stands in the batch: a batch is cut differently after a kill. */
  private idOf(record: RecordInHand, ordinal: number): string {
    const { topic, partition, offset } = record.position
    const place = this.recordPrefix + "/" + topic + "/" + partition + "/" + offset
    return ordinal === 0 ? place : place + "." + ordinal
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
        run.tally.handled += 1
        continue
      }
      const place = this.places[i]
      run.traces.settle(place.feed.number, place.index, "failed", 0)
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
