import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync
} from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { metaPagesBytes } from "../meta-pages.ts"
import { fileOnThisBoot } from "../trusted-file.ts"
import { openValue, sealValue, valuePrefixBytes } from "../value.ts"

// While commits are not flushed one by one, the first pages of `data.mdb` may reach the disk before the pages that they lead
// to. So this file beside it has them as they were when all else was flushed: two places, written by turns, each with a CRC.

export const flushedName = "FLUSHED"

const places = 2
/** What says of which data file, and of which boot of the system, a place is: padded with spaces. */
const markBytes = 256
const contentBytes = 8 + markBytes + metaPagesBytes
const placeBytes = Math.ceil((valuePrefixBytes + contentBytes) / 4096) * 4096

const datasync = promisify(fdatasync)

/** The first pages of a data file as they were at the last flush, kept for as long as it is open. */
export class FlushedPages {
  private number = 0n
  private readonly descriptor: number
  private readonly data: number
  private readonly mark: Buffer

  private constructor(folder: string) {
    const mark = fileOnThisBoot(folder)
    this.mark = Buffer.alloc(markBytes, " ")
    this.mark.write(mark ?? "")
    this.descriptor = openSync(join(folder, flushedName), "w", 0o600)
    this.data = openSync(join(folder, "data.mdb"), "r")
  }

  /** Flushes the data file and keeps what it holds: durable when it answers, before anything may be left unflushed. */
  static begin(folder: string): FlushedPages {
    const pages = new FlushedPages(folder)
    fdatasyncSync(pages.data)
    pages.write(pages.current())
    fsyncSync(pages.descriptor)
    syncFolder(folder)
    return pages
  }

  /** The first pages as they are now; of no use before {@link keep}. */
  current(): Buffer {
    const bytes = Buffer.alloc(metaPagesBytes)
    readSync(this.data, bytes, 0, bytes.length, 0)
    return bytes
  }

  /** Flushes all that was written, then keeps `pages` as what a power cut goes back to. INVARIANT: never the other way round. */
  async keep(pages: Buffer): Promise<void> {
    await datasync(this.data)
    this.write(pages)
    await datasync(this.descriptor)
  }

  /** Everything is flushed, and nobody leaves anything unflushed any more. */
  end(folder: string): void {
    fdatasyncSync(this.data)
    closeSync(this.data)
    closeSync(this.descriptor)
    forget(folder)
  }

  private write(pages: Buffer): void {
    const head = Buffer.alloc(8)
    head.writeBigUInt64LE(this.number)
    const place = Number(this.number % BigInt(places))
    const bytes = sealValue(head, this.mark, pages)
    if (writeSync(this.descriptor, bytes, 0, bytes.length, place * placeBytes) < bytes.length)
      throw new Error(`${flushedName} could not be written whole`)
    this.number += 1n
  }
}

/**
 * To be called before a data file is looked at. Where a process was killed that left commits unflushed, they are still with
 * the system, and are flushed now. After a power cut, or in a copy of the folder, the file goes back to its last flush. The
 * file that says so is gone afterwards. Answers what it did.
 */
export function settleUnflushed(folder: string): "nothing" | "flushed" | "went back" {
  const path = join(folder, flushedName)
  if (!existsSync(path)) return "nothing"
  const last = lastKept(readFileSync(path))
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
  forget(folder)
  return isSame ? "flushed" : "went back"
}

function lastKept(bytes: Buffer): { readonly mark: string; readonly pages: Buffer } | undefined {
  let last: { readonly number: bigint; readonly mark: string; readonly pages: Buffer } | undefined
  for (let place = 0; place < places; place++) {
    const start = place * placeBytes
    const content = openValue(bytes.subarray(start, start + valuePrefixBytes + contentBytes))
    if (content === undefined || content.length < contentBytes) continue
    const number = content.readBigUInt64LE(0)
    if (last !== undefined && last.number > number) continue
    const mark = content.toString("utf8", 8, 8 + markBytes).trimEnd()
    last = { number, mark, pages: content.subarray(8 + markBytes) }
  }
  return last
}

/** INVARIANT: gone for good before a commit is acknowledged that it does not know of. */
function forget(folder: string): void {
  rmSync(join(folder, flushedName), { force: true })
  syncFolder(folder)
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r")
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
