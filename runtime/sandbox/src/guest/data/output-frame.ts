import {
  BatchWriter,
  ByteSink,
  copyBytes,
  FrameFault,
  frameHeaderBytes,
  maxFrameBytes
} from "@millrace/sdk/record"
import type { BatchCursor } from "@millrace/sdk/record"
import { mostPatchBytes, patchPlaceBits, writtenPiece } from "./edits-layout.ts"
import { makeList, Uint32ArrayOf, Uint8ArrayOf } from "../realm/primordials.ts"
import type { GuestPatchTarget, GuestView } from "./codec-shape.ts"

type PatchLast = NonNullable<GuestView["patchLast"]>

/**
 * An output's frame in the making. Where the worker has the frames that the call was given, the records that come over from them as they
 * are, or nearly, are not copied but told by their places: the frame is then given as edits of those.
 */
export class OutputFrame implements GuestPatchTarget {
  /** Of the whole frame, or of what is written anew; its count is of all records. */
  readonly writer: BatchWriter
  /** Bytes of records that are told by their places. */
  private carried = 0
  /** The frames that the call was given; undefined: all is written. */
  private sources: readonly Uint8Array[] | undefined = undefined
  /** The one that a record came from last, and where it begins in all of them. */
  private source: Uint8Array | undefined = undefined
  private sourceStart = 0
  /** Two numbers for each: where it begins in the sources, and its bytes. */
  private pieces: Uint32Array = new Uint32ArrayOf(64)
  private pieceWords = 0
  /** How much of what the writer has is in pieces. */
  private placed = frameHeaderBytes
  private patches: Uint32Array = new Uint32ArrayOf(64)
  private patchCount = 0
  private readonly patched: ByteSink = new ByteSink(maxFrameBytes, 256)
  private readonly marked: Mark = new Mark()

  constructor(initialBytes: number) {
    this.writer = new BatchWriter(maxFrameBytes, initialBytes)
  }

  begin(
    schemaHash: Uint8Array,
    baseTimestamp: number | undefined,
    sources: readonly Uint8Array[] | undefined
  ): void {
    this.writer.begin(schemaHash, baseTimestamp)
    this.sources = sources
    this.source = undefined
    this.carried = 0
    this.pieceWords = 0
    this.placed = frameHeaderBytes
    this.patchCount = 0
    this.patched.length = 0
  }

  /** Bytes of the frame so far. */
  get byteLength(): number {
    return this.writer.sink.length + this.carried
  }

  get count(): number {
    return this.writer.count
  }

  /** Remembers where the frame stands; {@link rollback} goes back to it. */
  mark(): void {
    const mark = this.marked
    mark.length = this.writer.sink.length
    mark.count = this.writer.count
    if (this.sources === undefined) return
    mark.carried = this.carried
    mark.pieceWords = this.pieceWords
    mark.lastBytes = this.pieceWords === 0 ? 0 : this.pieces[this.pieceWords - 1]
    mark.placed = this.placed
    mark.patchCount = this.patchCount
    mark.patchedBytes = this.patched.length
  }

  rollback(): void {
    const mark = this.marked
    this.writer.cutTo(mark.length, mark.count)
    if (this.sources === undefined) return
    this.carried = mark.carried
    this.pieceWords = mark.pieceWords
    if (mark.pieceWords > 0) this.pieces[mark.pieceWords - 1] = mark.lastBytes
    this.placed = mark.placed
    this.patchCount = mark.patchCount
    this.patched.length = mark.patchedBytes
  }

  /** Records since the mark. */
  sinceMark(): number {
    return this.writer.count - this.marked.count
  }

  /** The cursor's record, whatever it is. */
  pass(cursor: BatchCursor): void {
    if (this.canTell(cursor)) this.tell(cursor)
    else this.writer.appendRaw(cursor)
  }

  /** Whether {@link carry} takes the cursor's record. */
  canCarry(cursor: BatchCursor): boolean {
    return this.writer.hasBaseOf(cursor)
  }

  /**
   * Takes the cursor's record over, which the view read last and {@link canCarry} allows, with what the result changes in it. Answers
   * false, and takes nothing, where that does not fit.
   */
  carry(cursor: BatchCursor, change: PatchLast, result: unknown, scratch: ByteSink): boolean {
    if (!this.canTell(cursor)) {
      const { count, sink } = this.writer
      const { length } = sink
      if (change(result, scratch, this, this.writer.carry(cursor))) return true
      this.writer.cutTo(length, count)
      return false
    }
    const { patchCount } = this
    const { length } = this.patched
    if (change(result, scratch, this, this.byteLength - cursor.start)) {
      this.tell(cursor)
      return true
    }
    this.patchCount = patchCount
    this.patched.length = length
    return false
  }

  patch(at: number, part: ByteSink): void {
    const size = part.length
    if (this.sources === undefined) {
      copyBytes(part.bytes, 0, size, this.writer.sink.bytes, at)
      return
    }
    this.patched.copy(part.bytes, 0, size)
    for (let done = 0; done < size; done += mostPatchBytes) {
      const bytes = size - done < mostPatchBytes ? size - done : mostPatchBytes
      if (this.patchCount === this.patches.length) this.patches = grown(this.patches)
      this.patches[this.patchCount++] = (bytes << patchPlaceBits) | (at + done)
    }
  }

  /** Whether {@link finish} gives edits. */
  get isEdits(): boolean {
    return this.carried > 0
  }

  /** The frame, where it stands until the next call begins, or its edits. Throws a FrameFault `TOO_LARGE`. */
  finish(): Uint8Array {
    const frame = this.writer.finishInPlace()
    const length = this.byteLength
    if (length > maxFrameBytes)
      throw new FrameFault("TOO_LARGE", frame.length, "more than " + maxFrameBytes + " bytes")
    if (!this.isEdits) return frame
    this.writer.sink.view.setUint32(4, length, true)
    this.placeWritten()
    const head = new Uint32ArrayOf(4)
    head[0] = this.pieceWords / 2
    head[1] = this.patchCount
    head[2] = frame.length - frameHeaderBytes
    head[3] = this.patched.length
    const parts = makeList<Uint8Array>()
    parts[0] = frame.subarray(0, frameHeaderBytes)
    parts[1] = bytesOf(head, 4)
    parts[2] = bytesOf(this.pieces, this.pieceWords)
    parts[3] = bytesOf(this.patches, this.patchCount)
    parts[4] = frame.subarray(frameHeaderBytes)
    parts[5] = this.patched.bytes.subarray(0, this.patched.length)
    let size = 0
    for (let i = 0; i < parts.length; i++) size += parts[i].length
    const edits = new Uint8ArrayOf(size)
    let at = 0
    for (let i = 0; i < parts.length; i++) {
      edits.set(parts[i], at)
      at += parts[i].length
    }
    return edits
  }

  /** Whether the worker has the cursor's record as it would stand here. */
  private canTell(cursor: BatchCursor): boolean {
    if (this.sources === undefined || !this.writer.hasBaseOf(cursor)) return false
    return cursor.frame === this.source || this.findSource(cursor.frame)
  }

  private findSource(frame: Uint8Array): boolean {
    let start = 0
    for (let i = 0; this.sources !== undefined && i < this.sources.length; i++) {
      if (this.sources[i] === frame) {
        this.source = frame
        this.sourceStart = start
        return true
      }
      start += this.sources[i].length
    }
    return false
  }

  private tell(cursor: BatchCursor): void {
    const start = this.sourceStart + cursor.start
    const bytes = cursor.end - cursor.start
    const last = this.pieceWords - 2
    const isNext =
      last >= 0 &&
      this.placed === this.writer.sink.length &&
      this.pieces[last] + this.pieces[last + 1] === start
    if (isNext) this.pieces[last + 1] += bytes
    else {
      this.placeWritten()
      this.piece(start, bytes)
    }
    this.carried += bytes
    this.writer.count += 1
  }

  private placeWritten(): void {
    const { length } = this.writer.sink
    if (length > this.placed) this.piece(writtenPiece, length - this.placed)
    this.placed = length
  }

  private piece(start: number, bytes: number): void {
    if (this.pieceWords === this.pieces.length) this.pieces = grown(this.pieces)
    this.pieces[this.pieceWords] = start
    this.pieces[this.pieceWords + 1] = bytes
    this.pieceWords += 2
  }
}

class Mark {
  length = 0
  count = 0
  carried = 0
  pieceWords = 0
  lastBytes = 0
  placed = 0
  patchCount = 0
  patchedBytes = 0
}

function grown(words: Uint32Array): Uint32Array {
  const more = new Uint32ArrayOf(words.length * 2)
  more.set(words)
  return more
}

function bytesOf(words: Uint32Array, count: number): Uint8Array {
  return new Uint8ArrayOf(words.buffer, 0, count * 4)
}
