import type { ByteSink } from "../record/byte-sink.ts"
import { putZigzag } from "../record/varint.ts"

/**
 * The texts that were read last, with the bytes that they were read from. Most of what a body is given it gives on: such a text is
 * not encoded but copied. Equal texts have equal bytes, so that it is no matter which record one came from.
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */

/** A shorter text is encoded as fast as it is found; of longer ones not so much is to be held. */
const leastUnits = 16
const mostUnits = 1_024
/** By the text's length: fields of one record seldom have the same. */
const slots = 64

const nothingRead = new Uint8Array(0)
const texts: string[] = []
const starts = new Uint32Array(slots)
const ends = new Uint32Array(slots)
/** Of the run of bytes that a slot's places are of; any other than `run` is of bytes that are gone. */
const runs = new Uint32Array(slots)
let run = 1
let bytes: Uint8Array = nothingRead
let view: DataView = new DataView(nothingRead.buffer)

for (let i = 0; i < slots; i++) texts[i] = ""

/**
 * Remembers a text that was read from `source[start, end)`, which `over` spans. INVARIANT: nobody changes these bytes while anyone
 * holds them: a frame's are such, those of a sink are not.
 */
export function rememberText(
  text: string,
  source: Uint8Array,
  over: DataView,
  start: number,
  end: number
): void {
  const units = text.length
  if (units < leastUnits || units > mostUnits) return
  if (source !== bytes) {
    bytes = source
    view = over
    run = (run + 1) >>> 0
  }
  const slot = units & (slots - 1)
  texts[slot] = text
  starts[slot] = start
  ends[slot] = end
  runs[slot] = run
}

/** Forgets all texts: their bytes may change from now on. */
export function forgetTexts(): void {
  bytes = nothingRead
  run = (run + 1) >>> 0
}

/** Writes the text, its length before it, if it is one that was read last. */
export function putKnownText(sink: ByteSink, text: string): boolean {
  const slot = text.length & (slots - 1)
  if (runs[slot] !== run || text.length < leastUnits || texts[slot] !== text) return false
  const start = starts[slot]
  const end = ends[slot]
  sink.ensure(10)
  sink.length = putZigzag(sink.bytes, sink.length, end - start)
  sink.copyWords(bytes, view, start, end)
  return true
}
