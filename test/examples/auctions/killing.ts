import { PipelineStatus, PlatformStatus } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { type Platform, until, up } from "../../input/program.ts"

/** After so many commits of all tasks together the next kill comes: what was killed has gone on. */
const commitsBetween = 10
/** Every so manyth kill is of the whole program, the others of a sandbox. */
const wholeEvery = 5

/** Kills what runs some pipelines while they run, again and again. */
export class Killing {
  /** How many there were. */
  kills = 0
  private platform: Platform
  private readonly pipelines: readonly string[]
  private readonly data: string

  constructor(platform: Platform, pipelines: readonly string[], data: string) {
    this.platform = platform
    this.pipelines = pipelines
    this.data = data
  }

  /** Up to `wanted`, until the pipelines have ended; answers the platform that is up then. */
  async run(wanted: number): Promise<Platform> {
    let reached = 0
    while (this.kills < wanted) {
      const { commits, hasEnded } = await until(
        () => this.progress(),
        (progress) => progress.hasEnded || progress.commits >= reached + commitsBetween,
        300
      )
      if (hasEnded) break
      reached = commits
      if (this.kills % wholeEvery === wholeEvery - 1) await this.killProgram()
      else await this.killSandbox()
    }
    return this.platform
  }

  private async progress(): Promise<{ readonly commits: number; readonly hasEnded: boolean }> {
    const statuses = await Promise.all(
      this.pipelines.map(async (name) =>
        decodePipeline((await this.platform.get(`/api/status/${name}`)).body)
      )
    )
    const tasks = statuses.flatMap((status) => status.tasks)
    return {
      commits: tasks.reduce((sum, { sequence }) => sum + sequence, 0),
      hasEnded: statuses.every(({ state }) => state === "completed")
    }
  }

  private async killSandbox(): Promise<void> {
    const { sandboxes } = decodePlatform((await this.platform.get("/api/status")).body)
    const one = sandboxes[this.kills % Math.max(1, sandboxes.length)]
    if (one !== undefined && kill(one.pid)) this.kills += 1
  }

  private async killProgram(): Promise<void> {
    if (!kill(this.platform.pid)) return
    this.kills += 1
    const { pid } = this.platform
    await until(
      () => isThere(pid),
      (is) => !is
    )
    this.platform = await up({ data: this.data })
  }
}

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const kill = (pid: number): boolean => {
  try {
    return process.kill(pid, "SIGKILL")
  } catch {
    // It had ended by itself.
    return false
  }
}

const decodePipeline = Schema.decodeUnknownSync(PipelineStatus)
const decodePlatform = Schema.decodeUnknownSync(PlatformStatus)
