import { PlatformStatus } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { type Platform, until, up } from "../../input/program.ts"

const decodeStatus = Schema.decodeUnknownSync(PlatformStatus)

/** Each start of the platform takes seconds, and on a machine with much else to do many of them. */
const patienceSeconds = 300
/** For tests in which it is killed, ms: longer than {@link KilledPlatform.completed} waits, so that all is put away. */
export const killsTimeoutMs = 400_000

export type Victim = "sandbox" | "platform"

/** A platform that is killed while it works, and started again over the same data. */
export interface KilledPlatform {
  readonly platform: () => Platform
  /** Kills -9 the process that runs plugins by path, or the platform itself, and has gone on when it answers. */
  readonly kill: (victim: Victim) => Promise<void>
  /** Waits until a pipeline has come to its end, whatever was killed meanwhile. */
  readonly completed: (pipeline: string) => Promise<void>
  readonly stop: () => Promise<void>
}

export const killedPlatform = async (data: string): Promise<KilledPlatform> => {
  let platform = await up({ data })
  // One kill after the other: a request may have arrived just before the process that sent it was killed.
  let turn: Promise<void> = Promise.resolve()
  const sandboxes = async (): Promise<readonly number[]> => {
    const { body } = await platform.get("/api/status")
    return decodeStatus(body).sandboxes.flatMap(({ domain, pid }) =>
      domain.startsWith("path:") ? [pid] : []
    )
  }
  const kill = async (victim: Victim): Promise<void> => {
    if (victim === "sandbox") {
      const pids = await until(sandboxes, ({ length }) => length > 0)
      for (const pid of pids) process.kill(pid, "SIGKILL")
      return
    }
    process.kill(platform.pid, "SIGKILL")
    // It may be gone before it is told to stop.
    await platform.stop().catch(() => undefined)
    platform = await up({ data })
  }
  return {
    platform: () => platform,
    kill: (victim) => {
      turn = turn.then(() => kill(victim))
      return turn
    },
    completed: async (pipeline) => {
      const ended = await until(
        async () => {
          await turn
          const { body } = await platform.get(`/api/status/${pipeline}`).catch(() => ({ body: undefined }))
          const { state, tasks }: { readonly state?: unknown; readonly tasks?: unknown } = Object(body)
          return { state, tasks }
        },
        ({ state }) => state === "completed" || state === "failed",
        patienceSeconds
      )
      if (ended.state === "failed") throw new Error(JSON.stringify(ended))
    },
    stop: async () => {
      await turn
      await platform.stop()
    }
  }
}
