import { readSync, writeSync } from "node:fs"
import { answerArea, areaBytes, maxSections, questionArea, stageMark } from "../protocol/shared-layout.ts"

const sharedFile = 4
const mark = Buffer.alloc(4)

/** Reads a question's sections, each into a buffer of its own that can be moved into a guest. */
export function readSections(lengths: readonly number[]): Uint8Array[] {
  let at = questionArea
  const sections: Uint8Array[] = []
  for (const length of lengths) {
    if (at + length > questionArea + areaBytes) throw new Error("sections beyond the area")
    // Not zeroed: INVARIANT: all of it is overwritten before anyone sees it.
    const bytes = Buffer.allocUnsafeSlow(length)
    let read = 0
    while (read < length) {
      const more = readSync(sharedFile, bytes, read, length - read, at + read)
      if (more === 0) throw new Error("the shared file is too short")
      read += more
    }
    sections.push(new Uint8Array(bytes.buffer))
    at += length
  }
  return sections
}

/** Writes an answer's sections as they come. */
export class SectionWriter {
  readonly lengths: number[] = []
  private at = answerArea

  /** Answers the section's number. */
  add(bytes: Uint8Array): number {
    if (this.at + bytes.length > answerArea + areaBytes || this.lengths.length >= maxSections)
      throw new Error("too much to answer")
    let written = 0
    while (written < bytes.length) {
      written += writeSync(sharedFile, bytes, written, bytes.length - written, this.at + written)
    }
    this.at += bytes.length
    this.lengths.push(bytes.length)
    return this.lengths.length - 1
  }
}

/** Says which node is about to run; -1: none. */
export function markStage(stage: number): void {
  mark.writeUInt32LE(stage + 1, 0)
  writeSync(sharedFile, mark, 0, 4, stageMark)
}
