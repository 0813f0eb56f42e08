import { readSync, writeSync } from "node:fs"
import { MappedWindow } from "./frame-window.ts"
import type { FrameWindow } from "./frame-window.ts"
import { questionAreas } from "../protocol/mapped-area.ts"
import {
  answerArea,
  areaBytes,
  markBytes,
  maxSections,
  questionArea,
  stageMark
} from "../protocol/shared-layout.ts"
import type { SharedPages } from "../protocol/native-module.ts"

const sharedFile = 4
const mark = Buffer.alloc(4)
let mappedMark: Uint32Array | undefined
let turnInHand = 0

/** Whose areas are read and written from now on. */
export function takeTurn(turn: number): void {
  turnInHand = turn
}

/** Maps the areas of questions, and the mark; by turn. None where this process can map nothing. */
export function mapWindows(pages: SharedPages): readonly MappedWindow[] {
  try {
    mappedMark = new Uint32Array(pages.map(sharedFile, stageMark, markBytes))
    return questionAreas(pages, sharedFile).map((area, turn) => {
      area.widen(1)
      return new MappedWindow(turn, area)
    })
  } catch {
    return []
  }
}

/** Of what is mapped, the question's. */
export function windowInHand(windows: readonly MappedWindow[]): MappedWindow | undefined {
  return windows[turnInHand]
}

/** Reads a question's sections, each into a buffer of its own that can be moved into a guest. */
export function readSections(lengths: readonly number[], from = 0): Uint8Array[] {
  return placesOf(lengths)
    .slice(from)
    .map(({ at, length }) => {
      // Not zeroed: INVARIANT: all of it is overwritten before anyone sees it.
      const bytes = Buffer.allocUnsafeSlow(length)
      read(bytes, 0, at, length)
      return new Uint8Array(bytes.buffer)
    })
}

/** What a call is given: its state, and its frames, where they stand in the window if they fit there. */
export interface CallSections {
  readonly state: Uint8Array
  /** For each frame its place in the window, or its buffer, and its bytes. */
  readonly frames: readonly (readonly [place: number | Uint8Array, bytes: number])[]
}

/** Reads a call's sections. What stands in the window stands there until the first of its nodes is entered. */
export function readCall(lengths: readonly number[], window: FrameWindow): CallSections {
  const [state = new Uint8Array(0)] = readSections(lengths.slice(0, 1))
  const places = placesOf(lengths).slice(1)
  if (window.isMapped) {
    const begin = questionArea(turnInHand)
    return { state, frames: places.map(({ at, length }) => [at - begin, length] as const) }
  }
  window.widen(places.reduce((sum, { length }) => sum + roundUp(length), 0))
  const frames: (readonly [number | Uint8Array, number])[] = []
  let end = 0
  for (const { at, length } of places) {
    if (end + length > window.bytes.length) return { state, frames: alone(readSections(lengths, 1)) }
    read(window.bytes, end, at, length)
    frames.push([end, length])
    end += roundUp(length)
  }
  return { state, frames }
}

const alone = (sections: readonly Uint8Array[]): CallSections["frames"] =>
  sections.map((section) => [section, section.length] as const)

const roundUp = (bytes: number): number => (bytes + 7) & ~7

interface Place {
  readonly at: number
  readonly length: number
}

function placesOf(lengths: readonly number[]): readonly Place[] {
  const begin = questionArea(turnInHand)
  let end = begin
  return lengths.map((length) => {
    const at = end
    end += length
    if (end > begin + areaBytes) throw new Error("sections beyond the area")
    return { at, length }
  })
}

function read(target: Uint8Array, to: number, at: number, length: number): void {
  for (let done = 0; done < length;) {
    const more = readSync(sharedFile, target, to + done, length - done, at + done)
    if (more === 0) throw new Error("the shared file is too short")
    done += more
  }
}

/** Writes an answer's sections as they come. */
export class SectionWriter {
  readonly lengths: number[] = []
  /** Of each section that stands in the question's area where; of others -1. */
  readonly places: number[] = []
  private readonly begin = answerArea(turnInHand)
  private at = this.begin
  private shownBytes = 0

  /** Answers the section's number. */
  add(bytes: Uint8Array): number {
    this.count(bytes.length)
    let written = 0
    while (written < bytes.length) {
      written += writeSync(sharedFile, bytes, written, bytes.length - written, this.at + written)
    }
    this.at += bytes.length
    this.lengths.push(bytes.length)
    this.places.push(-1)
    return this.lengths.length - 1
  }

  /** Before one more section of so many bytes. */
  private count(bytes: number): void {
    const total = this.at - this.begin + this.shownBytes + bytes
    if (total > areaBytes || this.lengths.length >= maxSections) throw new Error("too much to answer")
  }

  /** A section that stands in the question's area already. */
  show(at: number, length: number): void {
    this.count(length)
    this.shownBytes += length
    this.lengths.push(length)
    this.places.push(at)
  }
}

/** Says which node is about to run; -1: none. */
export function markStage(stage: number): void {
  if (mappedMark !== undefined) {
    mappedMark[0] = stage + 1
    return
  }
  mark.writeUInt32LE(stage + 1, 0)
  writeSync(sharedFile, mark, 0, 4, stageMark)
}
