import {
  closeSync,
  constants,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  writeSync
} from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { FrameFiles, filesOf, mostDirtyFiles } from "../frames/frame-files.ts"
import { metaPagesBytes } from "../meta-pages.ts"
import { syncPath } from "../sync-path.ts"
import { fileOnThisBoot } from "../trusted-file.ts"
import { openValue, sealValue, valuePrefixBytes } from "../value.ts"

// While transactions are not flushed one by one, the first pages of `data.mdb` may reach the disk before the pages that they
// lead to. So this file beside it has them as they were when all else was flushed: two places, written by turns, each with a
// CRC; and from where on the journal has what came after.

export const flushedName = "FLUSHED"

const places = 2
/** What says of which data file, and of which boot of the system, a place is: padded with spaces. */
const markBytes = 256
/** Number of the flush, mark, pages; in format 1 that was all. */
const pagesEnd = 8 + markBytes + metaPagesBytes
const contentBytes = pagesEnd + 16
const placeBytes = Math.ceil((valuePrefixBytes + contentBytes) / 4096) * 4096

const datasync = promisify(fdatasync)

/** The journal's records that are not in the pages: those of an epoch, from a number on. */
export interface JournalPlace {
  readonly epoch: bigint
  readonly first: number
}

/** All is flushed: there is nothing to go back to. */
const nothingLeft: JournalPlace = { epoch: 0n, first: 0 }

/** The first pages of a data file as they were at the last flush, kept for as long as it is open. */
export class FlushedPages {
  private number: bigint
  private readonly descriptor: number
  private readonly data: number
  private readonly mark: Buffer

  private constructor(folder: string) {
    const path = join(folder, flushedName)
    this.mark = Buffer.alloc(markBytes, " ")
    this.mark.write(fileOnThisBoot(folder) ?? "")
    this.number = (existsSync(path) ? (lastKept(readFileSync(path))?.number ?? 0n) : 0n) + 1n
    this.descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
    this.data = openSync(join(folder, "data.mdb"), "r")
  }

  /**
   * Flushes the data file and keeps what it holds: durable when it answers, before anything may be left unflushed. `isNew`: names in
   * the folder may not be durable yet.
   */
  static begin(folder: string, place: JournalPlace, isNew: boolean): FlushedPages {
    const pages = new FlushedPages(folder)
    try {
      if (isNew) syncPath(folder)
      pages.keepNow(pages.current(), place)
      return pages
    } catch (cause) {
      pages.close()
      throw cause
    }
  }

  /** The first pages as they are now; of no use before {@link keep}. */
  current(): Buffer {
    const bytes = Buffer.alloc(metaPagesBytes)
    readSync(this.data, bytes, 0, bytes.length, 0)
    return bytes
  }

  /**
   * Flushes all that was written, then keeps `pages` as what a power cut goes back to, if that `isWanted` then; answers whether it
   * was. INVARIANT: never the other way round.
   */
  async keep(pages: Buffer, place: JournalPlace, isWanted: () => boolean): Promise<boolean> {
    await datasync(this.data)
    if (!isWanted()) return false
    this.write(pages, place)
    await datasync(this.descriptor)
    return isWanted()
  }

  /** The same at once. */
  keepNow(pages: Buffer, place: JournalPlace): void {
    fdatasyncSync(this.data)
    this.write(pages, place)
    fdatasyncSync(this.descriptor)
  }

  /** Everything is flushed, and nobody leaves anything unflushed any more. */
  end(): void {
    this.keepNow(this.current(), nothingLeft)
    this.close()
  }

  close(): void {
    closeSync(this.data)
    closeSync(this.descriptor)
  }

  private write(pages: Buffer, { epoch, first }: JournalPlace): void {
    const head = Buffer.alloc(8)
    head.writeBigUInt64LE(this.number)
    const tail = Buffer.alloc(16)
    tail.writeBigUInt64LE(epoch, 0)
    tail.writeBigUInt64LE(BigInt(first), 8)
    const place = Number(this.number % BigInt(places))
    const bytes = sealValue(head, this.mark, pages, tail)
    if (writeSync(this.descriptor, bytes, 0, bytes.length, place * placeBytes) < bytes.length)
      throw new Error(`${flushedName} could not be written whole`)
    this.number += 1n
  }
}

/** What a start found: `replay` says what of the journal is to be done again before {@link forgetUnflushed}. */
export type Settled =
  | { readonly is: "nothing" | "flushed" }
  | { readonly is: "went back"; readonly replay: JournalPlace | undefined }

/**
 * To be called before a data file is looked at. Where a process was killed that left transactions unflushed, they are still with
 * the system, and are flushed now; which is kept. After a power cut, or in a copy of the folder, the file goes
 * back to its last flush, and `FLUSHED` says so until the journal was replayed: so a replay that is cut short begins again.
 */
export function settleUnflushed(folder: string): Settled {
  const path = join(folder, flushedName)
  if (!existsSync(path)) return { is: "nothing" }
  const last = lastKept(readFileSync(path))
  if (last?.replay?.epoch === nothingLeft.epoch) return { is: "nothing" }
  // Without a whole place it was cut short while it was made: nothing was left unflushed yet.
  const isSame = last === undefined || (last.mark !== "" && last.mark === fileOnThisBoot(folder))
  const data = join(folder, "data.mdb")
  if (existsSync(data)) {
    const descriptor = openSync(data, "r+")
    try {
      if (!isSame) writeSync(descriptor, last.pages, 0, last.pages.length, 0)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  }
  if (!isSame) return { is: "went back", replay: last.replay }
  flushFrames(folder, filesOf(folder).slice(-mostDirtyFiles))
  forgetUnflushed(folder)
  return { is: "flushed" }
}

interface Kept {
  readonly number: bigint
  readonly mark: string
  readonly pages: Buffer
  readonly replay: JournalPlace | undefined
}

function lastKept(bytes: Buffer): Kept | undefined {
  let last: Kept | undefined
  for (let place = 0; place < places; place++) {
    const found = keptAt(bytes, place * placeBytes)
    if (found !== undefined && (last === undefined || found.number > last.number)) last = found
  }
  return last
}

function keptAt(bytes: Buffer, start: number): Kept | undefined {
  for (const length of [contentBytes, pagesEnd]) {
    const content = openValue(bytes.subarray(start, start + valuePrefixBytes + length))
    if (content === undefined || content.length < length) continue
    const hasJournal = length === contentBytes
    const replay = hasJournal
      ? { epoch: content.readBigUInt64LE(pagesEnd), first: Number(content.readBigUInt64LE(pagesEnd + 8)) }
      : undefined
    return {
      number: content.readBigUInt64LE(0),
      mark: content.toString("utf8", 8, 8 + markBytes).trimEnd(),
      pages: content.subarray(8 + markBytes, pagesEnd),
      replay
    }
  }
  return undefined
}

/** All is flushed. INVARIANT: this is durable before anything is acknowledged that `FLUSHED` does not know of. */
export function forgetUnflushed(folder: string): void {
  if (existsSync(join(folder, "data.mdb"))) FlushedPages.begin(folder, nothingLeft, false).close()
}

/** What a data file leads to is to be as durable as it. In a copy of a folder that is every file: by default all. */
export function flushFrames(folder: string, files: readonly number[] = filesOf(folder)): void {
  for (const file of files) syncPath(join(folder, FrameFiles.nameOf(file)))
  if (files.length > 0) syncPath(folder)
}
