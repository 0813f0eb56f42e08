import { readFileSync } from "node:fs"

/** What a process holds, MiB. */
export interface MemorySample {
  /** Its own: heap, buffers, stacks. */
  readonly own: number
  /** Pages of files, the log's among them: the system takes them back when it needs them. */
  readonly files: number
}

export const memoryOf = (pid: number): MemorySample => {
  const status = readFileSync(`/proc/${pid}/status`, "utf8")
  const of = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? Number.NaN) / 1024
  return { own: of("RssAnon"), files: of("RssFile") + of("RssShmem") }
}

/** The middle of what the first and the last quarter of the samples hold, and the most of all. */
export const courseOf = (samples: readonly MemorySample[]) => {
  const own = samples.map((sample) => sample.own)
  const quarter = Math.max(1, Math.floor(own.length / 4))
  const middle = (part: readonly number[]): number => part.toSorted((a, b) => a - b)[part.length >> 1] ?? 0
  return {
    first: middle(own.slice(0, quarter)),
    last: middle(own.slice(-quarter)),
    most: Math.max(0, ...own)
  }
}
