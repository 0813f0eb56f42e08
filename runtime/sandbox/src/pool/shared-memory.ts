import { randomBytes } from "node:crypto"
import { closeSync, existsSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { answerArea, questionArea, sharedFileBytes, stageMark } from "../protocol/shared-layout.ts"

/**
 * The file that a worker shares with one sandbox process: in memory where the platform has a tmpfs, and without a name, so
 * that it goes with the last descriptor.
 */
export class SharedMemory {
  readonly descriptor: number
  private readonly mark = Buffer.alloc(4)

  constructor() {
    const folder = existsSync("/dev/shm") ? "/dev/shm" : tmpdir()
    const path = join(folder, `millrace-${randomBytes(12).toString("hex")}`)
    this.descriptor = openSync(path, "wx+", 0o600)
    unlinkSync(path)
    ftruncateSync(this.descriptor, sharedFileBytes)
  }

  /** Writes a question's sections, which have room for together (`areaBytes`). */
  write(turn: number, sections: readonly Uint8Array[]): void {
    let at = questionArea(turn)
    for (const section of sections) {
      let written = 0
      while (written < section.length) {
        written += writeSync(this.descriptor, section, written, section.length - written, at + written)
      }
      at += section.length
    }
  }

  /** Copies of an answer's sections: INVARIANT: what is checked is the copy, which the process cannot change. Undefined when the file is too short. */
  read(turn: number, lengths: readonly number[]): readonly Uint8Array[] | undefined {
    let at = answerArea(turn)
    const sections: Uint8Array[] = []
    for (const length of lengths) {
      const bytes = Buffer.allocUnsafeSlow(length)
      let read = 0
      while (read < length) {
        const more = readSync(this.descriptor, bytes, read, length - read, at + read)
        if (more === 0) return undefined
        read += more
      }
      sections.push(new Uint8Array(bytes.buffer))
      at += length
    }
    return sections
  }

  /** The node that the process was in; -1: none. */
  stage(): number {
    const read = readSync(this.descriptor, this.mark, 0, 4, stageMark)
    return read === 4 ? this.mark.readUInt32LE(0) - 1 : -1
  }

  close(): void {
    closeSync(this.descriptor)
  }
}
