import type { Platform } from "../input/program.ts"

/** Where pipeline files are written, and the platform as it is now: a test may kill it and start another. */
export interface Stage {
  readonly folder: string
  readonly platform: () => Platform
}
