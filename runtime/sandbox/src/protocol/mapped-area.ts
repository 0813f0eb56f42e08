import { areaBytes, questionArea, questionsAtOnce } from "./shared-layout.ts"
import type { SharedPages } from "./native-module.ts"

/** It counts as much in the isolate that has it. */
const stepBytes = 512 * 1024

/** The beginning of an area of the shared file, mapped: as much of it as was needed at most. */
export class MappedArea {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  private readonly pages: SharedPages
  private readonly descriptor: number
  private readonly at: number

  constructor(pages: SharedPages, descriptor: number, at: number) {
    this.pages = pages
    this.descriptor = descriptor
    this.at = at
  }

  /** Maps so much of it at least, and answers what is mapped. */
  widen(needed: number): Uint8Array {
    if (needed <= this.bytes.length) return this.bytes
    const size = Math.min(areaBytes, Math.ceil((needed * 1.25) / stepBytes) * stepBytes)
    this.close()
    this.bytes = new Uint8Array(this.pages.map(this.descriptor, this.at, size))
    return this.bytes
  }

  /** So much of it once more, for whoever is to have it as its own. */
  again(bytes: number): ArrayBuffer {
    return this.pages.map(this.descriptor, this.at, bytes)
  }

  /** Gives the mapping back now, and not when V8 finds that nobody has it: it keeps all pages of the file. */
  close(): void {
    this.bytes.buffer.transfer(0)
    this.bytes = new Uint8Array(0)
  }
}

/** Of a shared file the areas of questions, by turn. */
export function questionAreas(pages: SharedPages, descriptor: number): readonly MappedArea[] {
  const turns = Array.from({ length: questionsAtOnce }, (_, turn) => turn)
  return turns.map((turn) => new MappedArea(pages, descriptor, questionArea(turn)))
}
