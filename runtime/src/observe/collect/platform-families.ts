import { statfsSync } from "node:fs"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { metrics } from "../../telemetry/metric/catalogue.ts"
import type { SampleSink } from "../../telemetry/metric/definition.ts"
import { secondsOf } from "./families.ts"

const nanos = 1e9
const resolutionMs = 20

export interface PlatformParts {
  /** The platform's data folder. */
  readonly folder: string
  readonly version: string
  /** Of the embedded log; undefined where there is none. */
  readonly logBytes: () => number | undefined
}

/** What the platform's own process takes of the machine. */
export class PlatformFacts {
  private readonly delay = monitorEventLoopDelay({ resolution: resolutionMs })
  private readonly folder: string
  private readonly version: string
  private readonly logBytes: () => number | undefined

  constructor({ folder, logBytes, version }: PlatformParts) {
    this.folder = folder
    this.version = version
    this.logBytes = logBytes
    this.delay.enable()
  }

  add(families: SampleSink): void {
    const { system, user } = process.cpuUsage()
    families.add(metrics.up, { version: this.version }, 1)
    families.add(metrics.platformCpu, {}, secondsOf(user + system))
    families.add(metrics.platformResident, {}, process.memoryUsage.rss())
    families.add(metrics.loopDelay, {}, this.loopDelay())
    const disk = statfsSync(this.folder)
    families.add(metrics.diskFree, {}, disk.bavail * disk.bsize)
    families.add(metrics.diskSize, {}, disk.blocks * disk.bsize)
    families.add(metrics.logBytes, {}, this.logBytes())
  }

  /** Since the last asking; the timer's own period is no delay. */
  private loopDelay(): number {
    const { count } = this.delay
    const delay = count === 0 ? 0 : this.delay.percentile(99) / nanos - resolutionMs / 1_000
    this.delay.reset()
    return Math.max(0, delay)
  }

  close(): void {
    this.delay.disable()
  }
}
