import { randomBytes } from "node:crypto"
import { closeSync, existsSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { questionAreas } from "../protocol/mapped-area.ts"
import type { MappedArea } from "../protocol/mapped-area.ts"
import {
  answerArea,
  leastMappedBytes,
  questionArea,
  sharedFileBytes,
  stageMark
} from "../protocol/shared-layout.ts"
import type { SharedPages } from "../protocol/native-module.ts"

/**
 * The file that a worker shares with one sandbox process: without a name, so that it goes with the last descriptor. Large questions
 * are written where both sides have mapped it, and answers to them stand there; all else is written and read. Where nothing can be
 * mapped it is a file in memory where the platform has a tmpfs.
 */
export class SharedMemory {
  readonly descriptor: number
  private readonly mark = Buffer.alloc(4)
  /** Of questions, by turn; none where nothing can be mapped. */
  private mapped: readonly MappedArea[]

  constructor(pages: SharedPages | undefined) {
    const sealed = pages === undefined ? undefined : createSealed(pages)
    this.descriptor = sealed ?? createFile()
    this.mapped = pages === undefined || sealed === undefined ? [] : questionAreas(pages, sealed)
  }

  /** Writes a question's sections, which have room for together (`areaBytes`). `isCall`: they are a call's frames. */
  write(turn: number, sections: readonly Uint8Array[], isCall: boolean): void {
    const total = sections.reduce((sum, { length }) => sum + length, 0)
    const area = !isCall || total < leastMappedBytes ? undefined : this.mapped[turn]?.widen(total)
    let at = area === undefined ? questionArea(turn) : 0
    for (const section of sections) {
      if (area === undefined) this.writeAt(at, section)
      else area.set(section, at)
      at += section.length
    }
  }

  private writeAt(at: number, section: Uint8Array): void {
    let written = 0
    while (written < section.length) {
      written += writeSync(this.descriptor, section, written, section.length - written, at + written)
    }
  }

  /**
   * Copies of an answer's sections: INVARIANT: what is checked is the copy, which the process cannot change. `places`: of those that
   * stand in the question's area where. Undefined when the file is too short, or the area is not one that both have.
   */
  read(
    turn: number,
    lengths: readonly number[],
    places: readonly number[]
  ): readonly Uint8Array[] | undefined {
    let at = answerArea(turn)
    const sections: Uint8Array[] = []
    for (const [number, length] of lengths.entries()) {
      // Not zeroed: all of it is overwritten before anyone sees it.
      const bytes = Buffer.allocUnsafeSlow(length)
      const place = places[number] ?? -1
      if (place < 0) {
        if (!this.readAt(at, bytes)) return undefined
        at += length
      } else {
        const area = this.mapped[turn]?.widen(place + length)
        if (area === undefined) return undefined
        bytes.set(area.subarray(place, place + length))
      }
      sections.push(new Uint8Array(bytes.buffer))
    }
    return sections
  }

  private readAt(at: number, bytes: Uint8Array): boolean {
    let read = 0
    while (read < bytes.length) {
      const more = readSync(this.descriptor, bytes, read, bytes.length - read, at + read)
      if (more === 0) return false
      read += more
    }
    return true
  }

  /** The node that the process was in; -1: none. */
  stage(): number {
    const read = readSync(this.descriptor, this.mark, 0, 4, stageMark)
    return read === 4 ? this.mark.readUInt32LE(0) - 1 : -1
  }

  /** Whether the process can map what it shares. */
  get isMapped(): boolean {
    return this.mapped.length > 0
  }

  close(): void {
    for (const area of this.mapped) area.close()
    this.mapped = []
    closeSync(this.descriptor)
  }
}

/** Undefined where the kernel refuses, as an old one does. */
function createSealed(pages: SharedPages): number | undefined {
  try {
    return pages.create(sharedFileBytes)
  } catch {
    return undefined
  }
}

function createFile(): number {
  const folder = existsSync("/dev/shm") ? "/dev/shm" : tmpdir()
  const path = join(folder, `millrace-${randomBytes(12).toString("hex")}`)
  const descriptor = openSync(path, "wx+", 0o600)
  unlinkSync(path)
  ftruncateSync(descriptor, sharedFileBytes)
  return descriptor
}
