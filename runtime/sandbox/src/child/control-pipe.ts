import { readSync, writeSync } from "node:fs"
import { maxControlBytes } from "../protocol/shared-layout.ts"

/**
 * Blocking control frames on the process's pipes: u32 LE length of what follows, u32 LE turn, u32 LE number of sections, their u32 LE
 * lengths, JSON.
 */
export interface ControlFrame {
  /** Which areas of the shared file are the question's. */
  readonly turn: number
  readonly json: string
  readonly sections: readonly number[]
}

const questionPipe = 0
const answerPipe = 3

/** Waits for the next frame; undefined when the worker has closed the pipe. */
export function readControl(): ControlFrame | undefined {
  const head = readExactly(4)
  if (head === undefined) return undefined
  const size = head.readUInt32LE(0)
  if (size < 8 || size > maxControlBytes) throw new Error("a control frame of " + size + " bytes")
  const body = readExactly(size)
  if (body === undefined) return undefined
  const turn = body.readUInt32LE(0)
  const count = body.readUInt32LE(4)
  const sections: number[] = []
  for (let i = 0; i < count; i++) sections.push(body.readUInt32LE(8 + 4 * i))
  return { json: body.toString("utf8", 8 + 4 * count), sections, turn }
}

export function writeControl(json: string): void {
  const text = Buffer.from(json, "utf8")
  const frame = Buffer.allocUnsafe(4 + text.length)
  frame.writeUInt32LE(text.length, 0)
  text.copy(frame, 4)
  let at = 0
  while (at < frame.length) at += writeSync(answerPipe, frame, at)
}

function readExactly(size: number): Buffer | undefined {
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  while (at < size) {
    const read = readSync(questionPipe, bytes, at, size - at, null)
    if (read === 0) return undefined
    at += read
  }
  return bytes
}
