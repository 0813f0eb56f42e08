import { ByteSink, FrameFault, maxFrameBytes } from "@millrace/sdk/record"
import type { BatchCursor } from "@millrace/sdk/record"
import type { GuestKey, GuestPass, GuestView, GuestWriter } from "./codec-shape.ts"
import { OutputFrame } from "./output-frame.ts"
import { makeList, TypeErrorOf, Uint32ArrayOf } from "../realm/primordials.ts"
import type { Stamp } from "./record-in-hand.ts"

export interface OutputDefinition {
  readonly name: string
  readonly schemaHash: Uint8Array
  /** Absent where the input's view writes the value. */
  readonly writer: GuestWriter | undefined
  /** Absent where the input's key stays. */
  readonly key: GuestKey | undefined
}

/** A patch that does not fit is work for nothing: of results that fit only now and then, none is tried for the rest of a call. */
const mostPatchScore = 16
const missedPatch = 4

/** A frame's header, and what is around a record's value at most but for its key and headers, twice and more. */
const passHeadBytes = 256

/** Thrown when the call's outputs outgrow their budget: the batch is then run again in parts. */
export class OutputOverflow {
  readonly isOverflow = true
}

/** One result as it will stand in a frame, kept until it is its turn. */
export interface WrittenResult {
  readonly output: number
  /** undefined: as the input's. */
  readonly key: Uint8Array | null | undefined
  /** undefined: the input's record as it is. */
  readonly value: Uint8Array | undefined
  /** undefined: the input's time. */
  readonly stamp: Stamp | undefined
}

/** Frames in the making, one per output of a node. */
export class OutputSet {
  readonly definitions: readonly OutputDefinition[]
  private readonly frames: OutputFrame[] = makeList()
  private readonly scratch: ByteSink = new ByteSink(maxFrameBytes, 1024)
  readonly maxBytes: number
  /** The first output's, which most nodes have alone; of a node without outputs one that stays empty. */
  private readonly first: OutputFrame
  /** Bytes of a record of a pass, with what it becomes: more than this may be over some limit in between. */
  private readonly mostPassed: number
  /** Above 0 while results are found to fit into copies of their records. */
  private patchScore = 0
  /** Origins of the first output's records, where the next node needs them. */
  private origins: Uint32Array | undefined = undefined

  constructor(definitions: readonly OutputDefinition[], maxBytes: number) {
    this.definitions = definitions
    this.maxBytes = maxBytes
    this.mostPassed = (maxBytes < maxFrameBytes ? maxBytes : maxFrameBytes) - passHeadBytes
    for (let i = 0; i < definitions.length; i++) this.frames[i] = new OutputFrame(1_024)
    this.first = definitions.length === 0 ? new OutputFrame(0) : this.frames[0]
  }

  /** `sources`: the call's frames, of which outputs may be given as edits; undefined: outputs are written whole. */
  begin(
    baseTimestamp: number | undefined,
    wantsOrigins: boolean,
    sources: readonly Uint8Array[] | undefined
  ): void {
    for (let i = 0; i < this.frames.length; i++)
      this.frames[i].begin(this.definitions[i].schemaHash, baseTimestamp, sources)
    this.origins = wantsOrigins ? new Uint32ArrayOf(1024) : undefined
    this.patchScore = mostPatchScore
  }

  indexOf(name: string): number {
    for (let i = 0; i < this.definitions.length; i++) if (this.definitions[i].name === name) return i
    return -1
  }

  /** Remembers where each frame stands; {@link rollback} goes back to it. */
  mark(): void {
    this.first.mark()
    for (let i = 1; i < this.frames.length; i++) this.frames[i].mark()
  }

  rollback(): void {
    this.first.rollback()
    for (let i = 1; i < this.frames.length; i++) this.frames[i].rollback()
  }

  /** Records written since the mark. */
  sinceMark(): number {
    let count = this.first.sinceMark()
    for (let i = 1; i < this.frames.length; i++) count += this.frames[i].sinceMark()
    return count
  }

  /** Throws an {@link OutputOverflow} when all frames together are over the budget. */
  checkBudget(): void {
    if (this.byteLength() > this.maxBytes) throw new OutputOverflow()
  }

  /** A quarter of the budget is taken: what can wait for another call should. */
  isFilling(): boolean {
    return this.byteLength() * 4 > this.maxBytes
  }

  private byteLength(): number {
    let bytes = this.first.byteLength
    for (let i = 1; i < this.frames.length; i++) bytes += this.frames[i].byteLength
    return bytes
  }

  /** The cursor's record as it is, by the first output. */
  pass(cursor: BatchCursor, origin: number): void {
    const key = this.definitions[0].key
    if (key === undefined || cursor.isTombstone) this.frames[0].pass(cursor)
    else
      this.copyValue(
        0,
        cursor,
        key.key(cursor.frame, cursor.valueStart, cursor.valueEnd),
        cursor.frame,
        cursor.valueStart,
        cursor.valueEnd
      )
    this.noteOrigin(0, origin)
  }

  /** The cursor's record, which is a delete, by any output whose key is the record's. */
  putDelete(index: number, cursor: BatchCursor, origin: number): void {
    const { key, name } = this.definitions[index]
    if (key !== undefined)
      throw new TypeErrorOf(
        "the output " + name + " has a key of its own: answer tombstone(value) for a delete"
      )
    this.frames[index].pass(cursor)
    this.noteOrigin(index, origin)
  }

  /** A result of the body for the cursor's record. */
  put(index: number, view: GuestView, cursor: BatchCursor, result: unknown, origin: number): void {
    const definition = this.definitions[index]
    const { writer } = this.frames[index]
    if (definition.key !== undefined) {
      this.scratch.length = 0
      writeLast(definition, view, cursor, result, this.scratch)
      const bytes = this.scratch.toBytes()
      this.copyValue(index, cursor, definition.key.key(bytes, 0, bytes.length), bytes, 0, bytes.length)
    } else if (!this.patch(index, view, cursor, result)) {
      writer.beginLike(cursor)
      writeLast(definition, view, cursor, result, writer.sink)
      writer.endRecord()
    }
    this.noteOrigin(index, origin)
  }

  /** What a pass gives for the cursor's record, which it ran last; false where it cannot be written. Throws an {@link OutputOverflow}. */
  putPassed(pass: GuestPass, cursor: BatchCursor, origin: number): boolean {
    if (pass.isWhole) this.first.pass(cursor)
    else {
      const { writer } = this.first
      const begun = writer.sink.length
      writer.beginLike(cursor)
      if (!pass.write(cursor.frame, writer.sink)) return false
      writer.endRecord()
      // What a node in the middle gives has no more bytes than both: it would be checked against the same limits.
      const written = writer.sink.length - begun
      if (!(written > 0 && cursor.end - cursor.start + written < this.mostPassed)) return false
    }
    this.noteOrigin(0, origin)
    this.checkBudget()
    return true
  }

  /** Takes the record over with what the body changed, which is the least work; false where that is not possible. */
  private patch(index: number, view: GuestView, cursor: BatchCursor, result: unknown): boolean {
    const { patchLast } = view
    if (this.patchScore <= 0 || patchLast === undefined || cursor.isTombstone) return false
    const frame = this.frames[index]
    const isEchoed = view.echoLast !== undefined
    if ((this.definitions[index].writer !== undefined && !isEchoed) || !frame.canCarry(cursor)) return false
    if (frame.carry(cursor, patchLast, result, this.scratch)) {
      if (this.patchScore < mostPatchScore) this.patchScore += 1
      return true
    }
    this.patchScore -= missedPatch
    return false
  }

  /** As {@link put}, with a time of its own. */
  putStamped(
    index: number,
    view: GuestView,
    cursor: BatchCursor,
    result: unknown,
    origin: number,
    stamp: Stamp
  ): void {
    const definition = this.definitions[index]
    this.scratch.length = 0
    writeLast(definition, view, cursor, result, this.scratch)
    const value = this.scratch.toBytes()
    const key = definition.key?.key(value, 0, value.length)
    this.putPrepared({ output: index, key, value, stamp }, cursor, origin)
  }

  /** Writes a result ahead of its turn, from the places of its record. */
  prepare(
    index: number,
    view: GuestView,
    frame: Uint8Array,
    start: number,
    end: number,
    result: unknown,
    stamp: Stamp | undefined
  ): WrittenResult {
    const definition = this.definitions[index]
    const value = this.writeResult(definition, view, frame, start, end, result)
    return { output: index, key: definition.key?.key(value, 0, value.length), value, stamp }
  }

  /** Puts a prepared result in its place; the cursor stands at its record. */
  putPrepared(written: WrittenResult, cursor: BatchCursor, origin: number): void {
    if (written.value === undefined) this.pass(cursor, origin)
    else if (written.stamp !== undefined) {
      const { timestamp, watermark } = written.stamp
      const key = written.key === undefined ? cursor.key() : written.key
      const value = written.stamp.isDelete ? null : written.value
      this.frames[written.output].writer.append({ timestamp, watermark, key }, value)
      this.noteOrigin(written.output, origin)
    } else {
      this.copyValue(written.output, cursor, written.key, written.value, 0, written.value.length)
      this.noteOrigin(written.output, origin)
    }
  }

  /** A record that a source made; `deleted`: where the value is null, the key of the delete. */
  putNew(
    index: number,
    value: unknown,
    timestamp: number,
    headers: readonly (readonly [string, Uint8Array])[] | undefined,
    origin: number,
    watermark: number,
    deleted: Uint8Array | null
  ): void {
    const definition = this.definitions[index]
    const parts = headers === undefined ? { watermark } : { watermark, headers }
    if (value === null) {
      this.frames[index].writer.append({ timestamp, key: deleted, ...parts }, null)
    } else {
      if (definition.writer === undefined) throw new TypeErrorOf("this output has no writer")
      this.scratch.length = 0
      definition.writer.write(value, this.scratch)
      const bytes = this.scratch.toBytes()
      const key = definition.key === undefined ? null : definition.key.key(bytes, 0, bytes.length)
      this.frames[index].writer.append({ timestamp, key, ...parts }, bytes)
    }
    this.noteOrigin(index, origin)
  }

  private writeResult(
    definition: OutputDefinition,
    view: GuestView,
    frame: Uint8Array,
    start: number,
    end: number,
    result: unknown
  ): Uint8Array {
    this.scratch.length = 0
    writeTo(definition, view, frame, start, end, result, this.scratch)
    return this.scratch.toBytes()
  }

  private copyValue(
    index: number,
    cursor: BatchCursor,
    key: Uint8Array | null | undefined,
    bytes: Uint8Array,
    start: number,
    end: number
  ): void {
    const { writer } = this.frames[index]
    writer.beginLike(cursor, key)
    writer.sink.copy(bytes, start, end)
    writer.endRecord()
  }

  private noteOrigin(index: number, origin: number): void {
    if (this.origins === undefined || index !== 0) return
    const place = this.frames[0].count - 1
    if (place >= this.origins.length) {
      const grown = new Uint32ArrayOf((place + 1) * 2)
      grown.set(this.origins)
      this.origins = grown
    }
    this.origins[place < 0 ? 0 : place] = origin
  }

  /** Of an output: what has records has something to {@link OutputFrame.finish}. */
  frame(index: number): OutputFrame {
    return this.frames[index]
  }

  takeOrigins(): Uint8Array | undefined {
    if (this.origins === undefined) return undefined
    const used = this.origins.slice(0, this.frames[0].count)
    return new Uint8Array(used.buffer)
  }
}

/** For the record that the view read last. */
function writeLast(
  definition: OutputDefinition,
  view: GuestView,
  cursor: BatchCursor,
  result: unknown,
  sink: ByteSink
): void {
  // A delete has no value that could have been read.
  if (view.echoLast !== undefined && !cursor.isTombstone) view.echoLast(cursor.frame, result, sink)
  else if (definition.writer !== undefined) definition.writer.write(result, sink)
  else if (view.spliceLast !== undefined) view.spliceLast(cursor.frame, result, sink)
  else sink.copy(cursor.frame, cursor.valueStart, cursor.valueEnd)
}

function writeTo(
  definition: OutputDefinition,
  view: GuestView,
  frame: Uint8Array,
  start: number,
  end: number,
  result: unknown,
  sink: ByteSink
): void {
  if (definition.writer !== undefined) definition.writer.write(result, sink)
  else if (view.splice !== undefined) view.splice(frame, start, end, result, sink)
  else sink.copy(frame, start, end)
}

/** True when an error says that a frame or the call's budget is full. */
export function isOverflow(error: unknown): boolean {
  return error instanceof OutputOverflow || (error instanceof FrameFault && error.code === "TOO_LARGE")
}
