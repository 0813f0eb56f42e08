import { PlatformStatus } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { type Platform, until, up } from "../../input/program.ts"

const decodeStatus = Schema.decodeUnknownSync(PlatformStatus)

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
  let restarting: Promise<unknown> = Promise.resolve()
  const sandboxes = async (): Promise<readonly number[]> => {
    const { body } = await platform.get("/api/status")
    return decodeStatus(body).sandboxes.flatMap(({ domain, pid }) =>
      domain.startsWith("path:") ? [pid] : []
    )
  }
  return {
    platform: () => platform,
    kill: async (victim) => {
      if (victim === "sandbox") {
        const pids = await sandboxes()
        if (pids.length === 0) throw new Error("there is no sandbox process to kill")
        for (const pid of pids) process.kill(pid, "SIGKILL")
        return
      }
      const before = platform
      process.kill(before.pid, "SIGKILL")
      // It may be gone before it is told to stop.
      const gone = before.stop().catch(() => undefined)
      restarting = gone.then(async () => {
        platform = await up({ data })
      })
      await restarting
    },
    completed: async (pipeline) => {
      const ended = await until(
        async () => {
          await restarting
          const { body } = await platform.get(`/api/status/${pipeline}`).catch(() => ({ body: undefined }))
          const { state, tasks }: { readonly state?: unknown; readonly tasks?: unknown } = Object(body)
          return { state, tasks }
        },
        ({ state }) => state === "completed" || state === "failed",
        100
      )
      if (ended.state === "failed") throw new Error(JSON.stringify(ended))
    },
    stop: async () => {
      await restarting
      await platform.stop()
    }
  }
}
