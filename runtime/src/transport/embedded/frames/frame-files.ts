import {
  closeSync,
  constants,
  existsSync,
  fdatasyncSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlink,
  writevSync
} from "node:fs"
import { join } from "node:path"
import { openValue } from "../value.ts"
import type { FramePlace } from "./frame-place.ts"

/** A file that has so much takes no more: what is dropped gives its space back by files. */
const fileBytes = 64 * 1024 * 1024
/** Every value begins at a multiple of this: no block that is durable is written again. */
const blockBytes = 4096
/** What is not durable is in the newest so many files: they are flushed before there is one more. */
export const mostDirtyFiles = 8
/** Of files that are read, at once. */
const mostReaders = 64
/** Files that nothing leads into and that are kept to be written over. */
const mostSpares = 16
const name = /^FRAMES-(\d{10})$/
const nothing = Buffer.alloc(0)
const zeros = Buffer.alloc(blockBytes)

/** A file that may hold what is not durable. */
export interface Dirty {
  readonly descriptor: number
  /** It may be gone with its name after a power cut. */
  isNew: boolean
}

/**
 * The files in a log's folder that its large frames lie in, one after the other and each written once. An opening begins a file of
 * its own. What is where, and what of it is still wanted, the databases know. Throws what the system throws.
 * A full file that is wanted no more gets the next name and is written over, for a flush of what has its blocks takes little more than
 * half as long as one of what grows (test/bench/RESULTS.md).
 */
export class FrameFiles {
  /** Bytes that were appended since it was opened. */
  appended = 0
  /** Bytes of values that were let go since it was opened. */
  released = 0
  /** Of all files. */
  bytes = 0
  /** What the disk refused to flush here, and may have lost. */
  refused: { readonly cause: unknown } | undefined
  readonly folder: string
  /** Written by this opening and not known to be durable, by number. */
  readonly dirty = new Map<number, Dirty>()
  private readonly readers = new Map<number, number>()
  /** Bytes by number. */
  private readonly files: Map<number, number>
  private current: number | undefined
  /** No file had a higher number: one that is being removed is still there. */
  private highest: number
  /** Files that may have lost values since {@link takeLoosened}. */
  private readonly loosened = new Set<number>()
  /** Full, wanted no more, and still there under their old names, by number. */
  private spares: number[] = []
  /** Files that were begun since {@link remove} was called last, and how many are expected to be until it is called again. */
  private begun = 0
  private expected = 0
  private pins = 0
  private onReleased: () => void = () => undefined
  private readonly fileBytes: number

  constructor(folder: string, most: number = fileBytes) {
    this.folder = folder
    this.fileBytes = most
    // One that an opening before was about to remove may go in between.
    this.files = new Map(
      filesOf(folder).flatMap((file) => {
        const size = statSync(this.pathOf(file), { throwIfNoEntry: false })?.size
        return size === undefined ? [] : [[file, size] as const]
      })
    )
    this.highest = [...this.files.keys()].at(-1) ?? 0
    this.loosen([...this.files.keys()])
    for (const size of this.files.values()) this.bytes += size
  }

  static nameOf(file: number): string {
    return `FRAMES-${String(file).padStart(10, "0")}`
  }

  /** All of them, the oldest first, with their bytes. */
  get sizes(): ReadonlyMap<number, number> {
    return this.files
  }

  /** The one that takes what comes. */
  get writing(): number | undefined {
    return this.current
  }

  /** Writes a value (value.ts) behind all others: when this answers the system has it, and a kill takes nothing of it. */
  append(value: Buffer): FramePlace {
    const file = this.roomy()
    const position = this.files.get(file) ?? 0
    const { descriptor } = this.dirtyFile(file)
    const end = Math.ceil((position + value.length) / blockBytes) * blockBytes
    writeBlocks(descriptor, value, position, end)
    this.files.set(file, end)
    this.bytes += end - position
    this.appended += value.length
    // Its transaction may come to nothing.
    this.loosened.add(file)
    return { file, position, bytes: value.length, crc: value.readUInt32LE(0) }
  }

  /** The value at a place; no bytes where it is not there, or another. */
  read({ bytes, crc, file, position }: FramePlace): Buffer {
    const reader = this.reader(file)
    if (reader === undefined) return nothing
    const value = Buffer.allocUnsafe(bytes)
    for (let at = 0; at < bytes;) {
      const read = readSync(reader, value, at, bytes - at, position + at)
      if (read === 0) return nothing
      at += read
    }
    return value.readUInt32LE(0) === crc ? value : nothing
  }

  /** Whether the whole value is there. */
  holds(place: FramePlace): boolean {
    return openValue(this.read(place)) !== undefined
  }

  /** The value at a place is not wanted any more. */
  release({ bytes, file }: FramePlace): void {
    this.released += bytes
    this.loosened.add(file)
    this.onReleased()
  }

  /** Calls whenever a value is let go. */
  whenReleased(call: () => void): void {
    this.onReleased = call
  }

  /** The files that may have lost values since this was asked last, but the one that is written. */
  takeLoosened(): readonly number[] {
    const loosened = [...this.loosened].filter((file) => file !== this.current && this.files.has(file))
    for (const file of this.loosened) if (file !== this.current) this.loosened.delete(file)
    return loosened
  }

  /** They are to be looked at again. */
  loosen(files: readonly number[]): void {
    for (const file of files) this.loosened.add(file)
  }

  /**
   * Nothing leads into them, nor did when the databases were flushed. Called with each flush of theirs, with none as well: as many of
   * them as were begun in between are kept to be written over. What cannot be removed now is found by the next opening.
   */
  remove(files: readonly number[]): void {
    if (this.pins > 0) return this.loosen(files)
    this.expected = Math.min(mostSpares, Math.max(2 * this.begun, this.expected - 1))
    this.begun = 0
    for (const file of files) this.removeOne(file)
    const surplus = Math.max(0, this.spares.length - this.expected)
    for (const file of this.spares.splice(0, surplus)) this.unlink(file)
  }

  /** No file is removed until the answer is called. */
  pin(): () => void {
    this.pins += 1
    return () => {
      this.pins -= 1
    }
  }

  private removeOne(file: number): void {
    const reader = this.readers.get(file)
    if (reader !== undefined) closeSync(reader)
    this.readers.delete(file)
    this.bytes -= this.files.get(file) ?? 0
    this.files.delete(file)
    if (this.isWhole(file)) this.spares.push(file)
    else this.unlink(file)
  }

  /** It is as long as any, and nobody has it under another name: a backup links to files that take no more. */
  private isWhole(file: number): boolean {
    const found = statSync(this.pathOf(file), { throwIfNoEntry: false })
    return found !== undefined && found.nlink === 1 && found.size >= this.fileBytes
  }

  private unlink(file: number): void {
    unlink(this.pathOf(file), () => undefined)
  }

  /** It takes no more, and all of it is durable. */
  closeFull(file: number): void {
    const dirty = this.dirty.get(file)
    if (dirty === undefined) return
    closeSync(dirty.descriptor)
    this.dirty.delete(file)
  }

  close(): void {
    this.current = undefined
    for (const file of this.dirty.keys()) this.closeFull(file)
    for (const reader of this.readers.values()) closeSync(reader)
    this.readers.clear()
  }

  pathOf(file: number): string {
    return join(this.folder, FrameFiles.nameOf(file))
  }

  /** The file that takes the next value. */
  private roomy(): number {
    const { current } = this
    if (current !== undefined && (this.files.get(current) ?? 0) < this.fileBytes) return current
    if (this.dirty.size >= mostDirtyFiles) this.flushDirty()
    const file = this.highest + 1
    const descriptor = this.openNext(file)
    this.highest = file
    this.begun += 1
    this.dirty.set(file, { descriptor, isNew: true })
    this.files.set(file, 0)
    this.current = file
    return file
  }

  /** A spare one under its new name, or a new one. */
  private openNext(file: number): number {
    const { O_CREAT, O_EXCL, O_WRONLY } = constants
    const path = this.pathOf(file)
    for (let spare = this.spares.shift(); spare !== undefined; spare = this.spares.shift()) {
      // Since it became one it may have been linked to, or removed by hand.
      if (!this.isWhole(spare)) continue
      renameSync(this.pathOf(spare), path)
      return openSync(path, O_WRONLY)
    }
    return openSync(path, O_CREAT | O_EXCL | O_WRONLY, 0o600)
  }

  private flushDirty(): void {
    try {
      for (const { descriptor } of this.dirty.values()) fdatasyncSync(descriptor)
    } catch (cause) {
      // The system tells it once: who flushes next would hear nothing of it.
      this.refused = { cause }
      throw cause
    }
  }

  private dirtyFile(file: number): Dirty {
    const found = this.dirty.get(file)
    if (found === undefined) throw new Error(`${FrameFiles.nameOf(file)} is not open`)
    return found
  }

  private reader(file: number): number | undefined {
    const known = this.readers.get(file)
    if (known !== undefined) return known
    const path = this.pathOf(file)
    if (!existsSync(path)) return undefined
    const [oldest] = this.readers
    if (oldest !== undefined && this.readers.size >= mostReaders) {
      closeSync(oldest[1])
      this.readers.delete(oldest[0])
    }
    const reader = openSync(path, "r")
    this.readers.set(file, reader)
    return reader
  }
}

/** Writes `value` at `position`, with zeros up to `end`: where a file is written over, what is left of a block would have to be read for it. */
function writeBlocks(descriptor: number, value: Buffer, position: number, end: number): void {
  for (let at = 0; position + at < end;) {
    const rest = end - position - Math.max(at, value.length)
    const parts = [value.subarray(at), zeros.subarray(0, rest)].filter(({ length }) => length > 0)
    at += writevSync(descriptor, parts, position + at)
  }
}

/** Numbers of the frame files in a folder, ascending. */
export function filesOf(folder: string): readonly number[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .flatMap((each) => name.exec(each)?.[1] ?? [])
    .map(Number)
    .toSorted((left, right) => left - right)
}
