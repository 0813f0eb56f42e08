import { noWatermark } from "@millrace/sdk/record"
import type { FailedRecords } from "../data/failures.ts"
import { isTransient, RunFailure, toFailure } from "../data/failures.ts"
import { isOverflow } from "../data/output-set.ts"
import type { OutputSet } from "../data/output-set.ts"
import type { JsonWriter } from "../realm/plain-text.ts"
import {
  ArrayIsArray,
  hasOwn,
  isBytes,
  isObject,
  NumberIsFinite,
  NumberIsSafeInteger,
  TypeErrorOf
} from "../realm/primordials.ts"
import type { Tally } from "../data/tally.ts"
import { asciiBytes, traceHeader } from "../data/traces.ts"
import type { Traces } from "../data/traces.ts"

/** Event time of one source partition: `newest` is the highest timestamp that it gave, `-Infinity` before its first record. */
export interface SourceClock {
  newest: number
  /** How far behind the newest a record may be and not be late, ms. */
  readonly outOfOrdernessMs: number
}

/** What a source's read came to, beside its records. */
export interface SourceEnd {
  readonly positionJson: string
  readonly next: "more" | "idle" | "end"
  readonly waitMs: number
  /** Highest timestamp that the partition gave, this read's included; `-Infinity`: none, or it has no watermarks. */
  readonly newest: number
}

export interface SourceBatch {
  readonly outputs: OutputSet
  readonly failed: FailedRecords
  readonly tally: Tally
  readonly now: number
  readonly maxRecords: number
  /** Absent: the source has no watermarks. */
  readonly clock: SourceClock | undefined
  /** For the header of the first record, which begins a trace; null: none does. */
  readonly traceparent: string | null
  readonly traces: Traces
}

/**
 * Writes what a source answered. A record that fits no contract fails alone; an answer that is not of the ABI's form,
 * or more records than were asked for, fails the read.
 */
export function takeSourceRead(answer: unknown, batch: SourceBatch): SourceEnd {
  if (!isObject(answer)) throw new TypeErrorOf("a source's read must answer { records, positionJson, next }")
  const { records, positionJson, next, waitMs, rejected } = answer
  if (
    !ArrayIsArray(records) ||
    typeof positionJson !== "string" ||
    (next !== "more" && next !== "idle" && next !== "end")
  ) {
    throw new TypeErrorOf("a source's read must answer { records, positionJson, next }")
  }
  if (records.length > batch.maxRecords)
    throw new TypeErrorOf("the source gave more records than it was asked for")
  for (let i = 0; i < records.length; i++) putRecord(batch, records[i], i)
  if (ArrayIsArray(rejected)) {
    for (let i = 0; i < rejected.length && i <= batch.maxRecords; i++)
      putRejected(batch, rejected[i], records.length + i)
  }
  return {
    positionJson,
    next,
    waitMs: NumberIsFinite(waitMs) && waitMs > 0 ? waitMs : 0,
    newest: batch.clock === undefined ? noWatermark : batch.clock.newest
  }
}

function putRecord(batch: SourceBatch, record: unknown, place: number): void {
  batch.tally.recordsIn += 1
  batch.outputs.mark()
  try {
    if (!isObject(record) || !hasOwn(record, "value"))
      throw new TypeErrorOf("a source's record must have a value")
    const timestamp = record["timestamp"] ?? batch.now
    if (!NumberIsSafeInteger(timestamp))
      throw new TypeErrorOf("a record's timestamp must be a whole number of milliseconds")
    const watermark = watermarkOf(batch.clock)
    const headers = headersOf(record["headers"])
    const begun =
      place === 0 && batch.traceparent !== null ? withTrace(headers, batch.traceparent) : undefined
    const key = record["key"] ?? null
    if (key !== null && (record["value"] !== null || !isBytes(key)))
      throw new TypeErrorOf("only a record without a value has a key of its own, which is bytes")
    batch.outputs.putNew(0, record["value"], timestamp, begun ?? headers, place, watermark, key)
    batch.outputs.checkBudget()
    batch.tally.recordsOut += 1
    batch.tally.handled += 1
    if (begun !== undefined && batch.traceparent !== null) batch.traces.begun(batch.traceparent)
    if (batch.clock !== undefined && timestamp > batch.clock.newest) batch.clock.newest = timestamp
  } catch (error) {
    batch.outputs.rollback()
    if (isOverflow(error)) throw error
    batch.failed.addRejected(place, toFailure(error, "RECORD_INVALID"), "")
  }
}

/** Undefined where the record is of a trace already. */
function withTrace(
  headers: (readonly [string, Uint8Array])[] | undefined,
  traceparent: string
): (readonly [string, Uint8Array])[] | undefined {
  const all: (readonly [string, Uint8Array])[] = []
  for (let i = 0; headers !== undefined && i < headers.length; i++) {
    if (headers[i][0] === traceHeader) return undefined
    all[i] = headers[i]
  }
  all[all.length] = [traceHeader, asciiBytes(traceparent)]
  return all
}

/** What a record is judged late by: the newest before it less what may be out of order. */
function watermarkOf(clock: SourceClock | undefined): number {
  return clock === undefined ? noWatermark : clock.newest - clock.outOfOrdernessMs
}

function headersOf(headers: unknown): (readonly [string, Uint8Array])[] | undefined {
  if (headers === undefined) return undefined
  if (!ArrayIsArray(headers)) throw new TypeErrorOf("a record's headers must be an array")
  const list: (readonly [string, Uint8Array])[] = []
  for (let i = 0; i < headers.length; i++) {
    const header = headers[i]
    if (!ArrayIsArray(header)) throw new TypeErrorOf("a header must be a pair of name and bytes")
    const name = header[0]
    const value = header[1]
    if (typeof name !== "string" || !isBytes(value))
      throw new TypeErrorOf("a header must be a pair of name and bytes")
    list[i] = [name, value]
  }
  return list
}

function putRejected(batch: SourceBatch, rejected: unknown, place: number): void {
  batch.tally.recordsIn += 1
  const at = isObject(rejected) ? rejected["at"] : undefined
  const reason = isObject(rejected) ? rejected["reason"] : undefined
  const raw = isObject(rejected) ? rejected["raw"] : undefined
  const where = typeof at === "string" && at !== "" ? at + ": " : ""
  const failure = toFailure(
    where + (typeof reason === "string" ? reason : "rejected by the source"),
    "RECORD_INVALID"
  )
  batch.failed.addRejected(place, failure, typeof raw === "string" ? raw : "")
}

export function writeSourceEnd(report: JsonWriter, end: SourceEnd): void {
  report.name("source").open("{").name("positionJson").string(end.positionJson)
  if (end.newest !== noWatermark) report.name("newest").number(end.newest)
  report.name("next").string(end.next).name("waitMs").number(end.waitMs).close("}")
}

/** A source's or sink's own failure ends the call. */
export function asRunFailure(error: unknown): unknown {
  if (error instanceof RunFailure || isOverflow(error)) return error
  return new RunFailure(toFailure(error, "PLUGIN_FAILED"), -1, isTransient(error))
}

/** The names that a source's `partitions` answered. Throws a TypeError for anything but a list of different names. */
export function readPartitions(answer: unknown): string[] {
  if (!ArrayIsArray(answer) || answer.length > 10_000)
    throw new TypeErrorOf("a source's partitions must be a list of at most 10000 names")
  const names: string[] = []
  for (let i = 0; i < answer.length; i++) {
    const name = answer[i]
    if (typeof name !== "string" || name.length > 1024)
      throw new TypeErrorOf("a source's partition must be a name")
    names[i] = name
  }
  return names
}
