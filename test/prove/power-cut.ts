import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { ProofOptions, ProofResult } from "./main.ts"
import { chooseCuts, proveImages } from "./power-cut/prove-images.ts"
import type { Judged } from "./power-cut/prove-images.ts"
import { recordJournal } from "./power-cut/record-journal.ts"

export const name = "power-cut"
export const describe =
  "the log's writes recorded and replayed to images of a power cut, with commits flushed one by one, later, and both beside each other: what was acknowledged, or flushed, is in each, and each opens"

const defaultCount = 200
/** Images from one recording: no two recordings group commits alike, so a proof takes several. */
const imagesPerRecording = 50
const commitsPerRecording = 260
const recordedByTurns = ["fsync", "async", "mixed"] as const
const progressFile = join(import.meta.dirname, "../../.millrace/prove/power-cut.json")

interface Progress {
  readonly seed: number
  readonly done: number
  readonly faults: readonly string[]
  readonly fates: { readonly [fate: string]: number }
  readonly entries: number
}

/** Judges `count` images, 200 unless told otherwise, in parts that each have a recording and a seed of their own. */
export const run = async (options: ProofOptions): Promise<ProofResult> => {
  const count = options.count ?? defaultCount
  let progress = options.resume ? resumed(options.seed) : begun(options.seed)
  while (progress.done < count) {
    progress = await provePart(progress, Math.min(imagesPerRecording, count - progress.done))
    mkdirSync(dirname(progressFile), { recursive: true })
    writeFileSync(progressFile, JSON.stringify(progress))
    process.stderr.write(
      `power-cut: ${progress.done} of ${count} images, ${progress.faults.length} with a fault\n`
    )
  }
  return {
    passed: progress.done - progress.faults.length,
    failed: progress.faults.length,
    notes: [
      `unsynced writes: ${Object.entries(progress.fates)
        .map(([fate, images]) => `${fate} ${images}`)
        .join(", ")}; ${progress.entries} writes and syncs recorded`,
      ...progress.faults
    ]
  }
}

const begun = (seed: number): Progress => ({ seed, done: 0, faults: [], fates: {}, entries: 0 })

const resumed = (seed: number): Progress => {
  try {
    const progress: Progress = JSON.parse(readFileSync(progressFile, "utf8"))
    return progress.seed === seed && progress.done % imagesPerRecording === 0 ? progress : begun(seed)
  } catch {
    return begun(seed)
  }
}

const provePart = async (before: Progress, images: number): Promise<Progress> => {
  const recorded = recordedByTurns[(before.done / imagesPerRecording) % recordedByTurns.length]
  const entries = recordJournal(commitsPerRecording, recorded)
  const cuts = chooseCuts(entries, images, before.seed * 1_000_003 + before.done)
  const faults = [...before.faults]
  const fates: { [fate: string]: number } = { ...before.fates }
  for await (const judged of proveImages(entries, cuts)) {
    fates[judged.cut.fate] = (fates[judged.cut.fate] ?? 0) + 1
    if (judged.faults.length > 0) faults.push(faultText(judged, entries.length))
  }
  return {
    ...before,
    done: before.done + images,
    faults,
    fates,
    entries: before.entries + entries.length
  }
}

const faultText = ({ cut, faults }: Judged, entries: number): string =>
  `cut at entry ${cut.entry} of ${entries} (${cut.fate}, seed ${cut.seed}): ${faults.join("; ")}`
