import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { Disk, fates } from "./disk.ts"
import type { DiskImage, Draw, Fate } from "./disk.ts"
import type { JournalEntry } from "./journal.ts"
import { judgeImage, readAcknowledged } from "./judge-image.ts"
import { acknowledgementsName, logName } from "./record-journal.ts"

/** One power cut: `entry` is the one that was under way. */
export interface Cut {
  readonly entry: number
  readonly fate: Fate
  /** What the image's own draws are made from. */
  readonly seed: number
}

export interface Judged {
  readonly cut: Cut
  readonly faults: readonly string[]
}

/** Draws from a seed: Mulberry32. */
export function drawsOf(seed: number): Draw {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Cuts at random entries, in the order of the journal. */
export function chooseCuts(entries: readonly JournalEntry[], count: number, seed: number): readonly Cut[] {
  const draw = drawsOf(seed)
  return Array.from({ length: count }, (_, index) => ({
    entry: Math.floor(draw() * (entries.length + 1)),
    fate: fates[index % fates.length] ?? "mixed",
    seed: Math.floor(draw() * 2 ** 32)
  })).sort((left, right) => left.entry - right.entry)
}

/** Makes and judges an image for each cut; `cuts` in the order of the journal. */
export async function* proveImages(
  entries: readonly JournalEntry[],
  cuts: readonly Cut[],
  breakDisk: (image: DiskImage) => DiskImage = (image) => image
): AsyncIterable<Judged> {
  const disk = new Disk()
  let acknowledged = ""
  let at = 0
  for (const cut of cuts) {
    for (; at < cut.entry; at++) {
      const entry = entries[at]
      if (entry === undefined) break
      if (entry.is === "write" && entry.name === acknowledgementsName)
        acknowledged += entry.bytes.toString("utf8")
      disk.apply(entry)
    }
    const image = breakDisk(disk.cut(cut.fate, drawsOf(cut.seed), entries[at]))
    yield { cut, faults: await judged(image, acknowledged) }
  }
}

async function judged(image: DiskImage, acknowledged: string): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-image-"))
  try {
    for (const [name, bytes] of image) {
      if (!name.startsWith(`${logName}/`)) continue
      const file = join(folder, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, bytes)
    }
    return await judgeImage(join(folder, logName), readAcknowledged(acknowledged))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
