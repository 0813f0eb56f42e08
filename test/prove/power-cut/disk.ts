import { dirname } from "node:path"
import type { JournalEntry } from "./journal.ts"

/** A disk is torn at this size: a write's blocks reach it one by one, in any order, a block whole or not at all. */
const blockBytes = 4096

/** A number from 0 to 1, 1 left out. */
export type Draw = () => number

interface PendingWrite {
  readonly offset: number
  readonly bytes: Buffer
  /** Durable although no sync of the whole file followed. */
  readonly isSynced: boolean
}
type Pending = PendingWrite | { readonly length: number }

interface DiskFile {
  durable: Buffer
  durableLength: number
  pending: Pending[]
}

/** How unsynced effects fare in an image. `mixed`: each block by a draw of its own; `prefix`: all before some entry. */
export const fates = ["kept", "dropped", "mixed", "mixed", "prefix"] as const
export type Fate = (typeof fates)[number]

/** Files as an image has them, by name. */
export type DiskImage = ReadonlyMap<string, Buffer>

/**
 * What is on a disk after a prefix of the journal: bytes that a sync made durable, and those that a power cut may keep,
 * drop or tear. Names are durable when their folder was synced.
 */
export class Disk {
  private readonly files = new Map<string, DiskFile>()
  /** Made, and the folder not synced since: with a power cut the name may be gone. */
  private readonly unsyncedNames = new Set<string>()
  /** Removed, and the folder not synced since: with a power cut they may be back. */
  private readonly removed = new Map<string, DiskFile>()
  /** By the name that a file has, the one that it had when its folder was synced last: with a power cut it may have that again. */
  private readonly moved = new Map<string, string>()

  apply(entry: JournalEntry): void {
    switch (entry.is) {
      case "write":
        this.fileOf(entry.name).pending.push(entry)
        return
      case "truncate":
        this.fileOf(entry.name).pending.push({ length: entry.length })
        return
      case "make":
        this.fileOf(entry.name)
        this.unsyncedNames.add(entry.name)
        return
      case "makeFolder":
        this.unsyncedNames.add(entry.name)
        return
      case "remove":
        this.remove(entry.name)
        return
      case "sync":
        this.sync(entry.name)
        return
      case "rename":
        return this.move(entry.name, entry.target)
    }
  }

  /** The files after a power cut while `inFlight` was under way. */
  cut(fate: Fate, draw: Draw, inFlight: JournalEntry | undefined): DiskImage {
    const image = new Map<string, Buffer>()
    const gone = [...this.unsyncedNames].filter(() => !keeps(fate, draw))
    for (const [name, file] of this.files) {
      if (gone.some((lost) => name === lost || name.startsWith(`${lost}/`))) continue
      const pending = [...file.pending]
      if (inFlight?.is === "write" && inFlight.name === name) pending.push({ ...inFlight, isSynced: false })
      const before = this.moved.get(name)
      const isBack = before !== undefined && !keeps(fate, draw)
      image.set(isBack ? before : name, afterCut(file, pending, fate, draw))
    }
    for (const [name, file] of this.removed)
      if (!keeps(fate, draw)) image.set(name, afterCut(file, file.pending, fate, draw))
    return image
  }

  private remove(name: string): void {
    const file = this.files.get(name)
    if (file === undefined) return
    this.files.delete(name)
    const durable = this.moved.get(name) ?? name
    this.moved.delete(name)
    // Never durable by its name: gone either way.
    if (!this.unsyncedNames.delete(name)) this.removed.set(durable, file)
  }

  private move(name: string, target: string): void {
    const file = this.files.get(name)
    if (file === undefined || this.files.has(target) || this.removed.has(target))
      throw new RangeError(`${name} took the name ${target}, which is not accounted for`)
    this.files.delete(name)
    this.files.set(target, file)
    if (this.unsyncedNames.delete(name)) this.unsyncedNames.add(target)
    else this.moved.set(target, this.moved.get(name) ?? name)
    this.moved.delete(name)
  }

  private sync(name: string): void {
    for (const made of this.unsyncedNames) if (dirname(made) === name) this.unsyncedNames.delete(made)
    for (const gone of this.removed.keys()) if (dirname(gone) === name) this.removed.delete(gone)
    for (const moved of this.moved.keys()) if (dirname(moved) === name) this.moved.delete(moved)
    const file = this.files.get(name)
    if (file === undefined) return
    for (const pending of file.pending) applyTo(file, pending)
    file.pending = []
  }

  private fileOf(name: string): DiskFile {
    const known = this.files.get(name)
    if (known !== undefined) return known
    const made = { durable: Buffer.alloc(0), durableLength: 0, pending: [] }
    this.files.set(name, made)
    return made
  }
}

function keeps(fate: Fate, draw: Draw): boolean {
  if (fate === "kept") return true
  return fate === "dropped" ? false : draw() < 0.5
}

function afterCut(file: DiskFile, pending: readonly Pending[], fate: Fate, draw: Draw): Buffer {
  const image: DiskFile = {
    durable: Buffer.from(file.durable.subarray(0, file.durableLength)),
    durableLength: file.durableLength,
    pending: []
  }
  const prefix = Math.floor(draw() * (pending.length + 1))
  pending.forEach((one, index) => {
    const isPast = fate === "prefix" && index >= prefix
    const ownFate = fate === "prefix" ? (isPast ? "dropped" : "kept") : fate
    if ("length" in one) {
      if (keeps(ownFate, draw)) applyTo(image, one)
      return
    }
    for (const block of blocksOf(one)) if (one.isSynced || keeps(ownFate, draw)) applyTo(image, block)
  })
  return image.durable.subarray(0, image.durableLength)
}

function* blocksOf({ bytes, isSynced, offset }: PendingWrite): Iterable<PendingWrite> {
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + blockBytes - ((offset + at) % blockBytes))
    yield { offset: offset + at, bytes: bytes.subarray(at, end), isSynced }
    at = end
  }
}

function applyTo(file: DiskFile, pending: Pending): void {
  if ("length" in pending) {
    reserve(file, pending.length)
    if (pending.length < file.durableLength) file.durable.fill(0, pending.length, file.durableLength)
    file.durableLength = pending.length
    return
  }
  const end = pending.offset + pending.bytes.length
  reserve(file, end)
  pending.bytes.copy(file.durable, pending.offset)
  file.durableLength = Math.max(file.durableLength, end)
}

function reserve(file: DiskFile, length: number): void {
  if (length <= file.durable.length) return
  const grown = Buffer.alloc(Math.max(length, file.durable.length * 2))
  file.durable.copy(grown)
  file.durable = grown
}
