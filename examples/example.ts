import type { Comparison } from "./compare-lines.ts"

/** An example that `npm start` can run. */
export interface Example {
  /** Names of its pipelines in the order in which they are applied; each stands in `NAME.pipeline.yaml` in the folder. */
  readonly pipelines: readonly string[]
  readonly folder: string
  /** Puts its data in place. Done again, nothing changes. */
  readonly prepare: () => void | Promise<void>
  /**
   * Called before its pipelines are applied, for streams keep what earlier runs gave; what it answers shows what comes while
   * they run, and ends when it was told that they have ended, and all that they gave is shown.
   */
  readonly watch?: (platform: Watched) => Promise<() => Promise<void>>
  /** Holds its outputs against what was derived without Millrace. */
  readonly compare: () => readonly Comparison[]
  /** What to try next, for people. */
  readonly hint: string
}

export interface Watched {
  /** Of the platform's API. */
  readonly url: string
  readonly hasEnded: () => boolean
  /** Prints a line. */
  readonly say: (line: string) => void
}
